import type { MetricIncrement } from '#core/metrics.ts'
import { paging } from '#core/paging.ts'
import type { Datapoint, Dimension, MetricDataQuery, StandardUnit } from '#models/cloudwatch.d.ts'
import { metricKey } from '#telemetry/index.ts'
import { cloudwatch } from './declare.ts'
import { faults } from './faults.ts'
import { periodsOf, statisticOf } from './statistics.ts'

/** Source: CloudWatch API Reference, GetMetricStatistics and GetMetricData. */
const datapointsMax = 1_440
const dataMax = 100_800
const queriesMax = 500
const listedMs = 14 * 86_400_000
const recentMs = 3 * 3_600_000

/** Source: CloudWatch API Reference, ListMetrics: 500 a call. */
const { pageOf } = paging({
  ...{ token: 'NextToken', limit: 'limit', next: 'NextToken', limitDefault: 500 },
  invalid: () => faults.invalidValue('The parameter NextToken is not valid.'),
})

/**
 * Computes statistics of one metric by the period; periods in which nothing was counted are left out.
 * Faults: InvalidParameterValue; InvalidParameterCombination; MissingRequiredParameter.
 */
export const GetMetricStatistics = cloudwatch('GetMetricStatistics', {
  access: () => [{ action: 'cloudwatch:GetMetricStatistics', resource: '*' }],
  async prepare({ input, call }) {
    const { StartTime, EndTime, Period, Namespace, MetricName, Dimensions = [], Unit } = input
    const { Statistics = [], ExtendedStatistics = [] } = input
    if (Statistics.length + ExtendedStatistics.length === 0) throw faults.missing('Statistics')
    // Each must be one, whether or not there is anything to compute.
    for (const name of [...Statistics, ...ExtendedStatistics]) statisticOf(name)
    requireOrder(StartTime, EndTime)
    if ((EndTime.getTime() - StartTime.getTime()) / (Period * 1000) > datapointsMax)
      throw faults.combination(
        `You have requested more than ${datapointsMax} datapoints: name a longer period or a shorter time.`,
      )
    const found = await call.parts.findMetrics({
      account: call.account,
      region: call.region,
      namespace: Namespace,
      names: [MetricName],
      fromMs: StartTime.getTime(),
      toMs: EndTime.getTime(),
    })
    const periods = periodsOf(
      ofUnit(byMetric(found).get(keyOf({ Namespace, MetricName, Dimensions })), Unit),
      Period,
    )
    return periods.map(({ atMs, whole }): Datapoint => ({
      Timestamp: new Date(atMs),
      Unit: whole.unit as StandardUnit, // Each of ours is one.
      ...Object.fromEntries(Statistics.map((name) => [name, statisticOf(name)(whole)])),
      ...(ExtendedStatistics.length > 0 && {
        ExtendedStatistics: Object.fromEntries(
          ExtendedStatistics.map((name) => [name, statisticOf(name)(whole)]),
        ),
      }),
    }))
  },
  run: ({ input, prepared: Datapoints }) => ({ Label: input.MetricName, Datapoints }),
})

/**
 * Computes one statistic for each of many metrics. Faults: ValidationError. Differs: expressions (metric math, SEARCH, Metrics Insights) are
 * refused.
 */
