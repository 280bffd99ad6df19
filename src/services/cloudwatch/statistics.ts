import type { MetricIncrement } from '#core/metrics.ts'
import { added } from '#telemetry/index.ts'
import { faults } from './faults.ts'

/** One period of one metric. */
export interface Period {
  /** When it begins. Milliseconds since 1970. */
  readonly atMs: number
  readonly whole: MetricIncrement
}

/** Source: CloudWatch API Reference, GetMetricStatistics, Period; here minutes are the finest there is. */
const periodSecMin = 60

/** Increments as periods, from the oldest; a period begins at a multiple of its length. Faults: InvalidParameterValue. */
export function periodsOf(increments: readonly MetricIncrement[], periodSec: number): readonly Period[] {
  if (periodSec < periodSecMin || periodSec % periodSecMin !== 0)
    throw faults.invalidValue(
      `The value ${periodSec} for parameter Period must be a multiple of ${periodSecMin}.`,
    )
  const periodMs = periodSec * 1000
  const periods = new Map<number, MetricIncrement>()
  for (const increment of increments) {
    const atMs = Math.floor(increment.minuteMs / periodMs) * periodMs
    const before = periods.get(atMs)
    periods.set(atMs, before === undefined ? increment : added(before, increment))
  }
  return [...periods].map(([atMs, whole]) => ({ atMs, whole })).sort((one, other) => one.atMs - other.atMs)
}

const plain: Readonly<Record<string, (metric: MetricIncrement) => number>> = {
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
  SampleCount: ({ count }) => count,
}

/** A statistic by its name: `Sum`, `p99.9`. Faults: InvalidParameterValue for one that is not computed here. */
export function statisticOf(name: string): (metric: MetricIncrement) => number {
  if (Object.hasOwn(plain, name)) return plain[name] ?? (() => Number.NaN)
  const percent = /^p(\d{1,2}(?:\.\d{1,2})?|100)$/.exec(name)?.[1]
  if (percent === undefined)
    throw faults.invalidValue(
      `The statistic '${name}' is not supported: ${Object.keys(plain).join(', ')} and percentiles (p99) are.`,
    )
  return (metric) => percentile(metric, Number(percent) / 100)
}

/** Of values rounded to two digits; of a counter, which has no others, its largest one. */
function percentile({ distribution, count, max }: MetricIncrement, share: number): number {
  if (distribution === undefined) return max
  let below = 0
  for (const [value, times] of distribution.toSorted(([one], [other]) => one - other)) {
    below += times
    if (below >= share * count) return value
  }
  return max
}
