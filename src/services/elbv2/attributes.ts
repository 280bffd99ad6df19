import type { LoadBalancerAttribute } from '#models/elbv2.d.ts'
import { faults } from './faults.ts'

/** One attribute: its default, and which values it takes. */
export interface AttributeSpec {
  readonly fallback: string
  readonly takes: (value: string) => boolean
  /** What it takes, for people. */
  readonly wanted: string
}

export type AttributeTable = Readonly<Record<string, AttributeSpec>>

export const flag = (fallback: boolean): AttributeSpec => oneOf([String(fallback), String(!fallback)])

/** The first is the default. */
export function oneOf(values: readonly string[]): AttributeSpec {
  return { fallback: values[0] ?? '', takes: (value) => values.includes(value), wanted: values.join(' or ') }
}

/** What is not enforced takes its default alone: nothing is shown as working that does not. */
export function only(value: string): AttributeSpec {
  return {
    fallback: value,
    takes: (given) => given === value,
    wanted: `${value}; nothing else is supported here`,
  }
}

export function wholeNumber(fallback: number, min: number, max: number, also?: number): AttributeSpec {
  return {
    fallback: String(fallback),
    takes: (value) =>
      /^\d{1,9}$/.test(value) && ((Number(value) >= min && Number(value) <= max) || Number(value) === also),
    wanted: `a whole number from ${min} to ${max}${also === undefined ? '' : ` or ${also}`}`,
  }
}

export function textOf(form: RegExp, wanted: string): AttributeSpec {
  return { fallback: '', takes: (value) => value === '' || form.test(value), wanted }
}

/** Attributes once those of the list are set. Faults: ValidationError for an unknown key, or a value that it does not take. */
export function withAttributes(
  table: AttributeTable,
  before: Readonly<Record<string, string>>,
  list: readonly LoadBalancerAttribute[],
): Readonly<Record<string, string>> {
  const after = { ...before }
  const given = new Set<string>()
  for (const { Key = '', Value = '' } of list) {
    if (!Object.hasOwn(table, Key))
      throw faults.validation(`Load balancer attribute key '${Key}' is not recognized`)
    if (given.has(Key)) throw faults.validation(`The attribute key '${Key}' stands twice`)
    given.add(Key)
    const spec = table[Key]
    if (spec === undefined || !spec.takes(Value))
      throw faults.validation(`'${Value}' is not a valid value for '${Key}': it must be ${spec?.wanted}`)
    after[Key] = Value
  }
  return after
}

/** All attributes, those with their defaults too. */
export function attributeList(
  table: AttributeTable,
  set: Readonly<Record<string, string>>,
): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.keys(table).map((Key) => ({ Key, Value: valueOf(table, set, Key) }))
}

export function valueOf(table: AttributeTable, set: Readonly<Record<string, string>>, key: string): string {
  return set[key] ?? table[key]?.fallback ?? ''
}
