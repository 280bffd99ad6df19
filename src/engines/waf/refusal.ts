/**
 * Where a mistake stands, as WAFInvalidParameterException's member `Field` spells it.
 * Source: AWS WAFV2 API, ParameterExceptionField (those that a web ACL or a rule group can give rise to).
 */
export type RefusedField =
  | 'WEB_ACL'
  | 'RULE_GROUP'
  | 'REGEX_PATTERN_SET'
  | 'RULE'
  | 'EXCLUDED_RULE'
  | 'STATEMENT'
  | 'BYTE_MATCH_STATEMENT'
  | 'SQLI_MATCH_STATEMENT'
  | 'XSS_MATCH_STATEMENT'
  | 'SIZE_CONSTRAINT_STATEMENT'
  | 'GEO_MATCH_STATEMENT'
  | 'RATE_BASED_STATEMENT'
  | 'RULE_GROUP_REFERENCE_STATEMENT'
  | 'REGEX_PATTERN_REFERENCE_STATEMENT'
  | 'IP_SET_REFERENCE_STATEMENT'
  | 'MANAGED_RULE_GROUP_CONFIG'
  | 'MANAGED_RULE_SET_STATEMENT'
  | 'LABEL_MATCH_STATEMENT'
  | 'AND_STATEMENT'
  | 'OR_STATEMENT'
  | 'NOT_STATEMENT'
  | 'IP_ADDRESS'
  | 'FIELD_TO_MATCH'
  | 'TEXT_TRANSFORMATION'
  | 'PRE_PARSE_TEXT_TRANSFORMATION'
  | 'SINGLE_QUERY_ARGUMENT'
  | 'SINGLE_HEADER'
  | 'DEFAULT_ACTION'
  | 'RULE_ACTION'
  | 'OVERRIDE_ACTION'
  | 'ENTITY_LIMIT'
  | 'METRIC_NAME'
  | 'FALLBACK_BEHAVIOR'
  | 'POSITION'
  | 'FORWARDED_IP_CONFIG'
  | 'IP_SET_FORWARDED_IP_CONFIG'
  | 'HEADER_NAME'
  | 'CUSTOM_REQUEST_HANDLING'
  | 'CUSTOM_RESPONSE'
  | 'CUSTOM_RESPONSE_BODY'
  | 'RESPONSE_CONTENT_TYPE'
  | 'JSON_MATCH_PATTERN'
  | 'JSON_MATCH_SCOPE'
  | 'BODY_PARSING_FALLBACK_BEHAVIOR'
  | 'HEADER_MATCH_PATTERN'
  | 'COOKIE_MATCH_PATTERN'
  | 'MAP_MATCH_SCOPE'
  | 'OVERSIZE_HANDLING'
  | 'CHALLENGE_CONFIG'
  | 'SCOPE_DOWN'
  | 'CUSTOM_KEYS'

/** The fault that the service answers with. */
export type RefusalCode =
  'WAFInvalidParameterException' | 'WAFNonexistentItemException' | 'WAFLimitsExceededException'

/** Why a web ACL is not compiled, in the members of AWS's fault: which thing, which value, what is wrong with it. */
export interface Refusal {
  readonly code: RefusalCode
  readonly field: RefusedField
  readonly parameter: string
  readonly reason: string
}

/** Carries a refusal to the engine's door, which turns it into an outcome. Nothing else catches it. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`${refusal.field} ${refusal.parameter}: ${refusal.reason}`)
    this.refusal = refusal
  }
}

/** As long as a quoted input gets in a refusal. */
const quotedMax = 128

/** A value that the language does not allow. */
export function invalid(field: RefusedField, parameter: unknown, reason: string): Refused {
  return new Refused({ code: 'WAFInvalidParameterException', field, parameter: quoted(parameter), reason })
}

/** Something referred to that is not there. */
export function nonexistent(field: RefusedField, parameter: string, reason: string): Refused {
  return new Refused({ code: 'WAFNonexistentItemException', field, parameter: quoted(parameter), reason })
}

/** More of something than AWS allows. */
export function overLimit(parameter: string, reason: string): Refused {
  return new Refused({ code: 'WAFLimitsExceededException', field: 'ENTITY_LIMIT', parameter, reason })
}

/** What a door of the engine answers: a value, or the refusal. A bug is thrown on. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Refusal }

/** Makes a value of what a user wrote: what was refused becomes an outcome, and a bug stays an error. */
export function outcome<Value>(make: () => Value): Outcome<Value> {
  try {
    return { ok: true, value: make() }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal }
    throw error
  }
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
  return text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text
}
