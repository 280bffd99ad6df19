import type { Fault } from './fault.ts'
import type { Page as Slice } from './store/index.ts'
import type { Table } from './tables.ts'

/** What a list's token carries, written and read. */
export interface Tokens {
  write(text: string): string
  /** Faults: the service's own, for what is not written so. */
  read(token: string): string
}

/** Opaque as AWS's tokens are, and in one spelling only; a token grants nothing and holds nothing secret, so that it needs no seal. */
export function tokensOf(invalid: (token: string) => Fault): Tokens {
  const write = (text: string): string => Buffer.from(`1:${text}`).toString('base64url')
  return {
    write,
    read(token) {
      const text = Buffer.from(token, 'base64url').toString('utf8')
      if (!text.startsWith('1:') || write(text.slice(2)) !== token) throw invalid(token)
      return text.slice(2)
    },
  }
}

/** How a service pages: its names of the members, how much it shows, its fault. */
interface Spelling<Token, Limit, Next> {
  /** The member that asks for what comes behind a page. */
  readonly token: Token
  /** The member that says how many are asked for. */
  readonly limit: Limit
  /** The member that answers where the list goes on. */
  readonly next: Next
  readonly limitDefault: number
  /** Where a service shows less than it lets ask for. */
  readonly limitMax?: number
  readonly invalid: (token: string) => Fault
}

type Asked<Token extends string, Limit extends string> = {
  readonly [Name in Token]?: string | undefined
} & {
  readonly [Name in Limit]?: number | undefined
}

/** The token is absent on the last page. */
type Page<Item, Next extends string> = { readonly items: readonly Item[] } & {
  readonly [Name in Next]?: string
}

/** A service's way of listing: pages under the names that it gives token, limit and next token. */
export interface Paging<Token extends string, Limit extends string, Next extends string> {
  /** One page of a sequence that is sorted by id: `read` gives the things behind an id (which need not exist any more), at most `limit`. */
  readonly page: <Item extends { readonly id: string }>(
    asked: Asked<Token, Limit>,
    read: (after: string | undefined, limit: number) => readonly Item[],
  ) => Page<Item, Next>
  /** One page of a table, sorted by id. */
  readonly pageOfTable: <Document extends object>(
    table: Pick<Table<Document>, 'list'>,
    asked: Asked<Token, Limit> & Pick<Slice<Document>, 'prefix' | 'where'>,
  ) => Page<Document, Next>
  /** One page of what is at hand as a whole, in the order of its keys or against it. */
  readonly pageOf: <Item>(
    items: readonly Item[],
    keyOf: (item: Item) => string,
    asked: Asked<Token, Limit>,
    order?: 'ascending' | 'descending',
  ) => Page<Item, Next>
}

/** A service's pages. A token is the last key shown, so that things made or deleted meanwhile shift nothing. */
export function paging<Token extends string, Limit extends string, Next extends string>(
  spelling: Spelling<Token, Limit, Next>,
): Paging<Token, Limit, Next> {
  const { limitDefault, limitMax = Infinity } = spelling
  const tokens = tokensOf(spelling.invalid)
  const more = (isCut: boolean, last: string | undefined) =>
    // TypeScript does not follow a name that is computed.
    (isCut && last !== undefined ? { [spelling.next]: tokens.write(last) } : {}) as {
      readonly [Name in Next]?: string
    }
  const pages: Paging<Token, Limit, Next> = {
    page(asked, read) {
      const token: string | undefined = asked[spelling.token]
      const size: number = Math.min(asked[spelling.limit] ?? limitDefault, limitMax)
      const found = read(token === undefined ? undefined : tokens.read(token), size + 1)
      const items = found.slice(0, size)
      return { items, ...more(found.length > size, items.at(-1)?.id) }
    },
    pageOfTable(table, asked) {
      const { prefix, where } = asked
      const read = (after: string | undefined, limit: number) => table.list({ after, limit, prefix, where })
      const { items, ...next } = pages.page(asked, read)
      return { items: items.map(({ document }) => document), ...next }
    },
    pageOf(items, keyOf, asked, order = 'ascending') {
      const compare = order === 'ascending' ? byCodeUnits : (a: string, b: string) => byCodeUnits(b, a)
      const sorted = items
        .map((item) => ({ id: keyOf(item), item }))
        .sort((one, other) => compare(one.id, other.id))
      const page = pages.page(asked, (after, limit) =>
        sorted.filter(({ id }) => after === undefined || compare(id, after) > 0).slice(0, limit),
      )
      return { ...page, items: page.items.map(({ item }) => item) }
    },
  }
  return pages
}

/** The store's order of ids. */
function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
