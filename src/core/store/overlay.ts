import { type Collection, type Index, indexValues } from './collection.ts'
import type { View } from './view.ts'

/** A document as it will be stored; its JSON text is made once, when it is put. */
export interface Write {
  readonly document: object
  readonly body: string
}

/** A write, or null for a deletion. */
export type Written = Write | null

interface ShelfWrites {
  readonly byId: Map<string, Written>
  /** Documents more (or fewer) than the base has. */
  added: number
}

/** A view with writes laid over it that are not committed yet; what is below does not change. */
export class Overlay implements View {
  readonly #base: View
  readonly #shelves = new Map<string, ShelfWrites>()

  constructor(base: View) {
    this.#base = base
  }

  /** Lays one write over the base. Deleting what the base lacks leaves no trace. */
  write(shelf: string, id: string, written: Written): void {
    let writes = this.#shelves.get(shelf)
    if (writes === undefined) {
      writes = { byId: new Map(), added: 0 }
      this.#shelves.set(shelf, writes)
    }
    writes.added += Number(written !== null) - Number(this.document(shelf, id) !== undefined)
    if (written === null && this.#base.document(shelf, id) === undefined) {
      writes.byId.delete(id)
      if (writes.byId.size === 0) this.#shelves.delete(shelf)
    } else writes.byId.set(id, written)
  }

  /** True when this shelf, or this document of it, was written here. */
  touches(shelf: string, id?: string): boolean {
    const writes = this.#shelves.get(shelf)
    return writes !== undefined && (id === undefined || writes.byId.has(id))
  }

  get isEmpty(): boolean {
    return this.#shelves.size === 0
  }

  /** Everything written here. */
  *writes(): Generator<readonly [shelf: string, id: string, written: Written], void, undefined> {
    for (const [shelf, { byId }] of this.#shelves)
      for (const [id, written] of byId) yield [shelf, id, written]
  }

  shelves(): Iterable<string> {
    return new Set([...this.#base.shelves(), ...this.#shelves.keys()])
  }

  document(shelf: string, id: string): object | undefined {
    const written = this.#shelves.get(shelf)?.byId.get(id)
    return written === undefined ? this.#base.document(shelf, id) : written?.document
  }

  /** How many documents the writes add to a shelf; negative where they delete. */
  added(shelf: string): number {
    return this.#shelves.get(shelf)?.added ?? 0
  }

  count(shelf: string): number {
    return this.#base.count(shelf) + this.added(shelf)
  }

  ids(shelf: string, start: string): Iterable<string> {
    const below = this.#base.ids(shelf, start)
    const writes = this.#shelves.get(shelf)
    if (writes === undefined) return below
    const own = [...writes.byId].filter(([id, written]) => written !== null && id >= start).map(([id]) => id)
    return merged(below, own, (id) => writes.byId.has(id))
  }

  matching(
    collection: Collection<object>,
    shelf: string,
    index: string,
    value: string,
    start: string,
  ): Iterable<string> {
    const below = this.#base.matching(collection, shelf, index, value, start)
    const writes = this.#shelves.get(shelf)
    const declared = collection.indexes.get(index)
    if (writes === undefined || declared === undefined) return below
    const own = filedUnder(writes, declared, value).filter((id) => id >= start)
    return merged(below, own, (id) => writes.byId.has(id))
  }

  countMatching(collection: Collection<object>, shelf: string, index: string, value: string): number {
    let count = this.#base.countMatching(collection, shelf, index, value)
    const declared = collection.indexes.get(index)
    if (declared === undefined) return count
    for (const [id, written] of this.#shelves.get(shelf)?.byId ?? []) {
      const before = indexValues(declared, this.#base.document(shelf, id), id).includes(value)
      const after = indexValues(declared, written?.document, id).includes(value)
      count += Number(after) - Number(before)
    }
    return count
  }

  matchingAnywhere(collection: Collection<object>, index: string, value: string): Iterable<string> {
    const below = this.#base.matchingAnywhere(collection, index, value)
    const declared = collection.indexes.get(index)
    if (this.#shelves.size === 0 || declared === undefined) return below
    const own: string[] = []
    const written = new Set<string>()
    for (const [shelf, writes] of this.#shelves) {
      if (!shelf.endsWith(`/${collection.name}`)) continue
      const scope = shelf.slice(0, -collection.name.length - 1)
      for (const id of writes.byId.keys()) written.add(`${scope}/${id}`)
      for (const id of filedUnder(writes, declared, value)) own.push(`${scope}/${id}`)
    }
    return merged(below, own, (member) => written.has(member))
  }
}

function filedUnder(writes: ShelfWrites, index: Index<object>, value: string): string[] {
  const ids: string[] = []
  for (const [id, written] of writes.byId)
    if (indexValues(index, written?.document, id).includes(value)) ids.push(id)
  return ids
}

/** The ids below that were not written, and the written ones, in one order. */
function* merged(
  below: Iterable<string>,
  own: string[],
  isWritten: (id: string) => boolean,
): Generator<string, void, undefined> {
  const upcoming = own.toSorted(byCodeUnits)[Symbol.iterator]()
  let next = upcoming.next()
  for (const id of below) {
    for (; next.done !== true && next.value <= id; next = upcoming.next()) yield next.value
    if (!isWritten(id)) yield id
  }
  for (; next.done !== true; next = upcoming.next()) yield next.value
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
