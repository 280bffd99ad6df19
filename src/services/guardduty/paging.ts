import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

interface Asked {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/**
 * One page of a list that is in memory, in its order; the token is the key of the last item shown. An item that is gone meanwhile ends the
 * list no earlier: it goes on with what stands where it stood.
 * Faults: BadRequestException for a token that is none.
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { MaxResults = quotas.pageMax, NextToken }: Asked,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const from = NextToken === undefined || NextToken === '' ? 0 : startOf(items, keyOf, readToken(NextToken))
  const shown = items.slice(from, from + MaxResults)
  const last = shown.at(-1)
  const next = from + MaxResults
  if (next >= items.length || last === undefined) return { items: shown }
  return { items: shown, NextToken: writeToken({ next, key: keyOf(last) }) }
}

interface Token {
  readonly next: number
  readonly key: string
}

/** Behind the item that was shown last, wherever it stands now; where it is gone, at the place that it had. */
function startOf<Item>(items: readonly Item[], keyOf: (item: Item) => string, { next, key }: Token): number {
  const at = items.findIndex((item) => keyOf(item) === key)
  return at < 0 ? Math.max(next - 1, 0) : at + 1
}

function writeToken({ next, key }: Token): string {
  return Buffer.from(`1:${next}:${key}`).toString('base64url')
}

function readToken(token: string): Token {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  const [, next = '', key = ''] = /^1:(\d{1,9}):(.*)$/s.exec(text) ?? []
  if (next === '' || writeToken({ next: Number(next), key }) !== token) throw faults.nextToken()
  return { next: Number(next), key }
}
