import type { Found } from '#core/store/index.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** A page of a hundred; `list` gives one more than that, behind an id. Faults: InvalidParameter for a token that is none. */
export function page<D>(
  given: string | undefined,
  list: (after: string | undefined) => readonly Found<D>[],
): { readonly items: readonly D[]; readonly token?: string } {
  const after = given === undefined || given === '' ? undefined : Buffer.from(given, 'base64').toString()
  if (after !== undefined && !/^[\w.-]{1,256}$/.test(after))
    throw faults.parameter('NextToken', 'It is none of ours')
  const found = list(after)
  const shown = found.slice(0, quotas.listed)
  const last = shown.at(-1)
  return {
    items: shown.map(({ document }) => document),
    ...(found.length > shown.length && last && { token: Buffer.from(last.id).toString('base64') }),
  }
}
