import type { Evaluate } from './expression.ts'
import { compare, numberOf, type Row, TooMuch, type Value } from './value.ts'

/** Adds up what a group of rows comes to. */
export interface Aggregate {
  readonly add: (row: Row) => void
  readonly result: () => Value
}

/** Values that one aggregate remembers. */
const valuesMax = 200_000

type Make = (of: Evaluate | undefined, percent: number) => Aggregate

function numeric(of: Evaluate | undefined, add: (value: number) => void, result: () => Value): Aggregate {
  return {
    add(row) {
      const value = of ? numberOf(of(row)) : null
      if (value !== null) add(value)
    },
    result,
  }
}

function moments(
  of: Evaluate | undefined,
  result: (count: number, mean: number, squares: number) => Value,
): Aggregate {
  let [count, mean, squares] = [0, 0, 0]
  return numeric(
    of,
    (value) => {
      count += 1
      const delta = value - mean
      mean += delta / count
      squares += delta * (value - mean)
    },
    () => (count === 0 ? null : result(count, mean, squares)),
  )
}

function best(of: Evaluate | undefined, isBetter: (order: number) => boolean): Aggregate {
  let held: Value = null
  return {
    add(row) {
      const value = of?.(row) ?? null
      if (value !== null && (held === null || isBetter(compare(value, held)))) held = value
    },
    result: () => held,
  }
}

/** The value of the row whose time is the earliest, or the latest. */
function byTime(of: Evaluate | undefined, isBetter: (order: number) => boolean): Aggregate {
  let [held, at]: [Value, Value] = [null, null]
  return {
    add(row) {
      const value = of?.(row) ?? null
      const time = row.get('@timestamp')
      if (value === null || (at !== null && !isBetter(compare(time, at)))) return
      ;[held, at] = [value, time]
    },
    result: () => held,
  }
}

/** Source: CloudWatch Logs User Guide, "stats", Functions to use in the stats command. */
export const aggregates: ReadonlyMap<string, Make> = new Map<string, Make>([
  [
    'count',
    (of) => {
      let count = 0
      return {
        add: (row) => void (!of || of(row) !== null ? (count += 1) : undefined),
        result: () => count,
      }
    },
  ],
  [
    'count_distinct',
    (of) => {
      const seen = new Set<string>()
      return {
        add(row) {
          const value = of?.(row) ?? null
          if (value !== null) seen.add(String(value))
          if (seen.size > valuesMax) throw new TooMuch()
        },
        result: () => seen.size,
      }
    },
  ],
  [
    'sum',
    (of) => {
      let [sum, isThere] = [0, false]
      return numeric(
        of,
        (value) => ([sum, isThere] = [sum + value, true]),
        () => (isThere ? sum : null),
      )
    },
  ],
  ['avg', (of) => moments(of, (_, mean) => mean)],
  ['stddev', (of) => moments(of, (count, _, squares) => (count < 2 ? 0 : Math.sqrt(squares / (count - 1))))],
  ['min', (of) => best(of, (order) => order < 0)],
  ['max', (of) => best(of, (order) => order > 0)],
  ['sortsfirst', (of) => best(of, (order) => order < 0)],
  ['sortslast', (of) => best(of, (order) => order > 0)],
  ['earliest', (of) => byTime(of, (order) => order < 0)],
  ['latest', (of) => byTime(of, (order) => order > 0)],
  [
    'pct',
    (of, percent) => {
      const values: number[] = []
      return numeric(
        of,
        (value) => {
          if (values.push(value) > valuesMax) throw new TooMuch()
        },
        () => {
          values.sort((one, other) => one - other)
          const at = Math.ceil((percent / 100) * values.length) - 1
          return values[Math.min(Math.max(at, 0), values.length - 1)] ?? null
        },
      )
    },
  ],
])
