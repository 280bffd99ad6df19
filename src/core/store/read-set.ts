import type { Collection } from './collection.ts'
import type { Overlay } from './overlay.ts'
import type { Observer } from './reader.ts'
import type { Replica } from './replica.ts'

/** What earlier transactions of the same group changed, which the replica does not show yet. */
export interface Changed {
  readonly overlay: Overlay
  hasBucket(shelf: string, index: string, value: string): boolean
}

/** True as long as what was read still reads the same. */
type Expectation = (replica: Replica, changed: Changed) => boolean

/**
 * What a transaction read, so that the commit can tell whether it still holds. Versions stand for documents, shelves and index
 * buckets (so that a phantom, a document that appears in a list, is noticed); counts and quotas are asked again, so that
 * creators do not disturb one another below the limit.
 */
export class ReadSet implements Observer {
  readonly #replica: Replica
  readonly #own: Overlay
  /** The log sequence at which all expectations are known to hold. */
  #heldAt: number
  readonly #expectations: Expectation[] = []

  constructor(replica: Replica, own: Overlay) {
    this.#replica = replica
    this.#own = own
    this.#heldAt = replica.seq
  }

  document(shelf: string, id: string): void {
    if (this.#own.touches(shelf, id)) return
    const version = this.#replica.documentVersion(shelf, id)
    this.#expectations.push(
      (replica, changed) =>
        !changed.overlay.touches(shelf, id) && replica.documentVersion(shelf, id) === version,
    )
  }

  shelf(shelf: string): void {
    const version = this.#replica.shelfVersion(shelf)
    this.#expectations.push(
      (replica, changed) => !changed.overlay.touches(shelf) && replica.shelfVersion(shelf) === version,
    )
  }

  bucket(shelf: string, index: string, value: string): void {
    const version = this.#replica.bucketVersion(shelf, index, value)
    this.#expectations.push(
      (replica, changed) =>
        !changed.hasBucket(shelf, index, value) && replica.bucketVersion(shelf, index, value) === version,
    )
  }

  bucketAnywhere(family: string, index: string, value: string): void {
    const version = this.#replica.bucketVersionAnywhere(family, index, value)
    this.#expectations.push(
      (replica, changed) =>
        !changed.hasBucket(family, index, value) &&
        replica.bucketVersionAnywhere(family, index, value) === version,
    )
  }

  count(shelf: string): void {
    const count = this.#replica.count(shelf)
    this.#expectations.push((_, changed) => changed.overlay.count(shelf) === count)
  }

  /** The answer to "are there fewer than `max`", which most other creators do not change. */
  room(shelf: string, max: number): void {
    const added = this.#own.added(shelf)
    const answer = this.#replica.count(shelf) + added < max
    this.#expectations.push((_, changed) => changed.overlay.count(shelf) + added < max === answer)
  }

  /** The same of the documents that an index files under a value. */
  roomUnder(
    collection: Collection<object>,
    { shelf, index, value }: { readonly shelf: string; readonly index: string; readonly value: string },
    max: number,
  ): void {
    const there = this.#replica.countMatching(collection, shelf, index, value)
    const added = this.#own.countMatching(collection, shelf, index, value) - there
    const answer = there + added < max
    this.#expectations.push(
      (_, changed) => changed.overlay.countMatching(collection, shelf, index, value) + added < max === answer,
    )
  }

  /** Whether every read would answer the same on the replica as it is now, under what the group has changed so far. */
  holds(changed: Changed): boolean {
    if (this.#replica.seq === this.#heldAt && changed.overlay.isEmpty) return true
    if (!this.#expectations.every((holds) => holds(this.#replica, changed))) return false
    if (changed.overlay.isEmpty) this.#heldAt = this.#replica.seq
    return true
  }
}
