import { Bounded } from './bounded.ts'
import type { Reader, Store } from './store/index.ts'

const entriesMax = 20_000

/**
 * Makes functions whose answers are kept for as long as the documents that they read stay unchanged. This is the one way
 * to cache what follows from documents: the change log moves document versions, and versions decide.
 */
export type Derived = <Given, Value>(compute: (reader: Reader, given: Given) => Value) => (key: string, given: Given) => Value

/** See `Derived`. While nothing at all was written, a kept answer costs one comparison. */
export function createDerived(store: Store): Derived {
  return (compute) => {
    const kept = new Bounded<string, { readonly value: ReturnType<typeof compute>; readonly noted: ReturnType<Store['noteReads']> }>(entriesMax)
    return (key, given) => {
      const known = kept.get(key)
      if (known?.noted.unchanged()) return known.value
      const noted = store.noteReads()
      const value = compute(noted.reader, given)
      kept.set(key, { value, noted })
      return value
    }
  }
}
