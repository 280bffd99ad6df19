import assert from 'node:assert/strict'
import { type Collection, indexValues } from './collection.ts'
import { DocumentIndex } from './document-index.ts'
import { familyOf } from './key.ts'
import { SortedIds } from './sorted-ids.ts'
import type { View } from './view.ts'

interface Stored {
  /** The log sequence that wrote it. */
  readonly version: number
  /** Where the database keeps it (see NumberedWrite). */
  readonly row: number
  readonly document: object
}

interface Shelf {
  readonly family: Family
  /** `account/region`. */
  readonly scope: string
  /** The log sequence of the last change on the shelf. */
  version: number
  readonly documents: Map<string, Stored>
  readonly ids: SortedIds
  readonly indexes: Map<string, DocumentIndex>
}

interface Family {
  /** Known from the first search on; until then nobody needs the indexes. */
  collection: Collection<object> | undefined
  readonly shelves: Map<string, Shelf>
  readonly indexes: Map<string, DocumentIndex>
}

/** All committed documents in memory, up to one log sequence, with the indexes that collections declare. */
export class Replica implements View {
  readonly #shelves = new Map<string, Shelf>()
  readonly #families = new Map<string, Family>()
  /** The log sequence that this state reflects. */
  seq = 0
  /** A row number above all that are taken. */
  nextRow = 1

  /** Puts or removes (undefined) one document and gives what was there. */
  write(
    row: number,
    shelfName: string,
    id: string,
    document: object | undefined,
    version: number,
  ): object | undefined {
    const shelf = this.#shelfFor(shelfName)
    const before = shelf.documents.get(id)?.document
    if (document !== undefined) {
      shelf.documents.set(id, { version, row, document })
      if (row >= this.nextRow) this.nextRow = row + 1
      if (before === undefined) shelf.ids.add(id)
    } else if (before !== undefined) {
      shelf.documents.delete(id)
      shelf.ids.delete(id)
    } else return undefined
    shelf.version = version
    if (shelf.family.collection !== undefined)
      fileUnder(shelf.family.collection, shelf, id, before, document, version)
    return before
  }

  document(shelf: string, id: string): object | undefined {
    return this.#shelves.get(shelf)?.documents.get(id)?.document
  }

  ids(shelf: string, start: string): Iterable<string> {
    return this.#shelves.get(shelf)?.ids.from(start) ?? []
  }

  count(shelf: string): number {
    return this.#shelves.get(shelf)?.documents.size ?? 0
  }

  matching(
    collection: Collection<object>,
    shelf: string,
    index: string,
    value: string,
    start: string,
  ): Iterable<string> {
    this.#adopt(collection)
    return this.#shelves.get(shelf)?.indexes.get(index)?.members(value, start) ?? []
  }

  countMatching(collection: Collection<object>, shelf: string, index: string, value: string): number {
    this.#adopt(collection)
    return this.#shelves.get(shelf)?.indexes.get(index)?.count(value) ?? 0
  }

  matchingAnywhere(collection: Collection<object>, index: string, value: string): Iterable<string> {
    this.#adopt(collection)
    return this.#families.get(collection.name)?.indexes.get(index)?.members(value, '') ?? []
  }

  /** The version of one document; 0 where there is none. */
  documentVersion(shelf: string, id: string): number {
    return this.#shelves.get(shelf)?.documents.get(id)?.version ?? 0
  }

  /** The number of a document's row; undefined where there is none. */
  row(shelf: string, id: string): number | undefined {
    return this.#shelves.get(shelf)?.documents.get(id)?.row
  }

  shelfVersion(shelf: string): number {
    return this.#shelves.get(shelf)?.version ?? 0
  }

  bucketVersion(shelf: string, index: string, value: string): number {
    return this.#shelves.get(shelf)?.indexes.get(index)?.version(value) ?? 0
  }

  bucketVersionAnywhere(family: string, index: string, value: string): number {
    return this.#families.get(family)?.indexes.get(index)?.version(value) ?? 0
  }

  /** The collection of a family, once somebody has searched it. */
  searched(family: string): Collection<object> | undefined {
    return this.#families.get(family)?.collection
  }

  /** The names of the shelves of a family, or of all. */
  shelves(family?: string): Iterable<string> {
    return family === undefined ? this.#shelves.keys() : (this.#families.get(family)?.shelves.keys() ?? [])
  }

  /** Builds a collection's indexes on its first search; `write` keeps them from then on. */
  #adopt(collection: Collection<object>): void {
    const family = this.#familyFor(collection.name)
    if (family.collection === collection) return
    assert.ok(family.collection === undefined, `${collection.name} is declared twice`)
    family.collection = collection
    for (const shelf of family.shelves.values()) {
      // In the order of ids, in which sorted sets grow fastest.
      for (const id of shelf.ids.from('')) {
        const stored = shelf.documents.get(id)
        if (stored) fileUnder(collection, shelf, id, undefined, stored.document, stored.version)
      }
    }
  }

  #shelfFor(name: string): Shelf {
    let shelf = this.#shelves.get(name)
    if (shelf === undefined) {
      const familyName = familyOf(name)
      const family = this.#familyFor(familyName)
      const scope = name.slice(0, -familyName.length - 1)
      shelf = { family, scope, version: 0, documents: new Map(), ids: new SortedIds(), indexes: new Map() }
      this.#shelves.set(name, shelf)
      family.shelves.set(name, shelf)
    }
    return shelf
  }

  #familyFor(name: string): Family {
    let family = this.#families.get(name)
    if (family === undefined) {
      family = { collection: undefined, shelves: new Map(), indexes: new Map() }
      this.#families.set(name, family)
    }
    return family
  }
}

/** Brings all indexes of a document's collection in line with a change to it. */
function fileUnder(
  collection: Collection<object>,
  shelf: Shelf,
  id: string,
  before: object | undefined,
  after: object | undefined,
  version: number,
): void {
  for (const [name, index] of collection.indexes) {
    const indexes = index.anywhere ? shelf.family.indexes : shelf.indexes
    let filed = indexes.get(name)
    if (filed === undefined) {
      filed = new DocumentIndex()
      indexes.set(name, filed)
    }
    const member = index.anywhere ? `${shelf.scope}/${id}` : id
    filed.move(member, indexValues(index, before, id), indexValues(index, after, id), version)
  }
}
