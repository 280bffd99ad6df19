import { lowerAscii } from '../bytes.ts'
import { type Fallback, type FieldValue, nothing, type Oversize } from '../field-value.ts'
import type { Inspection, OversizeComponent } from '../inspection.ts'
import { exactlyOne, listOf, members, oneOf, optional, type Read, text } from '../read.ts'
import { invalid } from '../refusal.ts'
import { jsonTexts, parsePath } from './json-body.ts'
import { type Pairs, type PairScope, scoped, type Selects } from './pairs.ts'
import { allArgumentValues, argumentValues } from './query.ts'

/** Turns the query string into the one to take apart. */
export type PreParse = (query: string) => string

/** A part of the request, ready to be read. */
export interface Field {
  /** Equal for two fields exactly when they are read alike. */
  readonly key: string
  /** What it makes of the capacity that a statement about it costs, besides the transformations'. */
  readonly price: (base: number) => number
  /** Whether it is taken from the query string's arguments: only then can that be transformed beforehand. */
  readonly fromArguments: boolean
  /** Whether it can only be compared as a whole: a fingerprint's parts mean nothing. */
  readonly exactOnly?: true
  readonly read: (inspection: Inspection, preParse: PreParse) => FieldValue
}

const asItIs = (base: number): number => base
const fallback: Read<Fallback> = oneOf(['MATCH', 'NO_MATCH'], 'FALLBACK_BEHAVIOR')
const oversize: Read<Oversize> = oneOf(['CONTINUE', 'MATCH', 'NO_MATCH'], 'OVERSIZE_HANDLING')
const noMembers = members({})
const named = members({ Name: text(1, 64, /\S/) })

function simple(value: unknown, name: string, read: Field['read'], fromArguments = false): Field {
  noMembers(value, 'FIELD_TO_MATCH', name)
  return { key: name, price: asItIs, fromArguments, read }
}

/**
 * Every part of a request that can be inspected; to add one, a row.
 * Source: AWS WAFV2 API, FieldToMatch.
 */
const kinds: Readonly<Record<string, (value: unknown, name: string) => Field>> = {
  Method: (value, name) => simple(value, name, ({ request }) => [request.method]),
  UriPath: (value, name) => simple(value, name, ({ request }) => [request.path]),
  QueryString: (value, name) => simple(value, name, ({ request }) => [request.query]),
  AllQueryArguments: (value, name) => ({
    ...simple(value, name, ({ request }, preParse) => allArgumentValues(preParse(request.query)), true),
    price: (base) => base + 10,
  }),
  SingleQueryArgument(value, name) {
    const { Name } = named(value, 'SINGLE_QUERY_ARGUMENT', name)
    const lower = lowerAscii(Name)
    return {
      key: `${name}:${lower}`,
      price: asItIs,
      fromArguments: true,
      read: ({ request }, preParse) => argumentValues(preParse(request.query), lower),
    }
  },
  SingleHeader(value, name) {
    const { Name } = named(value, 'SINGLE_HEADER', name)
    const lower = lowerAscii(Name)
    return {
      key: `${name}:${lower}`,
      price: asItIs,
      fromArguments: false,
      read: (inspection) => inspection.header(lower),
    }
  },
  UriFragment(value, name) {
    const { FallbackBehavior } = members({ FallbackBehavior: optional(fallback) })(
      value,
      'FIELD_TO_MATCH',
      name,
    )
    return fallingBack(name, FallbackBehavior ?? 'NO_MATCH', ({ request }) => request.fragment)
  },
  JA3Fingerprint: (value, name) => fingerprint(value, name, ({ request }) => request.ja3),
  JA4Fingerprint: (value, name) => fingerprint(value, name, ({ request }) => request.ja4),
  Body(value, name) {
    const { OversizeHandling } = members({ OversizeHandling: optional(oversize) })(
      value,
      'FIELD_TO_MATCH',
      name,
    )
    const handling = OversizeHandling ?? 'CONTINUE'
    return {
      key: `${name}:${handling}`,
      price: asItIs,
      fromArguments: false,
      read: (inspection) =>
        inspection.request.bodyCut
          ? tooLarge(inspection, 'BODY', handling, [inspection.body])
          : [inspection.body],
    }
  },
  JsonBody: jsonBody,
  Headers: (value, name) =>
    pairs(
      value,
      name,
      ['All', 'IncludedHeaders', 'ExcludedHeaders'],
      'HEADERS',
      64,
      ({ headers }) => headers,
    ),
  Cookies: (value, name) =>
    pairs(
      value,
      name,
      ['All', 'IncludedCookies', 'ExcludedCookies'],
      'COOKIES',
      60,
      ({ cookies }) => cookies,
    ),
  HeaderOrder(value, name) {
    const { OversizeHandling } = members({ OversizeHandling: oversize })(value, 'FIELD_TO_MATCH', name)
    return {
      key: `${name}:${OversizeHandling}`,
      price: asItIs,
      fromArguments: false,
      // Small letters whatever the protocol: HTTP/2 has no others, and AWS's example shows them.
      read(inspection) {
        const order = [inspection.headers.pairs.map(([header]) => lowerAscii(header)).join(':')]
        return inspection.headers.oversize ? tooLarge(inspection, 'HEADERS', OversizeHandling, order) : order
      },
    }
  },
}

