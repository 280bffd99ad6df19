import { faults } from './faults.ts'

/** Source: IAM API Reference, ListUsers, MaxItems: 100 unless told, 1 to 1000 (the model checks the bounds). */
const itemsDefault = 100

/** The members that every paged operation of IAM takes. */
export interface PageRequest {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

/** The members that every paged operation of IAM answers. */
export interface PageInfo {
  readonly IsTruncated: boolean
  readonly Marker?: string
}

/** One page of things and what the caller needs to ask for the next. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly info: PageInfo
}

/**
 * One page of a sequence that is sorted by id. `read` gives the things after an id (which need not exist any more), at most
 * `limit` of them. The marker is the last id shown, so that things made or deleted meanwhile shift nothing.
 * Faults: ValidationError for a marker that no answer ever held.
 */
export function page<Item extends { readonly id: string }>(
  { Marker, MaxItems = itemsDefault }: PageRequest,
  read: (after: string | undefined, limit: number) => readonly Item[],
): Page<Item> {
  const after = Marker === undefined ? undefined : idOfMarker(Marker)
  const found = read(after, MaxItems + 1)
  const items = found.slice(0, MaxItems)
  const last = items.at(-1)
  if (found.length <= MaxItems || last === undefined) return { items, info: { IsTruncated: false } }
  return { items, info: { IsTruncated: true, Marker: markerOf(last.id) } }
}

/** One page of a list that is at hand as a whole (attached policies, tags), in the order of ids. */
export function pageOf<Item extends { readonly id: string }>(
  request: PageRequest,
  all: readonly Item[],
): Page<Item> {
  const sorted = all.toSorted((a, b) => byCodeUnits(a.id, b.id))
  return page(request, (after, limit) => {
    const start = after === undefined ? 0 : sorted.findIndex(({ id }) => id > after)
    return start < 0 ? [] : sorted.slice(start, start + limit)
  })
}

/** The store's order of ids. */
function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Opaque as AWS's markers are; a marker holds nothing secret, so that it needs no seal. */
function markerOf(id: string): string {
  return Buffer.from(`1:${id}`).toString('base64url')
}

function idOfMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString('utf8')
  const id = text.slice(2)
  if (!text.startsWith('1:') || markerOf(id) !== marker) throw faults.invalidMarker()
  return id
}
