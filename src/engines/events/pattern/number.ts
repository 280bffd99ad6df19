import { Refusal } from './refusal.ts'

const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** A number that ranges and anything-but may name: what is read is what was written. Source: event-ruler, `ComparableNumber`. */
export function comparableNumber(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || decimal(text) !== decimal(String(value)))
    throw new Refusal(`Cannot compare number : ${text}`)
  return value
}

/** Digits without zeros around them, and the power of ten of the first: one text for one number. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts.exec(text) ?? []
  const digits = whole + fraction
  const significant = digits.replace(/^0+/, '')
  if (significant === '') return '0'
  const power = whole.length - (digits.length - significant.length) + Number(exponent)
  return `${sign}${significant.replace(/0+$/, '')}e${power}`
}
