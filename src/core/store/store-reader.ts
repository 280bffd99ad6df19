import type { Collection } from './collection.ts'
import { type DocumentKey, parseShelf } from './key.ts'
import { type FoundAnywhere, Reader } from './reader.ts'
import type { Replica } from './replica.ts'

/** A document with its address. */
export interface KeyedDocument extends DocumentKey {
  readonly document: object
}

/** Reads outside of a transaction: the newest committed state that this store knows. */
export class StoreReader extends Reader {
  readonly #replica: Replica

  constructor(replica: Replica) {
    super(replica)
    this.#replica = replica
  }

  /** All documents of a collection in all accounts and regions: what a cache begins with before it follows the tail. */
  *everywhere<D extends object>(collection: Collection<D>): Generator<FoundAnywhere<D>, void, undefined> {
    for (const shelf of this.#replica.shelves(collection.name)) {
      const { account, region } = parseShelf(shelf)
      for (const { id, document } of this.list(collection, { account, region }))
        yield { account, region, id, document }
    }
  }

  /** All documents of all collections. */
  *everything(): Generator<KeyedDocument, void, undefined> {
    for (const shelf of this.#replica.shelves()) {
      const place = parseShelf(shelf)
      for (const id of this.#replica.ids(shelf, '')) {
        const document = this.#replica.document(shelf, id)
        if (document !== undefined) yield { ...place, id, document }
      }
    }
  }
}
