import { Bounded } from './bounded.ts'
import type { NotedReads, Reader, Store } from './store/index.ts'

const entriesMax = 20_000

/**
 * Makes functions whose answers are kept for as long as the documents that they read stay unchanged. This is the one way
 * to cache what follows from documents: the change log moves document versions, and versions decide.
 */
export type Derived = <Given, Value>(
  compute: (reader: Reader, given: Given) => Value,
) => (key: string, given: Given) => Value

/** See `Derived`. */
export function createDerived(store: Store): Derived {
  return <Given, Value>(compute: (reader: Reader, given: Given) => Value) => {
    const kept = new Bounded<string, { readonly value: Value; readonly reads: NotedReads }>(entriesMax)
    return (key: string, given: Given): Value => {
      const known = kept.get(key)
      if (known?.reads.hold()) return known.value
      const reads = store.noteReads()
      const value = compute(reads.reader, given)
      kept.set(key, { value, reads })
      return value
    }
  }
}
