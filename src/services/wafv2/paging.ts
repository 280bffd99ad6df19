import type { Call } from '#core/call.ts'
import type { Collection, Found } from '#core/store/index.ts'
import { faults } from './faults.ts'
import type { Place } from './places.ts'

/** Source: AWS WAFV2 API, PaginationLimit: at most 100; the model checks it. */
const limitDefault = 100

/** The members that every paged operation of WAFv2 takes. */
export interface PageRequest {
  readonly Limit?: number | undefined
  readonly NextMarker?: string | undefined
}

interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly NextMarker?: string
}

/**
 * One page of a sequence that is sorted by id. `read` gives the things after an id (which need not exist any more), at most `limit`
 * of them: the marker is the last id shown, so that things made or deleted meanwhile shift nothing.
 * Faults: WAFInvalidParameterException for a marker that no answer ever held.
 */
export function page<Item extends { readonly id: string }>(
  { Limit = limitDefault, NextMarker }: PageRequest,
  read: (after: string | undefined, limit: number) => readonly Item[],
): Page<Item> {
  const found = read(NextMarker === undefined ? undefined : idOfMarker(NextMarker), Limit + 1)
  const items = found.slice(0, Limit)
  const last = items.at(-1)
  return found.length > Limit && last !== undefined ? { items, NextMarker: markerOf(last.id) } : { items }
}

/** One page of a collection in a place. */
export function pageOfDocuments<D extends object>(
  { tx }: Call,
  collection: Collection<D>,
  place: Place,
  request: PageRequest,
  where?: (document: D) => boolean,
): Page<Found<D>> {
  return page(request, (after, limit) => tx.list(collection, place, { after, limit, where }))
}

function markerOf(id: string): string {
  return Buffer.from(`1:${id}`).toString('base64url')
}

function idOfMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || markerOf(text.slice(2)) !== marker) throw faults.invalidMarker(marker)
  return text.slice(2)
}
