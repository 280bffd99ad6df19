import { Bounded } from './bounded.ts'
import type { NotedReads, Reader, Store } from './store/index.ts'

const entriesMax = 20_000
/** What answers may weigh that say so, of each function. Units: characters of the texts that they were made from. */
const charactersMax = 8_388_608

/**
 * Makes functions whose answers are kept for as long as the documents that they read stay unchanged. This is the one way
 * to cache what follows from documents: the change log moves document versions, and versions decide. An answer that takes memory by the
 * length of what it was made from says how long that is. `key` stands for all of `given`: what is not the same must not share one.
 */
export type Derived = <Given, Value>(
  compute: (reader: Reader, given: Given) => Value,
  weigh?: (value: Value, given: Given) => number,
) => (key: string, given: Given) => Value

/** See `Derived`. */
export function createDerived(store: Store): Derived {
  return <Given, Value>(
    compute: (reader: Reader, given: Given) => Value,
    weigh?: (value: Value, given: Given) => number,
  ) => {
    interface Answer {
      readonly value: Value
      readonly reads: NotedReads
      readonly weight: number
    }
    const kept = new Bounded<string, Answer>(entriesMax, {
      weightMax: charactersMax,
      weigh: ({ weight }) => weight,
    })
    return (key: string, given: Given): Value => {
      const known = kept.get(key)
      if (known?.reads.hold()) return known.value
      const reads = store.noteReads()
      const value = compute(reads.reader, given)
      kept.set(key, { value, reads, weight: weigh?.(value, given) ?? 0 })
      return value
    }
  }
}
