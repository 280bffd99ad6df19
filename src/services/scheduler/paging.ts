import type { Table } from '#core/tables.ts'
import { faults } from './faults.ts'

interface Asked<Document> {
  readonly NextToken?: string | undefined
  readonly MaxResults?: number | undefined
  /** Only ids that begin so. */
  readonly prefix?: string | undefined
  readonly where?: ((document: Document) => boolean) | undefined
}

/** Source: EventBridge Scheduler API Reference, MaxResults: at most 100. */
const maxDefault = 100

/** One page of a table, sorted by id; the token is the last id shown. Faults: ValidationException. */
export function page<Document extends object>(
  table: Table<Document>,
  { NextToken, MaxResults = maxDefault, prefix, where }: Asked<Document>,
): { readonly items: readonly Document[]; readonly NextToken?: string } {
  const after = NextToken === undefined ? undefined : readToken(NextToken)
  const found = table.list({ after, prefix, where, limit: MaxResults + 1 })
  const items = found.slice(0, MaxResults).map(({ document }) => document)
  const last = found.at(MaxResults - 1)
  return found.length > MaxResults && last ? { items, NextToken: writeToken(last.id) } : { items }
}

/** One page of a list that is in memory. Faults: ValidationException. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { NextToken, MaxResults = maxDefault }: Pick<Asked<object>, 'NextToken' | 'MaxResults'>,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const after = NextToken === undefined ? '' : readToken(NextToken)
  const left = items
    .filter((item) => keyOf(item) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const shown = left.slice(0, MaxResults)
  const last = shown.at(-1)
  return left.length > MaxResults && last !== undefined
    ? { items: shown, NextToken: writeToken(keyOf(last)) }
    : { items: shown }
}

function writeToken(key: string): string {
  return Buffer.from(`1:${key}`).toString('base64url')
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || writeToken(text.slice(2)) !== token)
    throw faults.invalid('Invalid NextToken.')
  return text.slice(2)
}
