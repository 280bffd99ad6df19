import { paging } from '#core/paging.ts'
import type { Found } from '#core/store/index.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

const { page: pageBehind } = paging({
  ...{ token: 'token', limit: 'limit', next: 'token', limitDefault: quotas.listed },
  invalid: () => faults.parameter('NextToken', 'It is none of ours'),
})

/** A page of a hundred; an empty token begins anew. Faults: InvalidParameter for a token that is none. */
export function page<D>(
  given: string | undefined,
  read: (after: string | undefined, limit: number) => readonly Found<D>[],
): { readonly items: readonly D[]; readonly token?: string } {
  const { items, ...more } = pageBehind({ token: given === '' ? undefined : given }, read)
  return { items: items.map(({ document }) => document), ...more }
}
