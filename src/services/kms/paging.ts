import { faults } from './faults.ts'

/** The members that every paged operation of KMS takes. */
export interface PageRequest {
  readonly Limit?: number | undefined
  readonly Marker?: string | undefined
}

/** The members that every paged operation of KMS answers. */
export interface PageInfo {
  readonly Truncated: boolean
  readonly NextMarker?: string
}

/**
 * One page of a sequence that is sorted by id. `read` gives the things after an id (which need not exist any more), at most `limit`
 * of them: the marker is the last id shown, so that things made or deleted meanwhile shift nothing.
 * Faults: InvalidMarkerException for a marker that no answer ever held.
 */
export function page<Item extends { readonly id: string }>(
  { Limit, Marker }: PageRequest,
  limitDefault: number,
  read: (after: string | undefined, limit: number) => readonly Item[],
): { readonly items: readonly Item[]; readonly info: PageInfo } {
  const limit = Limit ?? limitDefault
  const found = read(Marker === undefined ? undefined : idOfMarker(Marker), limit + 1)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  if (found.length <= limit || last === undefined) return { items, info: { Truncated: false } }
  return { items, info: { Truncated: true, NextMarker: markerOf(last.id) } }
}

/** One page of a list that is at hand as a whole, in its own order. */
export function pageOf<Item>(
  request: PageRequest,
  limitDefault: number,
  all: readonly Item[],
): { readonly items: readonly Item[]; readonly info: PageInfo } {
  const numbered = all.map((item, index) => ({ id: String(index).padStart(8, '0'), item }))
  const { items, info } = page(request, limitDefault, (after, limit) =>
    numbered.filter(({ id }) => after === undefined || id > after).slice(0, limit),
  )
  return { items: items.map(({ item }) => item), info }
}

function markerOf(id: string): string {
  return Buffer.from(`1:${id}`).toString('base64url')
}

function idOfMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || markerOf(text.slice(2)) !== marker) throw faults.invalidMarker()
  return text.slice(2)
}
