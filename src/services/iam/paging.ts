import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Source: IAM API Reference, ListUsers, MaxItems: 100 unless told, 1 to 1000 (the model checks the bounds). */
const pages = paging({
  ...{ token: 'Marker', limit: 'MaxItems', next: 'Marker', limitDefault: 100 },
  invalid: () => faults.invalidMarker(),
})

/** The members that every paged operation of IAM takes. */
export type PageRequest = Parameters<typeof pages.page>[0]

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

/** One page of a sequence that is sorted by id. Faults: ValidationError for a marker that no answer ever held. */
export function page<Item extends { readonly id: string }>(
  request: PageRequest,
  read: (after: string | undefined, limit: number) => readonly Item[],
): Page<Item> {
  const { items, ...next } = pages.page(request, read)
  return { items, info: { IsTruncated: next.Marker !== undefined, ...next } }
}

/** One page of a list that is at hand as a whole (attached policies, tags), in the order of ids. */
export function pageOf<Item extends { readonly id: string }>(
  request: PageRequest,
  all: readonly Item[],
): Page<Item> {
  const { items, ...next } = pages.pageOf(all, ({ id }) => id, request)
  return { items, info: { IsTruncated: next.Marker !== undefined, ...next } }
}
