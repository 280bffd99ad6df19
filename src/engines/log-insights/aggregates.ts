import type { Evaluate } from './expression.ts'
import { type Memory, sizeOf } from './memory.ts'
import { compare, numberOf, type Row, TooMuch, type Value } from './value.ts'

/** Adds up what a group of rows comes to. */
export interface Aggregate {
  readonly add: (row: Row) => void
  readonly result: () => Value
}

/** Values that one aggregate remembers. */
const valuesMax = 200_000

type Make = (of: Evaluate | undefined, percent: number, memory: Memory) => Aggregate

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

/** A value that is held in the place of the one before. */
function holder(memory: Memory) {
  let held: Value = null
  return {
    value: () => held,
    hold(value: Value): void {
      memory.give(sizeOf(held))
      memory.take(sizeOf(value))
      held = value
    },
  }
}

function best(of: Evaluate | undefined, memory: Memory, isBetter: (order: number) => boolean): Aggregate {
  const held = holder(memory)
  return {
    add(row) {
      const value = of?.(row) ?? null
      if (value !== null && (held.value() === null || isBetter(compare(value, held.value()))))
        held.hold(value)
    },
    result: held.value,
  }
}

/** The value of the row whose time is the earliest, or the latest. */
function byTime(of: Evaluate | undefined, memory: Memory, isBetter: (order: number) => boolean): Aggregate {
  const held = holder(memory)
  let at: Value = null
  return {
    add(row) {
      const value = of?.(row) ?? null
      const time = row.get('@timestamp')
      if (value === null || (at !== null && !isBetter(compare(time, at)))) return
      held.hold(value)
      at = time
    },
    result: held.value,
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
    (of, _, memory) => {
      const seen = new Set<string>()
      return {
        add(row) {
          const value = of?.(row) ?? null
          if (value === null || seen.has(String(value))) return
          if (seen.size >= valuesMax) throw new TooMuch()
          memory.take(sizeOf(String(value)))
          seen.add(String(value))
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
  ['min', (of, _, memory) => best(of, memory, (order) => order < 0)],
  ['max', (of, _, memory) => best(of, memory, (order) => order > 0)],
  ['sortsfirst', (of, _, memory) => best(of, memory, (order) => order < 0)],
  ['sortslast', (of, _, memory) => best(of, memory, (order) => order > 0)],
  ['earliest', (of, _, memory) => byTime(of, memory, (order) => order < 0)],
  ['latest', (of, _, memory) => byTime(of, memory, (order) => order > 0)],
  [
    'pct',
    (of, percent, memory) => {
      const values: number[] = []
      return numeric(
        of,
        (value) => {
          memory.take(8)
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
