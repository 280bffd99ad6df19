import type { Transform } from './transformations/index.ts'

/**
 * What a rule inspects of a request: texts, any of which may match; or, where there is nothing to inspect or too much
 * of it, the answer that the rule has chosen for that case.
 */
export type FieldValue = readonly string[] | boolean

export const nothing: FieldValue = []

/** Source: AWS WAFV2 API, FallbackBehavior. */
export type Fallback = 'MATCH' | 'NO_MATCH'
/** Source: AWS WAFV2 API, OversizeHandling. */
export type Oversize = 'CONTINUE' | 'MATCH' | 'NO_MATCH'

/** Every text transformed; an answer that was chosen stays. */
export function transformed(value: FieldValue, transform: Transform): FieldValue {
  return typeof value === 'boolean' ? value : value.map((text) => transform(text))
}
