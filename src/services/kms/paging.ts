import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

const pages = paging({
  ...{ token: 'Marker', limit: 'Limit', next: 'NextMarker', limitDefault: 100 },
  invalid: () => faults.invalidMarker(),
})

/** The members that every paged operation of KMS takes. */
export type PageRequest = Parameters<typeof pages.page>[0]

/** The members that every paged operation of KMS answers. */
export interface PageInfo {
  readonly Truncated: boolean
  readonly NextMarker?: string
}

/** One page of a sequence that is sorted by id. Faults: InvalidMarkerException for a marker that no answer ever held. */
export function page<Item extends { readonly id: string }>(
  { Marker, Limit }: PageRequest,
  limitDefault: number,
  read: (after: string | undefined, limit: number) => readonly Item[],
): { readonly items: readonly Item[]; readonly info: PageInfo } {
  const { items, ...next } = pages.page({ Marker, Limit: Limit ?? limitDefault }, read)
  return { items, info: { Truncated: next.NextMarker !== undefined, ...next } }
}

/**
 * One page of a list that is at hand as a whole, sorted by `idOf`. A marker is the id of the last one shown, so that what comes and goes
 * between two pages shifts nothing.
 */
export function pageOf<Item>(
  request: PageRequest,
  limitDefault: number,
  all: readonly Item[],
  idOf: (item: Item, index: number) => string,
): { readonly items: readonly Item[]; readonly info: PageInfo } {
  const named = all.map((item, index) => ({ id: idOf(item, index), item }))
  const { items, info } = page(request, limitDefault, (after, limit) =>
    named.filter(({ id }) => after === undefined || id > after).slice(0, limit),
  )
  return { items: items.map(({ item }) => item), info }
}
