import { faults } from './faults.ts'

/** A token that says where a list goes on; it grants nothing. */
export function writeToken(after: string): string {
  return Buffer.from(`lake:${after}`).toString('base64url')
}

/** Faults: InvalidNextTokenException. */
export function readToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!text.startsWith('lake:')) throw faults.nextToken()
  return text.slice('lake:'.length)
}

/** A page of what comes behind `after`, in the order given. */
export function page<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): { readonly shown: readonly Item[]; readonly NextToken?: string } {
  const from = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1
  const shown = items.slice(from, from + limit)
  const last = shown.at(-1)
  const isMore = from + shown.length < items.length
  return { shown, ...(isMore && last !== undefined && { NextToken: writeToken(keyOf(last)) }) }
}