export const GetMetricData = cloudwatch('GetMetricData', {
  access: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  async prepare({ input, call }) {
    const { StartTime, EndTime, MetricDataQueries, ScanBy = 'TimestampDescending' } = input
    requireOrder(StartTime, EndTime)
    if (MetricDataQueries.length > queriesMax) throw faults.validation(`There may be ${queriesMax} queries.`)
    if (input.NextToken !== undefined) throw faults.invalidToken()
    const ids = new Set(MetricDataQueries.map(({ Id }) => Id))
    if (ids.size < MetricDataQueries.length) throw faults.validation('The ids of the queries must be unique.')
    const queries = MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false).map((query) => ({
      ...metricStatOf(query),
      query,
    }))
    // Once for all: each look reads what is stored of the whole time.
    const found = await call.parts.findMetrics({
      account: call.account,
      region: call.region,
      names: [...new Set(queries.map(({ MetricName }) => MetricName))],
      fromMs: StartTime.getTime(),
      toMs: EndTime.getTime(),
    })
    const known = byMetric(found)
    const results = queries.map(({ query, Namespace, MetricName, Dimensions, Period, Stat, Unit }) => {
      const statistic = statisticOf(Stat)
      const periods = periodsOf(ofUnit(known.get(keyOf({ Namespace, MetricName, Dimensions })), Unit), Period)
      const ordered = ScanBy === 'TimestampAscending' ? periods : periods.toReversed()
      return {
        Id: query.Id,
        Label: query.Label ?? MetricName,
        Timestamps: ordered.map(({ atMs }) => new Date(atMs)),
        Values: ordered.map(({ whole }) => statistic(whole)),
        StatusCode: 'Complete' as const,
      }
    })
    const max = input.MaxDatapoints ?? dataMax
    if (results.reduce((sum, { Values }) => sum + Values.length, 0) > max)
      throw faults.validation(
        `The result has more than ${max} data points: name longer periods or a shorter time.`,
      )
    return results
  },
  run: ({ prepared: MetricDataResults }) => ({ MetricDataResults, Messages: [] }),
})

/** Lists the metrics that something was counted for in the last two weeks, or three hours. */
export const ListMetrics = cloudwatch('ListMetrics', {
  access: () => [{ action: 'cloudwatch:ListMetrics', resource: '*' }],
  async prepare({ input, call }) {
    const found = await call.parts.findMetrics({
      account: call.account,
      region: call.region,
      namespace: input.Namespace,
      names: input.MetricName === undefined ? undefined : [input.MetricName],
      fromMs: call.nowMs - (input.RecentlyActive === undefined ? listedMs : recentMs),
      toMs: call.nowMs + 60_000,
    })
    const metrics = new Map(found.map((metric) => [metricKey(metric), metric]))
    return [...metrics].filter(([, { dimensions }]) =>
      (input.Dimensions ?? []).every(({ Name, Value }) =>
        dimensions.some(([name, value]) => name === Name && (Value === undefined || value === Value)),
      ),
    )
  },
  run({ input, prepared: metrics }) {
    const { items, ...more } = pageOf(metrics, ([key]) => key, input)
    return {
      Metrics: items.map(([, { namespace, name, dimensions }]) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      })),
      ...more,
    }
  },
})

function metricStatOf({ MetricStat, Expression, Id }: MetricDataQuery) {
  if (Expression !== undefined)
    throw faults.validation(`The query '${Id}' is an expression, which is not supported: name a MetricStat.`)
  const { Namespace, MetricName, Dimensions = [] } = MetricStat?.Metric ?? {}
  if (MetricStat === undefined || Namespace === undefined || MetricName === undefined)
    throw faults.validation(
      `The query '${Id}' needs a MetricStat with the metric's Namespace and MetricName.`,
    )
  return { ...MetricStat, Namespace, MetricName, Dimensions }
}

function requireOrder(start: Date, end: Date): void {
  if (!(start.getTime() < end.getTime()))
    throw faults.invalidValue('The parameter StartTime must be less than the parameter EndTime.')
}

interface Named {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly Dimension[]
}

/** CloudWatch's metrics are told apart by all of their dimensions, in whatever order: a query names each of them. */
function keyOf({ Namespace, MetricName, Dimensions }: Named): string {
  return keyOfNames(
    Namespace,
    MetricName,
    Dimensions.map(({ Name, Value }) => [Name, Value] as const),
  )
}

function keyOfNames(namespace: string, name: string, dimensions: MetricIncrement['dimensions']): string {
  return JSON.stringify([namespace, name, ...dimensions.toSorted(([one], [other]) => (one < other ? -1 : 1))])
}

/** Once for all queries: as many could each look through all that was found. */
function byMetric(found: readonly MetricIncrement[]): ReadonlyMap<string, readonly MetricIncrement[]> {
  return Map.groupBy(found, ({ namespace, name, dimensions }) => keyOfNames(namespace, name, dimensions))
}

function ofUnit(
  increments: readonly MetricIncrement[] = [],
  unit: StandardUnit | undefined,
): readonly MetricIncrement[] {
  return unit === undefined ? increments : increments.filter((metric) => metric.unit === unit)
}
