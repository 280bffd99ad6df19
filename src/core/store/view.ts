import type { Collection } from './collection.ts'

/**
 * A state of all documents that can be read: the replica, or the replica under writes that are not committed yet. Ids come
 * in order.
 */
export interface View {
  /** The names of all shelves that may hold something. */
  shelves(): Iterable<string>
  document(shelf: string, id: string): object | undefined
  /** The ids on a shelf from `start` on. */
  ids(shelf: string, start: string): Iterable<string>
  count(shelf: string): number
  /** The ids on a shelf from `start` on whose documents an index files under `value`. */
  matching(
    collection: Collection<object>,
    shelf: string,
    index: string,
    value: string,
    start: string,
  ): Iterable<string>
  /** How many documents on a shelf an index files under `value`. */
  countMatching(collection: Collection<object>, shelf: string, index: string, value: string): number
  /** As `matching`, over all scopes: `account/region/id`. */
  matchingAnywhere(collection: Collection<object>, index: string, value: string): Iterable<string>
}
