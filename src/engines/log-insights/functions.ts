import { BadQuery, compare, numberOf, textOf, TooMuch, type Value } from './value.ts'

type Apply = (...values: readonly Value[]) => Value

const onNumber =
  (apply: (value: number) => number): Apply =>
  (value = null) => {
    const number = numberOf(value)
    return number === null ? null : numberOf(apply(number))
  }
const onText =
  (apply: (value: string) => Value): Apply =>
  (value = null) => {
    const text = textOf(value)
    return text === null ? null : apply(text)
  }

/** Units: milliseconds. */
const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** A period such as `5m`, in milliseconds. Faults: BadQuery. */
export function periodOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})\s*(ms|s|m|h|d|w)[a-z]*$/i.exec(text) ?? []
  const ms = Number(count) * (units[unit.toLowerCase()] ?? Number.NaN)
  if (!(ms > 0)) throw new BadQuery(`'${text}' is no period of time`)
  return ms
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

function isInSubnet(address: string, subnet: string): boolean {
  const [base = '', bits = ''] = subnet.split('/')
  const [one, other, length] = [ipv4(address), ipv4(base), Number(bits)]
  if (one === undefined || other === undefined || bits === '' || !(length >= 0 && length <= 32)) return false
  const size = 2 ** (32 - length)
  return Math.floor(one / size) === Math.floor(other / size)
}

const extreme =
  (sign: 1 | -1): Apply =>
  (...values) => {
    const there = values.filter((value) => value !== null)
    return there.reduce<Value>(
      (best, value) => (best === null || compare(value, best) * sign > 0 ? value : best),
      null,
    )
  }

/** As long as an event may be: what is put together of texts again and again would soon be longer than memory. Units: characters. */
const textMax = 1_048_576

function concat(...values: readonly Value[]): string {
  const texts = values.map((value) => textOf(value) ?? '')
  if (texts.reduce((sum, { length }) => sum + length, 0) > textMax) throw new TooMuch()
  return texts.join('')
}

function replace(value: Value = null, from: Value = null, to: Value = null): Value {
  const text = textOf(value)
  if (text === null || from === null || to === null) return text
  const [pieces, other] = [text.split(String(from)), String(to)]
  if (text.length + (pieces.length - 1) * other.length > 2 * textMax) throw new TooMuch()
  return pieces.join(other)
}

interface Definition {
  readonly arguments: readonly [least: number, most: number]
  readonly apply: Apply
}

const of = (least: number, most: number, apply: Apply): Definition => ({ arguments: [least, most], apply })

/** Functions on values, by name in lower case. Source: CloudWatch Logs User Guide, "Supported operations and functions". */
export const functions: ReadonlyMap<string, Definition> = new Map([
  ['abs', of(1, 1, onNumber(Math.abs))],
  ['ceil', of(1, 1, onNumber(Math.ceil))],
  ['floor', of(1, 1, onNumber(Math.floor))],
  ['log', of(1, 1, onNumber(Math.log))],
  ['sqrt', of(1, 1, onNumber(Math.sqrt))],
  ['greatest', of(1, 50, extreme(1))],
  ['least', of(1, 50, extreme(-1))],
  ['ispresent', of(1, 1, (value = null) => value !== null)],
  ['coalesce', of(1, 50, (...values) => values.find((value) => value !== null) ?? null)],
  ['isempty', of(1, 1, (value = null) => value === null || value === '')],
  ['isblank', of(1, 1, (value = null) => value === null || String(value).trim() === '')],
  ['concat', of(1, 50, concat)],
  [
    'trim',
    of(
      1,
      1,
      onText((text) => text.trim()),
    ),
  ],
  [
    'ltrim',
    of(
      1,
      1,
      onText((text) => text.trimStart()),
    ),
  ],
  [
    'rtrim',
    of(
      1,
      1,
      onText((text) => text.trimEnd()),
    ),
  ],
  [
    'strlen',
    of(
      1,
      1,
      onText((text) => text.length),
    ),
  ],
  [
    'toupper',
    of(
      1,
      1,
      onText((text) => text.toUpperCase()),
    ),
  ],
  [
    'tolower',
    of(
      1,
      1,
      onText((text) => text.toLowerCase()),
    ),
  ],
  [
    'substr',
    of(2, 3, (value = null, from = null, length = null) => {
      const [text, start, count] = [textOf(value), numberOf(from), numberOf(length)]
      return text === null || start === null
        ? null
        : text.slice(start, count === null ? undefined : start + count)
    }),
  ],
  ['replace', of(3, 3, replace)],
  [
    'strcontains',
    of(2, 2, (value = null, part = null) =>
      value !== null && part !== null && String(value).includes(String(part)) ? 1 : 0,
    ),
  ],
  ['frommillis', of(1, 1, (value = null) => numberOf(value))],
  ['tomillis', of(1, 1, (value = null) => numberOf(value))],
  ['isvalidipv4', of(1, 1, (value = null) => ipv4(String(value)) !== undefined)],
  ['isipv4insubnet', of(2, 2, (value = null, subnet = null) => isInSubnet(String(value), String(subnet)))],
])
