import type { Call } from '#core/call.ts'
import { paging } from '#core/paging.ts'
import type { Collection } from '#core/store/index.ts'
import { faults } from './faults.ts'
import type { Place } from './places.ts'

/** Source: AWS WAFV2 API, PaginationLimit: at most 100; the model checks it. Faults: WAFInvalidParameterException. */
export const { page, pageOf } = paging({
  ...{ token: 'NextMarker', limit: 'Limit', next: 'NextMarker', limitDefault: 100 },
  invalid: (marker) => faults.invalidMarker(marker),
})

/** The members that every paged operation of WAFv2 takes. */
export type PageRequest = Parameters<typeof page>[0]

/** One page of a collection in a place. */
export function pageOfDocuments<D extends object>(
  { tx }: Call,
  collection: Collection<D>,
  place: Place,
  request: PageRequest,
  where?: (document: D) => boolean,
) {
  return page(request, (after, limit) => tx.list(collection, place, { after, limit, where }))
}
