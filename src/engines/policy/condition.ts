import type { Condition } from './ast.ts'
import { isOperatorName, operators, type ValueTest } from './operators.ts'
import type { Context } from './request.ts'
import type { PolicyVersion } from './version.ts'

export type Holds = (context: Context) => boolean

/**
 * Compiles one condition to a predicate.
 *
 * A condition that this build cannot understand never lets a statement allow and never keeps one from denying.
 * A value whose variable has no value matches nothing, in negated operators either: the statement then does not
 * apply. Source: IAM User Guide, "Variables and tags", note on variables that cannot be resolved.
 */
export function compileCondition(
  condition: Condition,
  version: PolicyVersion,
  effect: 'Allow' | 'Deny',
): Holds {
  const unknown: Holds = () => effect === 'Deny'
  if (!isOperatorName(condition.operator)) return unknown
  const { negated, compile } = operators[condition.operator]
  const test = compile(condition.values, version)
  if (test === undefined) return unknown
  if (condition.operator === 'Null') return presence(condition.key, test)

  switch (condition.set) {
    case 'ForAllValues':
      return forAllValues(condition.key, test, !negated)
    case 'ForAnyValue':
      return forAnyValue(condition.key, test, !negated)
    case undefined:
      return single(condition.key, test, negated, condition.ifExists)
    default:
      return unknown
  }
}

/** `"Null": {key: "true"}` asks that the key be absent. */
function presence(key: string, test: ValueTest): Holds {
  return (context) => {
    const actual = context.get(key)
    return test(isAbsent(actual) ? 'true' : 'false', context) === true
  }
}

/**
 * Without a set operator. A missing key does not match, so the negated operators hold, and so do all with IfExists.
 * Of several values in the request, any that matches is a match.
 * Source: IAM User Guide, "Condition operators", the note on missing keys and section "IfExists".
 */
function single(key: string, test: ValueTest, negated: boolean, ifExists: boolean): Holds {
  const whenMissing = negated || ifExists
  return (context) => {
    const actual = context.get(key)
    if (typeof actual === 'string')
      return negated ? test(actual, context) === false : test(actual, context) === true
    if (isAbsent(actual)) return whenMissing
    return negated
      ? actual.every((value) => test(value, context) === false)
      : actual.some((value) => test(value, context) === true)
  }
}

/**
 * Holds also where the key is missing or its value is empty, which IfExists cannot add to.
 * Source: IAM User Guide, "Single-valued vs. multivalued context keys", ForAllValues.
 */
function forAllValues(key: string, test: ValueTest, wanted: boolean): Holds {
  return (context) => {
    const actual = context.get(key)
    if (isAbsent(actual) || actual === '') return true
    return typeof actual === 'string'
      ? test(actual, context) === wanted
      : actual.every((value) => test(value, context) === wanted)
  }
}

/**
 * Does not hold where the key is missing: there is no value of which it could be true, with or without IfExists,
 * which speaks of one value at a time.
 * Source: IAM User Guide, "Single-valued vs. multivalued context keys", ForAnyValue.
 */
function forAnyValue(key: string, test: ValueTest, wanted: boolean): Holds {
  return (context) => {
    const actual = context.get(key)
    if (isAbsent(actual)) return false
    return typeof actual === 'string'
      ? test(actual, context) === wanted
      : actual.some((value) => test(value, context) === wanted)
  }
}

function isAbsent(actual: string | readonly string[] | undefined): actual is undefined | readonly [] {
  return actual === undefined || (typeof actual !== 'string' && actual.length === 0)
}
