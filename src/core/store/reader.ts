import assert from 'node:assert/strict'
import type { Collection } from './collection.ts'
import { type Scope, shelfName } from './key.ts'
import type { View } from './view.ts'

/** A document with its id. */
export interface Found<D> {
  readonly id: string
  readonly document: D
}

/** A document with its whole address. */
export interface FoundAnywhere<D> extends Found<D>, Scope {}

/** Which part of a sorted answer is wanted. */
export interface Page<D> {
  /** Begin behind this id, whether or not it still exists: a marker survives inserts and deletes. */
  readonly after?: string | undefined
  /** Documents at most. */
  readonly limit?: number | undefined
  /** Only ids that begin so. */
  readonly prefix?: string | undefined
  /** Only documents of which this holds; the others do not count against `limit`. */
  readonly where?: ((document: D, id: string) => boolean) | undefined
}

/** Hears what is read, before it is: how a transaction comes to know what it depends on. */
export interface Observer {
  document(shelf: string, id: string): void
  shelf(shelf: string): void
  bucket(shelf: string, index: string, value: string): void
  bucketAnywhere(family: string, index: string, value: string): void
  count(shelf: string): void
}

/** Reads of one view of the documents. All answers are sorted by id, in UTF-16 code units. */
export class Reader {
  readonly #view: View
  readonly #observer: Observer | undefined

  constructor(view: View, observer?: Observer) {
    this.#view = view
    this.#observer = observer
  }

  /** The document, or undefined where there is none. It is shared: never change it. */
  get<D extends object>(collection: Collection<D>, scope: Scope, id: string): D | undefined {
    const shelf = shelfName(scope, collection.name)
    this.#observer?.document(shelf, id)
    return this.#view.document(shelf, id) as D | undefined // Only `put` of the same collection writes there.
  }

  /** The documents of a scope. Cost: that of the page, wherever it begins. */
  list<D extends object>(collection: Collection<D>, scope: Scope, page: Page<D> = {}): readonly Found<D>[] {
    const shelf = shelfName(scope, collection.name)
    this.#observer?.shelf(shelf)
    return this.#page(shelf, this.#view.ids(shelf, startOf(page)), page)
  }

  /** The documents of a scope that an index files under a value. */
  find<D extends object>(
    collection: Collection<D>,
    scope: Scope,
    index: string,
    value: string,
    page: Page<D> = {},
  ): readonly Found<D>[] {
    assertIndex(collection, index, false)
    const shelf = shelfName(scope, collection.name)
    // The search comes first: it may build the index that the observer then asks for its version.
    const ids = this.#view.matching(collection, shelf, index, value, startOf(page))
    this.#observer?.bucket(shelf, index, value)
    return this.#page(shelf, ids, page)
  }

  /** The documents of all accounts and regions that an index declared `anywhere` files under a value. */
  findAnywhere<D extends object>(
    collection: Collection<D>,
    index: string,
    value: string,
  ): readonly FoundAnywhere<D>[] {
    assertIndex(collection, index, true)
    const members = this.#view.matchingAnywhere(collection, index, value)
    this.#observer?.bucketAnywhere(collection.name, index, value)
    const found: FoundAnywhere<D>[] = []
    for (const member of members) {
      const accountEnd = member.indexOf('/')
      const regionEnd = member.indexOf('/', accountEnd + 1)
      const scope = { account: member.slice(0, accountEnd), region: member.slice(accountEnd + 1, regionEnd) }
      const id = member.slice(regionEnd + 1)
      const document = this.#view.document(shelfName(scope, collection.name), id)
      if (document !== undefined) found.push({ ...scope, id, document: document as D }) // As in `get`.
    }
    return found
  }

  /** How many documents a scope has. */
  count(collection: Collection<object>, scope: Scope): number {
    const shelf = shelfName(scope, collection.name)
    this.#observer?.count(shelf)
    return this.#view.count(shelf)
  }

  #page<D>(shelf: string, ids: Iterable<string>, page: Page<D>): Found<D>[] {
    const { after, prefix = '', where, limit = Number.POSITIVE_INFINITY } = page
    const found: Found<D>[] = []
    if (limit <= 0) return found
    for (const id of ids) {
      if (id === after) continue
      if (!id.startsWith(prefix)) break
      const document = this.#view.document(shelf, id) as D | undefined // As in `get`.
      if (document === undefined || where?.(document, id) === false) continue
      found.push({ id, document })
      if (found.length >= limit) break
    }
    return found
  }
}

function startOf({ after = '', prefix = '' }: Page<never>): string {
  return after > prefix ? after : prefix
}

/** INVARIANT: nobody asks an index that is not declared, or in another reach than it has. */
export function assertIndex(collection: Collection<object>, index: string, anywhere: boolean): void {
  const declared = collection.indexes.get(index)
  assert.ok(declared !== undefined, `${collection.name} declares no index '${index}'`)
  assert.equal(declared.anywhere, anywhere, `the index '${index}' of ${collection.name} has another reach`)
}
