import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Source: EC2 API Reference, DescribeVpcs, MaxResults: 5 to 1000; without it everything is answered. */
const [sizeMin, sizeMax] = [5, 1000] as const

const { pageOf } = paging({
  ...{ token: 'NextToken', limit: 'MaxResults', next: 'NextToken', limitDefault: Infinity },
  invalid: () => faults.invalidToken(),
})

/**
 * One page of a list, sorted by id.
 * Faults: InvalidParameterValue for a size out of bounds; InvalidNextToken; InvalidParameterCombination for ids and pages at once.
 */
export function page<Item>(
  asked: Parameters<typeof pageOf>[2],
  all: readonly Item[],
  idOf: (item: Item) => string,
  ids?: readonly string[],
) {
  const { MaxResults: size } = asked
  if (size !== undefined) {
    if (size < sizeMin || size > sizeMax) throw faults.pageSize(size, sizeMin, sizeMax)
    if (ids !== undefined && ids.length > 0) throw faults.idsAndPages()
  }
  return pageOf(all, idOf, asked)
}
