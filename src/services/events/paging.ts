import type { Table } from '#core/tables.ts'
import { faults } from './faults.ts'

interface Asked<Document> {
  readonly NextToken?: string | undefined
  readonly Limit?: number | undefined
  /** Only ids that begin so. */
  readonly prefix?: string | undefined
  readonly where?: ((document: Document) => boolean) | undefined
}

/** Source: EventBridge API Reference, Limit: at most 100. */
const limitDefault = 100

/** One page of a table, sorted by id; the token is the last id shown. Faults: ValidationException. */
export function page<Document extends object>(
  table: Table<Document>,
  { NextToken, Limit = limitDefault, prefix, where }: Asked<Document>,
): { readonly items: readonly Document[]; readonly NextToken?: string } {
  const after = NextToken === undefined ? undefined : readToken(NextToken)
  const found = table.list({ after, prefix, where, limit: Limit + 1 })
  const items = found.slice(0, Limit).map(({ document }) => document)
  const last = found.at(Limit - 1)
  return found.length > Limit && last ? { items, NextToken: writeToken(last.id) } : { items }
}

/** One page of a list that is in memory. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { NextToken, Limit = limitDefault }: Pick<Asked<object>, 'NextToken' | 'Limit'>,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const after = NextToken === undefined ? '' : readToken(NextToken)
  const left = items
    .filter((item) => keyOf(item) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const shown = left.slice(0, Limit)
  const last = shown.at(-1)
  return left.length > Limit && last !== undefined
    ? { items: shown, NextToken: writeToken(keyOf(last)) }
    : { items: shown }
}

function writeToken(key: string): string {
  return Buffer.from(`1:${key}`).toString('base64url')
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || writeToken(text.slice(2)) !== token)
    throw faults.validation('Parameter NextToken is not valid.')
  return text.slice(2)
}
