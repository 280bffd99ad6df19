import type { MetricIncrement } from '#core/metrics.ts'

/** What tells a metric of one account and region from every other. */
export function metricKey({ namespace, account, region, name, dimensions }: MetricIncrement): string {
  return JSON.stringify([namespace, account, region, name, dimensions])
}

/** Two increments of one metric as one. */
export function added(one: MetricIncrement, other: MetricIncrement): MetricIncrement {
  return {
    ...one,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
    ...((one.distribution ?? other.distribution) && {
      distribution: together(one.distribution ?? [], other.distribution ?? []),
    }),
  }
}

function together(
  one: NonNullable<MetricIncrement['distribution']>,
  other: NonNullable<MetricIncrement['distribution']>,
): NonNullable<MetricIncrement['distribution']> {
  const times = new Map(one)
  for (const [value, more] of other) times.set(value, (times.get(value) ?? 0) + more)
  return [...times]
}
