import { Refusal } from '../pattern/refusal.ts'

/** The values of one field of a cron expression. */
export interface FieldRange {
  readonly first: number
  readonly last: number
  /** Names of the values, from the first on. */
  readonly names?: readonly string[]
  readonly steps?: false
  /** Whether a range may go over the end, as 22-2 does. */
  readonly wraps: boolean
}

/** The fields of an expression. Source: EventBridge User Guide, "Cron expressions". */
export const minutes: FieldRange = { first: 0, last: 59, wraps: true }
export const hours: FieldRange = { first: 0, last: 23, wraps: true }
export const daysOfMonth: FieldRange = { first: 1, last: 31, wraps: true }
export const months: FieldRange = {
  first: 1,
  last: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  wraps: true,
}
export const daysOfWeek: FieldRange = {
  first: 1,
  last: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  steps: false,
  wraps: true,
}
export const years: FieldRange = { first: 1970, last: 2199, wraps: false }

const part = /^(\*|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:\/([0-9]+))?$/

/** The values that a list of `*`, values, ranges and steps names, in order. Source: EventBridge User Guide, "Cron expressions". */
export function parseField(text: string, range: FieldRange): readonly number[] {
  const values = new Set(text.split(',').flatMap((each) => parsePart(each, range)))
  return [...values].sort((one, other) => one - other)
}

function parsePart(text: string, range: FieldRange): readonly number[] {
  const [, base, from, to, step] = part.exec(text) ?? []
  if (base === undefined || (step !== undefined && range.steps === false)) throw new Refusal(text)
  const first = from === undefined ? range.first : parseValue(from, range)
  const open = from === undefined || (to === undefined && step !== undefined)
  const last = open ? range.last : parseValue(to ?? from, range)
  const by = step === undefined ? 1 : Number(step)
  if (by < 1 || by > range.last) throw new Refusal(text)
  if (last < first && !range.wraps) throw new Refusal(text)
  const size = range.last - range.first + 1
  const values: number[] = []
  for (let value = first; value <= (last < first ? last + size : last); value += by)
    values.push(value > range.last ? value - size : value)
  return values
}

/** A number of the field, or the number that one of its names stands for. Faults: Refusal. */
export function parseValue(text: string, { first, last, names = [] }: FieldRange): number {
  const named = names.indexOf(text)
  const value = named >= 0 ? first + named : /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= first && value <= last)) throw new Refusal(text)
  return value
}
