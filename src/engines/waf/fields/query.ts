import { lowerAscii } from '../bytes.ts'
import { transformations } from '../transformations/index.ts'

/** The arguments of a query string as they stand there, undecoded, in order. */
function queryArguments(query: string): readonly (readonly [name: string, value: string])[] {
  if (query === '') return []
  return query.split('&').flatMap((part) => {
    if (part === '') return []
    const equals = part.indexOf('=')
    return [equals < 0 ? ([part, ''] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const)]
  })
}

/** The values of the argument, whose name is compared without regard to case, as AWS does. */
export function argumentValues(query: string, lowerName: string): readonly string[] {
  return queryArguments(query).flatMap(([name, value]) => (lowerAscii(name) === lowerName ? [value] : []))
}

/** Every argument's value. Source: AWS WAF Developer Guide, "All query parameters": names are not inspected. */
export function allArgumentValues(query: string): readonly string[] {
  return queryArguments(query).map(([, value]) => value)
}

/**
 * What may be done to the query string before it is taken apart; to add one, a row.
 * Source: AWS WAFV2 API, PreParseTextTransformationType.
 */
export const preParseTransformations = {
  NONE: (query) => query,
  URL_DECODE: transformations.URL_DECODE,
  URL_DECODE_UNI: transformations.URL_DECODE_UNI,
  REPLACE_SEMICOLONS_WITH_AMPERSANDS: (query) => query.replaceAll(';', '&'),
  COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA: combineDuplicates,
} as const satisfies Record<string, (query: string) => string>

export type PreParseType = keyof typeof preParseTransformations

/** `a=1&b=2&a=3` as `a=1,3&b=2`: what ASP makes of it. Names are compared as argument names are. */
function combineDuplicates(query: string): string {
  const combined = new Map<string, { readonly name: string; readonly values: string[] }>()
  for (const [name, value] of queryArguments(query)) {
    const found = combined.get(lowerAscii(name))
    if (found === undefined) combined.set(lowerAscii(name), { name, values: [value] })
    else found.values.push(value)
  }
  return [...combined.values()].map(({ name, values }) => `${name}=${values.join(',')}`).join('&')
}
