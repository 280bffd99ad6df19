/** A value of a query; null for what is not there. */
export type Value = string | number | boolean | null

/** What a query sees of an event, or of a row that it made. */
export interface Row {
  readonly get: (field: string) => Value
  /** What it takes while it is held. Units: bytes, about. */
  readonly bytes: number
}

/** A query that is none; AWS's MalformedQueryException. */
export class BadQuery extends Error {}

/** A query that would need more memory than one may have. */
export class TooMuch extends Error {}

/** A number, also where it was logged as text. */
export function numberOf(value: Value): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || value.trim() === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

export function textOf(value: Value): string | null {
  return value === null ? null : String(value)
}

/** What a filter lets through: true, its text, and every number but 0. */
export function isTrue(value: Value): boolean {
  return value === true || value === 'true' || (typeof value === 'number' && value !== 0)
}

/** Negative where `one` comes first: numbers by size where both are, else texts; what is not there comes first. */
export function compare(one: Value, other: Value): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null)
  const [left, right] = [numberOf(one), numberOf(other)]
  if (left !== null && right !== null) return left - right
  const [a, b] = [String(one), String(other)]
  return a < b ? -1 : Number(a > b)
}
