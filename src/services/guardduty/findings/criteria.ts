import type { Condition, FindingCriteria } from '#models/guardduty.d.ts'
import type { WireFinding } from '../documents.ts'
import { faults } from '../faults.ts'
import { quotas } from '../quotas.ts'
import { type FieldKind, fieldKind, fieldValues } from './fields.ts'
import { fits } from './wildcard.ts'

/** Whether a finding is one of those that are meant. */
export type Meets = (finding: WireFinding) => boolean

type Holds = (values: readonly unknown[]) => boolean

/** Names of before, and what they are called now. */
const older = {
  Eq: 'Equals',
  Neq: 'NotEquals',
  Gt: 'GreaterThan',
  Gte: 'GreaterThanOrEqual',
  Lt: 'LessThan',
  Lte: 'LessThanOrEqual',
} as const

type Operator = Exclude<keyof Condition, keyof typeof older>

/** An operator's condition on a field's values, of the kind that they are. A field without values equals nothing. */
const operators: {
  readonly [Name in Operator]: (given: NonNullable<Condition[Name]>, kind: FieldKind, field: string) => Holds
} = {
  Equals: (given, kind) => anyOf(given.map((one) => equalTo(one, kind))),
  NotEquals: (given, kind) => not(anyOf(given.map((one) => equalTo(one, kind)))),
  GreaterThan: (given, kind, field) => compared(kind, field, (value) => value > given),
  GreaterThanOrEqual: (given, kind, field) => compared(kind, field, (value) => value >= given),
  LessThan: (given, kind, field) => compared(kind, field, (value) => value < given),
  LessThanOrEqual: (given, kind, field) => compared(kind, field, (value) => value <= given),
  Matches: (given) => anyOf(given.map(fitting)),
  NotMatches: (given) => not(anyOf(given.map(fitting))),
}

/**
 * Compiles criteria: all conditions must hold. What does not compile is refused where it is given, not where it is met.
 * Faults: BadRequestException for a field that findings do not have, an operator that does not suit it, or too many values.
 */
export function compileCriteria({ Criterion = {} }: FindingCriteria = {}): Meets {
  const fields = Object.entries(Criterion)
  if (fields.length > quotas.criteria) throw faults.criterion(`more than ${quotas.criteria} conditions`)
  const conditions = fields.map(([field, condition]) => {
    const kind = fieldKind(field)
    if (!kind) throw faults.criterion(`${field} is no field of findings`)
    const holds = compileCondition(field, kind, condition)
    return (finding: WireFinding) => {
      const values = fieldValues(finding, field)
      return holds.every((one) => one(values))
    }
  })
  return (finding) => conditions.every((holds) => holds(finding))
}

const compiled = new WeakMap<FindingCriteria, Meets>()

/** The same for criteria that were compiled when they were kept: it is done once. */
export function keptCriteria(criteria: FindingCriteria): Meets {
  const known = compiled.get(criteria)
  if (known) return known
  const made = compileCriteria(criteria)
  compiled.set(criteria, made)
  return made
}

function compileCondition(field: string, kind: FieldKind, condition: Condition): readonly Holds[] {
  const given = Object.entries(condition).filter(([, value]) => value !== undefined)
  if (given.length === 0) throw faults.criterion(`${field} has no condition`)
  return given.map(([name, value]) => {
    if (Array.isArray(value) && value.length > quotas.conditionValues)
      throw faults.criterion(`${field} has more than ${quotas.conditionValues} values`)
    const operator = Object.hasOwn(older, name) ? older[name as keyof typeof older] : (name as Operator) // The model's names.
    const compile = operators[operator] as (given: unknown, kind: FieldKind, field: string) => Holds // Each of its own member.
    return compile(value, kind, field)
  })
}

function anyOf(tests: readonly ((value: unknown) => boolean)[]): Holds {
  return (values) => values.some((value) => tests.some((test) => test(value)))
}

function not(holds: Holds): Holds {
  return (values) => !holds(values)
}

function equalTo(wanted: string, kind: FieldKind): (value: unknown) => boolean {
  if (kind !== 'number') return (value) => String(value) === wanted
  const number = Number(wanted)
  return (value) => value === number || String(value) === wanted
}

function fitting(pattern: string): (value: unknown) => boolean {
  return (value) => fits(String(value), pattern)
}

function compared(kind: FieldKind, field: string, test: (value: number) => boolean): Holds {
  if (kind !== 'number' && kind !== 'time') throw faults.criterion(`${field} is no number`)
  const read = kind === 'time' ? (value: unknown) => Date.parse(String(value)) : Number
  return (values) => values.some((value) => test(read(value)))
}
