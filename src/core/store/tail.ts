import type { Collection } from './collection.ts'
import type { DocumentKey } from './key.ts'

/** What happened to one document. Both absent only never. */
export interface DocumentChange<D extends object = object> extends DocumentKey {
  readonly before?: D | undefined
  readonly after?: D | undefined
}

/** One committed transaction, as those who follow the store hear of it. */
export interface Change {
  readonly seq: number
  readonly changes: readonly DocumentChange[]
  /** The audit records that committed with it, a line of JSON each. */
  readonly records: readonly string[]
  /** True when this store committed it: whoever writes records elsewhere writes only these, so that one worker does. */
  readonly own: boolean
}

/** Hears of a change once it shows in `read`. One that throws is a bug, which keeps the change from nobody else. */
export type Listener = (change: Change) => void

/** The changes to documents of one collection. */
export function changesOf<D extends object>(
  collection: Collection<D>,
  change: Change,
): readonly DocumentChange<D>[] {
  const { service, type } = collection
  // Documents of one service and type are those of its collection.
  return change.changes.filter((one) => one.service === service && one.type === type) as DocumentChange<D>[]
}

/** Tells every follower of every change, once, in the order of the log. */
export class Tail {
  readonly #listeners = new Set<Listener>()
  readonly #onBug: (error: unknown) => void

  /** `onBug` hears of a listener that failed; a cache that stopped following must not go unnoticed. */
  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug
  }

  /** Follows from now on; the answer ends it. */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  deliver(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        this.#onBug(error) // The change is committed: the others must hear of it whatever one of them does.
      }
    }
  }
}
