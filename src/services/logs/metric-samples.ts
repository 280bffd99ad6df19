import type { MetricIncrement } from '#core/metrics.ts'
import { parseFilterPattern } from '#engines/log-filter/index.ts'
import type { StoredLogEvent } from '#telemetry/index.ts'
import type { GroupDocument, MetricFilterDocument } from './documents.ts'

const minuteMs = 60_000

/**
 * What a metric filter counts of events: one sample each that matches and has a value.
 * Differs: samples are of the minute in which the event arrived.
 */
export function samplesOf(
  filter: MetricFilterDocument,
  { account, region }: Pick<GroupDocument, 'account' | 'region'>,
  events: readonly StoredLogEvent[],
): readonly MetricIncrement[] {
  const read = parseFilterPattern(filter.filterPattern)
  if (!read.ok) return []
  const { matches, valueOf } = read.pattern
  const samples: MetricIncrement[] = []
  for (const { message, ingestedMs } of events) {
    if (!matches(message)) continue
    const valueIn = (text: string): string | undefined =>
      text.startsWith('$') ? valueOf(message, text) : text
    for (const {
      metricName,
      metricNamespace,
      metricValue,
      dimensions = {},
      unit,
    } of filter.transformations) {
      const text = valueIn(metricValue)
      const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
      const named = Object.entries(dimensions).map(([name, from]) => [name, valueIn(from)] as const)
      if (!Number.isFinite(value) || named.some(([, text]) => text === undefined || text === '')) continue
      samples.push({
        ...{ account, region },
        namespace: metricNamespace,
        name: metricName,
        dimensions: named
          .map(([name, text = '']) => [name, text] as const)
          .sort(([one], [other]) => (one < other ? -1 : 1)),
        minuteMs: Math.floor(ingestedMs / minuteMs) * minuteMs,
        ...{ count: 1, sum: value, min: value, max: value },
        unit: unitOf(unit),
      })
    }
  }
  return samples
}

/** What stands for a minute in which events arrived and none matched. */
export function defaultsOf(
  { transformations }: MetricFilterDocument,
  { account, region }: Pick<GroupDocument, 'account' | 'region'>,
  atMs: number,
): readonly MetricIncrement[] {
  return transformations.flatMap(
    ({ metricName: name, metricNamespace: namespace, defaultValue: value, unit }) =>
      value === undefined
        ? []
        : [
            {
              ...{ account, region, namespace, name, dimensions: [], minuteMs: atMs },
              ...{ count: 1, sum: value, min: value, max: value },
              unit: unitOf(unit),
            },
          ],
  )
}

/** PutMetricFilter takes no other units. */
function unitOf(unit: string | undefined): MetricIncrement['unit'] {
  return unit === 'Count' || unit === 'Seconds' || unit === 'Bytes' ? unit : 'None'
}