/** Reads a FieldToMatch. */
export const fieldToMatch: Read<Field> = (value, _field, name) => {
  const [kind, body] = exactlyOne('FIELD_TO_MATCH', Object.keys(kinds))(value, 'FIELD_TO_MATCH', name)
  const make = kinds[kind]
  if (make === undefined) throw invalid('FIELD_TO_MATCH', kind, 'is not supported')
  return make(body, kind)
}

function fallingBack(
  name: string,
  behavior: Fallback,
  read: (inspection: Inspection) => string | undefined,
): Field {
  return {
    key: `${name}:${behavior}`,
    price: asItIs,
    fromArguments: false,
    read(inspection) {
      const text = read(inspection)
      return text === undefined ? behavior === 'MATCH' : [text]
    },
  }
}

function fingerprint(
  value: unknown,
  name: string,
  read: (inspection: Inspection) => string | undefined,
): Field {
  const { FallbackBehavior } = members({ FallbackBehavior: fallback })(value, 'FIELD_TO_MATCH', name)
  return { ...fallingBack(name, FallbackBehavior, read), exactOnly: true }
}

/** What the rule wants of a part that is larger than can be inspected; what of it can be, stands in `available`. */
function tooLarge(
  inspection: Inspection,
  component: OversizeComponent,
  handling: Oversize,
  available: readonly string[],
): FieldValue {
  inspection.oversize.add(component)
  return handling === 'CONTINUE' ? available : handling === 'MATCH'
}

function pairs(
  value: unknown,
  name: string,
  patterns: readonly [all: string, included: string, excluded: string],
  component: 'HEADERS' | 'COOKIES',
  nameLengthMax: number,
  from: (inspection: Inspection) => Pairs,
): Field {
  const own = component === 'HEADERS' ? 'HEADER_MATCH_PATTERN' : 'COOKIE_MATCH_PATTERN'
  const scope: Read<PairScope> = oneOf(['ALL', 'KEY', 'VALUE'], 'MAP_MATCH_SCOPE')
  const { MatchPattern, MatchScope, OversizeHandling } = members({
    MatchPattern: exactlyOne(own, patterns),
    MatchScope: scope,
    OversizeHandling: oversize,
  })(value, 'FIELD_TO_MATCH', name)
  const [pattern, body] = MatchPattern
  let selects: Selects = () => true
  let names: readonly string[] = []
  if (pattern === patterns[0]) noMembers(body, own, pattern)
  else {
    names = listOf(text(1, nameLengthMax, /\S/), 1, 199)(body, own, pattern).map(lowerAscii)
    const listed: ReadonlySet<string> = new Set(names)
    selects = pattern === patterns[1] ? (header) => listed.has(header) : (header) => !listed.has(header)
  }
  return {
    key: JSON.stringify([name, pattern, names, MatchScope, OversizeHandling]),
    price: asItIs,
    fromArguments: false,
    read(inspection) {
      const { pairs: all, oversize: over } = from(inspection)
      const texts = scoped(all, selects, MatchScope)
      return over ? tooLarge(inspection, component, OversizeHandling, texts) : texts
    },
  }
}

/** Source: AWS WAFV2 API, JsonPointerPath. */
const pointer = text(1, 512, /^(?:\/|(?:\/(?:[^~]|~[01])+))$/)
const pointersMax = 100

function jsonBody(value: unknown, name: string): Field {
  const { MatchPattern, MatchScope, InvalidFallbackBehavior, OversizeHandling } = members({
    MatchPattern: exactlyOne('JSON_MATCH_PATTERN', ['All', 'IncludedPaths']),
    MatchScope: oneOf(['ALL', 'KEY', 'VALUE'], 'JSON_MATCH_SCOPE'),
    InvalidFallbackBehavior: optional(
      oneOf(['MATCH', 'NO_MATCH', 'EVALUATE_AS_STRING'], 'BODY_PARSING_FALLBACK_BEHAVIOR'),
    ),
    OversizeHandling: optional(oversize),
  })(value, 'FIELD_TO_MATCH', name)
  const [pattern, body] = MatchPattern
  if (pattern === 'All') noMembers(body, 'JSON_MATCH_PATTERN', pattern)
  const pointers =
    pattern === 'All' ? ['/'] : listOf(pointer, 1, pointersMax)(body, 'JSON_MATCH_PATTERN', pattern)
  const paths = pointers.map(parsePath)
  const handling = OversizeHandling ?? 'CONTINUE'
  return {
    key: JSON.stringify([name, pointers, MatchScope, InvalidFallbackBehavior, handling]),
    price: (base) => base * 2,
    fromArguments: false,
    read(inspection) {
      const cut = inspection.request.bodyCut
      if (cut && handling !== 'CONTINUE') return tooLarge(inspection, 'BODY', handling, [])
      if (cut) inspection.oversize.add('BODY')
      const source = inspection.body
      // No body is no malformed JSON: there is nothing to inspect.
      if (source === '') return nothing
      const { texts, failedAt } = jsonTexts(source, paths)
      const chosen = texts.flatMap(({ kind, text }) =>
        MatchScope === 'ALL' || MatchScope === kind ? [text] : [],
      )
      if (failedAt === undefined) return chosen
      // A document that was cut is no malformed one.
      if (!cut && InvalidFallbackBehavior === 'EVALUATE_AS_STRING') return [source]
      if (!cut && InvalidFallbackBehavior !== undefined) return InvalidFallbackBehavior === 'MATCH'
      // AWS inspects up to the failure. What follows may be read by an origin more lenient than this parser, so it is
      // inspected too, as one text.
      return [...chosen, source.slice(failedAt)]
    },
  }
}
