import { lowerAscii } from '../bytes.ts'
import type { WebRequest } from '../request.ts'

export type Pair = readonly [name: string, value: string]

/** As many headers or cookies as can be inspected, and whether there were more. */
export interface Pairs {
  readonly pairs: readonly Pair[]
  readonly oversize: boolean
}

/**
 * Limits on headers together and on cookies together.
 * Source: AWS WAF Developer Guide, "Handling oversize web request components".
 */
const pairBytesMax = 8192
const pairsMax = 200

/** The headers that can be inspected; the name of the last one whose value had to be cut is whole. */
export function headersOf(request: WebRequest): Pairs {
  return bounded(request.headers)
}

export function cookiesOf(request: WebRequest): Pairs {
  const cookies: Pair[] = []
  for (const [name, value] of request.headers) {
    if (lowerAscii(name) !== 'cookie') continue
    for (const part of value.split(';')) {
      const text = part.replace(/^[ \t]+/, '')
      if (text === '') continue
      const equals = text.indexOf('=')
      cookies.push(equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)])
    }
  }
  return bounded(cookies)
}

function bounded(all: readonly Pair[]): Pairs {
  const pairs: Pair[] = []
  let left = pairBytesMax
  for (const [name, value] of all) {
    if (pairs.length === pairsMax || left < name.length + value.length) {
      // What still fits is inspected: an attack may well stand at its beginning.
      if (pairs.length < pairsMax && left > name.length)
        pairs.push([name, value.slice(0, left - name.length)])
      return { pairs, oversize: true }
    }
    pairs.push([name, value])
    left -= name.length + value.length
  }
  return { pairs, oversize: false }
}

/** Which pairs a rule looks at. */
export type Selects = (lowerName: string) => boolean

/** Source: AWS WAFV2 API, MapMatchScope. */
export type PairScope = 'ALL' | 'KEY' | 'VALUE'

/** The texts of the pairs that `selects` takes, which is asked by the name in lower case. */
export function scoped(pairs: readonly Pair[], selects: Selects, scope: PairScope): readonly string[] {
  const out: string[] = []
  for (const [name, value] of pairs) {
    if (!selects(lowerAscii(name))) continue
    if (scope !== 'VALUE') out.push(name)
    if (scope !== 'KEY') out.push(value)
  }
  return out
}
