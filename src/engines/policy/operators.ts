import { inRange, parseAddress, parseAddressRange } from './addresses.ts'
import { compileArnPattern } from './arn-pattern.ts'
import { parseDate } from './dates.ts'
import { compilePattern, type Matches, type Pattern } from './pattern.ts'
import type { Context } from './request.ts'
import { nothingKnown, parseTemplate, resolve } from './variables.ts'
import type { PolicyVersion } from './version.ts'

/** Whether a request's value matches any of a policy's; `undefined` where none does and a variable had no value. */
export type ValueTest = (actual: string, context: Context) => boolean | undefined

/** Turns a policy's values into one test, or gives `undefined` where a value is not one that the operator can use. */
type CompileValues = (values: readonly string[], version: PolicyVersion) => ValueTest | undefined

interface Operator {
  /** A negated operator matches exactly where its positive form does not, a missing key included. */
  readonly negated: boolean
  readonly compile: CompileValues
}

const exact = withVariables(
  false,
  ({ text }) =>
    (actual) =>
      actual === text,
)
const ignoringCase = withVariables(false, ({ text }) => {
  const lower = text.toLowerCase()
  return (actual) => actual.toLowerCase() === lower
})
const like = withVariables(true, compilePattern)
const arn = withVariables(true, compileArnPattern)
const bool = withVariables(false, ({ text }) => {
  const lower = text.toLowerCase()
  return (actual) => actual.toLowerCase() === lower
})
const binary = parsed(parseBase64, parseBase64, (actual, given) => actual === given)
const address = parsed(parseAddress, parseAddressRange, inRange)
const numeric = (holds: Holds): CompileValues => parsed(parseNumber, parseNumber, holds)
const date = (holds: Holds): CompileValues => parsed(parseDate, parseDate, holds)

type Holds = (actual: number, given: number) => boolean
const equal: Holds = (actual, given) => actual === given
const less: Holds = (actual, given) => actual < given
const lessOrEqual: Holds = (actual, given) => actual <= given
const greater: Holds = (actual, given) => actual > given
const greaterOrEqual: Holds = (actual, given) => actual >= given

/**
 * Every condition operator; to add one, a row. `Null` asks about presence alone and is compiled in `condition.ts`.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
export const operators = {
  StringEquals: { negated: false, compile: exact },
  StringNotEquals: { negated: true, compile: exact },
  StringEqualsIgnoreCase: { negated: false, compile: ignoringCase },
  StringNotEqualsIgnoreCase: { negated: true, compile: ignoringCase },
  StringLike: { negated: false, compile: like },
  StringNotLike: { negated: true, compile: like },
  NumericEquals: { negated: false, compile: numeric(equal) },
  NumericNotEquals: { negated: true, compile: numeric(equal) },
  NumericLessThan: { negated: false, compile: numeric(less) },
  NumericLessThanEquals: { negated: false, compile: numeric(lessOrEqual) },
  NumericGreaterThan: { negated: false, compile: numeric(greater) },
  NumericGreaterThanEquals: { negated: false, compile: numeric(greaterOrEqual) },
  DateEquals: { negated: false, compile: date(equal) },
  DateNotEquals: { negated: true, compile: date(equal) },
  DateLessThan: { negated: false, compile: date(less) },
  DateLessThanEquals: { negated: false, compile: date(lessOrEqual) },
  DateGreaterThan: { negated: false, compile: date(greater) },
  DateGreaterThanEquals: { negated: false, compile: date(greaterOrEqual) },
  Bool: { negated: false, compile: bool },
  BinaryEquals: { negated: false, compile: binary },
  IpAddress: { negated: false, compile: address },
  NotIpAddress: { negated: true, compile: address },
  ArnEquals: { negated: false, compile: arn },
  ArnLike: { negated: false, compile: arn },
  ArnNotEquals: { negated: true, compile: arn },
  ArnNotLike: { negated: true, compile: arn },
  Null: { negated: false, compile: parsed(parseBool, parseBool, (actual, given) => actual === given) },
} as const satisfies Record<string, Operator>

export type OperatorName = keyof typeof operators

export function isOperatorName(name: string): name is OperatorName {
  return Object.hasOwn(operators, name)
}

/** What a condition name such as `ForAnyValue:StringLikeIfExists` says; `undefined` for one that IAM does not know. */
export function parseOperator(name: string):
  | {
      readonly operator: OperatorName
      readonly set: 'ForAllValues' | 'ForAnyValue' | undefined
      readonly ifExists: boolean
    }
  | undefined {
  const [, set, operator = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? []
  if (!isOperatorName(operator)) return undefined
  // Presence is what Null asks about: asking it only where the key is present, or of each value, means nothing.
  if (operator === 'Null' && (set !== undefined || ifExists !== undefined)) return undefined
  return {
    operator,
    set: set === 'ForAllValues' || set === 'ForAnyValue' ? set : undefined,
    ifExists: ifExists !== undefined,
  }
}

/** For the operators that take variables: strings, ARNs and Bool. Source: IAM User Guide, "Variables and tags". */
function withVariables(wildcards: boolean, matcher: (pattern: Pattern) => Matches): CompileValues {
  return (values, version) => {
    const tests: ValueTest[] = []
    for (const value of values) {
      const template = parseTemplate(value, version, wildcards)
      if (template === undefined) return undefined
      const constant = template.variable ? undefined : resolve(template, nothingKnown)
      if (constant !== undefined) {
        tests.push(matcher(constant))
        continue
      }
      tests.push((actual, context) => {
        const pattern = resolve(template, context)
        return pattern === undefined ? undefined : matcher(pattern)(actual)
      })
    }
    return anyOf(tests)
  }
}

/** For the operators that read both sides as something else than text. A request's value that is none matches nothing. */
function parsed<Actual, Given>(
  parseActual: (text: string) => Actual | undefined,
  parseGiven: (text: string) => Given | undefined,
  holds: (actual: Actual, given: Given) => boolean,
): CompileValues {
  const read = rememberLast(parseActual)
  return (values) => {
    const given: Given[] = []
    for (const value of values) {
      const one = parseGiven(value)
      if (one === undefined) return undefined
      given.push(one)
    }
    return (text) => {
      const actual = read(text)
      if (actual === undefined) return false
      for (const one of given) if (holds(actual, one)) return true
      return false
    }
  }
}

function anyOf(tests: readonly ValueTest[]): ValueTest {
  const [only] = tests
  if (only !== undefined && tests.length === 1) return only
  return (actual, context) => {
    let unresolved = false
    for (const test of tests) {
      const matched = test(actual, context)
      if (matched === true) return true
      if (matched === undefined) unresolved = true
    }
    return unresolved ? undefined : false
  }
}

/** The many conditions of one decision read the same few values: the caller's address, the time. */
function rememberLast<Value>(
  parse: (text: string) => Value | undefined,
): (text: string) => Value | undefined {
  let text: string | undefined
  let value: Value | undefined
  return (next) => {
    if (next !== text) {
      value = parse(next)
      text = next
    }
    return value
  }
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

function parseNumber(text: string): number | undefined {
  return decimal.test(text) ? Number(text) : undefined
}

function parseBool(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Both sides are base64 text; equal bytes have one canonical form, so unused bits of the last letter cannot differ. */
function parseBase64(text: string): string | undefined {
  return base64.test(text) ? Buffer.from(text, 'base64').toString('base64') : undefined
}
