import { faults } from './faults.ts'

/** A token that carries where a list goes on. Its form is told from a client's invention by the mark alone: it grants nothing. */
export function writeToken(value: unknown): string {
  return Buffer.from(`1:${JSON.stringify(value)}`).toString('base64url')
}

/** Faults: InvalidParameterException for what is no token. */
export function readToken(token: string): unknown {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  try {
    if (text.startsWith('1:')) return JSON.parse(text.slice(2))
  } catch {
    // Told below.
  }
  throw faults.invalid('The specified nextToken is invalid.')
}

/** A token that carries a text. */
export function readTextToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined
  const value = readToken(token)
  if (typeof value !== 'string') throw faults.invalid('The specified nextToken is invalid.')
  return value
}

/** A page of things found in order, of which one more than the limit was looked for. */
export function page<Item>(
  found: readonly Item[],
  limit: number,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return found.length > limit && last !== undefined
    ? { items, nextToken: writeToken(keyOf(last)) }
    : { items }
}
