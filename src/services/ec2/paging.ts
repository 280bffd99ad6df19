import { faults } from './faults.ts'

/** Source: EC2 API Reference, DescribeVpcs, MaxResults: 5 to 1000; without it everything is answered. */
const [sizeMin, sizeMax] = [5, 1000] as const

/** The members that every paged operation of EC2 takes. */
export interface PageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly NextToken?: string
}

/**
 * One page of a list that is sorted by id. The token is the last id shown, so that things made or deleted meanwhile shift nothing.
 * Faults: InvalidParameterValue for a size out of bounds; InvalidNextToken; InvalidParameterCombination for ids and pages at once.
 */
export function page<Item>(
  { MaxResults, NextToken }: PageRequest,
  all: readonly Item[],
  idOf: (item: Item) => string,
  ids?: readonly string[],
): Page<Item> {
  if (MaxResults !== undefined) {
    if (MaxResults < sizeMin || MaxResults > sizeMax) throw faults.pageSize(MaxResults, sizeMin, sizeMax)
    if (ids !== undefined && ids.length > 0) throw faults.idsAndPages()
  }
  const after = NextToken === undefined ? '' : idOfToken(NextToken)
  const left = all.filter((item) => idOf(item) > after)
  const items = left.slice(0, MaxResults ?? left.length)
  const last = items.at(-1)
  return left.length > items.length && last !== undefined
    ? { items, NextToken: tokenOf(idOf(last)) }
    : { items }
}

function tokenOf(id: string): string {
  return Buffer.from(`1:${id}`).toString('base64url')
}

function idOfToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || tokenOf(text.slice(2)) !== token) throw faults.invalidToken()
  return text.slice(2)
}
