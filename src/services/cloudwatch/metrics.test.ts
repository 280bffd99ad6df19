// Goal: statistics are right by the period, metrics are told apart by all of their dimensions, and nobody sees another account's.
// Method: a store of metrics in a folder of the test's, asked through the SDK's own client; sums worked out by hand.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { AccountId } from '#core/arn.ts'
import type { FindMetrics, MetricIncrement } from '#core/metrics.ts'
import { createMetricStore } from '#telemetry/index.ts'
import { found } from '../../../test/founded.ts'
import { inProcess, layGround, refusal } from '../../../test/in-process.ts'
import { identities } from '../iam/identities.ts'
import { iamService } from '../iam/service.ts'
import { createCloudWatchService } from './service.ts'

const [here, there] = ['111122223333' as AccountId, '444455556666' as AccountId] as const // Twelve digits each.
const startMs = Date.UTC(2026, 0, 2, 3, 0, 0)
const minuteMs = 60_000

function increment(minute: number, wish: Partial<MetricIncrement> = {}): MetricIncrement {
  return {
    namespace: 'AWS/WAFV2',
    account: here,
    region: 'us-east-1',
    name: 'BlockedRequests',
    dimensions: [
      ['Rule', 'ALL'],
      ['WebACL', 'a'],
    ],
    minuteMs: startMs + minute * minuteMs,
    count: 1,
    sum: 1,
    min: 1,
    max: 1,
    unit: 'Count',
    ...wish,
  }
}

async function rig(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-metrics-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const ground = layGround(startMs)
  const tasks: (() => void)[] = []
  const open = () =>
    createMetricStore({
      directory,
      world: { nowMs: ground.world.nowMs, every: (_ms, task) => (tasks.push(task), () => undefined) },
      log: ({ event }) => assert.fail(event),
    })
  let metrics = open()
  let looks = 0
  const findMetrics: FindMetrics = (query) => {
    looks += 1
    return metrics.find(query)
  }
  const { configuration } = inProcess(ground, {
    services: [iamService, createCloudWatchService({ findMetrics })],
    identities,
  })
  const [mine, theirs] = await found(ground, [here, there])
  const client = (account: AccountId): CloudWatch =>
    new CloudWatch(configuration(account === here ? mine : theirs))
  return {
    client,
    /** How often what is stored was looked through. */
    looks: () => looks,
    add: (...all: readonly MetricIncrement[]) => metrics.add(all),
    /** Lets time pass, and runs what is done from time to time. */
    pass: (minutes: number): void => {
      ground.clock.nowMs += minutes * minuteMs
      for (const task of tasks) task()
    },
    restart: (): void => {
      metrics.close()
      metrics = open()
    },
  }
}

const Dimensions = [
  { Name: 'WebACL', Value: 'a' },
  { Name: 'Rule', Value: 'ALL' },
]
const range = { StartTime: new Date(startMs), EndTime: new Date(startMs + 600 * 1000) }
const asked = { Namespace: 'AWS/WAFV2', MetricName: 'BlockedRequests', Dimensions, ...range }

test('cloudwatch: statistics by the period, in memory, on disk and after a restart alike', async (t) => {
  const { client, add, pass, restart } = await rig(t)
  add(increment(0), increment(0, { count: 2, sum: 5, min: 2, max: 3 }), increment(1), increment(6))
  add(
    increment(0, { dimensions: [['Rule', 'ALL']] }),
    increment(0, { account: there }),
    increment(0, { region: 'eu-west-1' }),
  )
  const statistics = async (Period: number) => {
    const { Datapoints = [] } = await client(here).getMetricStatistics({
      ...asked,
      Period,
      Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
    })
    return Datapoints.map(({ Timestamp, Sum, Average, Minimum, Maximum, SampleCount }) => [
      ((Timestamp?.getTime() ?? 0) - startMs) / minuteMs,
      Sum,
      Average,
      Minimum,
      Maximum,
      SampleCount,
    ])
  }
  const byMinute = [
    [0, 6, 2, 1, 3, 3],
    [1, 1, 1, 1, 1, 1],
    [6, 1, 1, 1, 1, 1],
  ]
  const byFive = [
    [0, 7, 1.75, 1, 3, 4],
    [5, 1, 1, 1, 1, 1],
  ]
  for (const when of ['in memory', 'half written', 'after a restart']) {
    assert.deepEqual(await statistics(60), byMinute, when)
    assert.deepEqual(await statistics(300), byFive, when)
    if (when === 'in memory') pass(4)
    else restart()
  }
})

test('cloudwatch: a metric is found on disk whatever its name holds', async (t) => {
  const { client, add, restart } = await rig(t)
  const names = ['said "no"', String.raw`C:\logs`, 'Größe ✓', '__proto__']
  for (const name of names) add(increment(0, { name }))
  restart()
  for (const MetricName of names) {
    const { Datapoints = [] } = await client(here).getMetricStatistics({
      ...asked,
      MetricName,
      Period: 60,
      Statistics: ['Sum'],
    })
    assert.equal(Datapoints.length, 1, MetricName)
  }
})

test('cloudwatch: percentiles of what was measured', async (t) => {
  const { client, add } = await rig(t)
  const measured = { name: 'TargetResponseTime', unit: 'Seconds' } as const
  add(
    increment(0, {
      ...measured,
      count: 100,
      sum: 10,
      min: 0.01,
      max: 5,
      distribution: [
        [0.01, 90],
        [0.1, 9],
        [5, 1],
      ],
    }),
  )
  const { Datapoints } = await client(here).getMetricStatistics({
    ...asked,
    MetricName: 'TargetResponseTime',
    Period: 60,
    ExtendedStatistics: ['p50', 'p95', 'p99', 'p99.9'],
  })
  assert.deepEqual(Datapoints?.[0]?.ExtendedStatistics, { p50: 0.01, p95: 0.1, p99: 0.1, 'p99.9': 5 })
})

test('cloudwatch: many metrics at a time, listed by what they have, each account its own', async (t) => {
  const { client, add } = await rig(t)
  add(
    increment(0),
    increment(2),
    increment(0, { name: 'AllowedRequests' }),
    increment(0, { account: there, name: 'CountedRequests' }),
  )
  const MetricStat = {
    Metric: { Namespace: 'AWS/WAFV2', MetricName: 'BlockedRequests', Dimensions },
    Period: 60,
    Stat: 'Sum',
  }
  const { MetricDataResults = [] } = await client(here).getMetricData({
    ...range,
    MetricDataQueries: [
      { Id: 'a', MetricStat },
      { Id: 'b', MetricStat: { ...MetricStat, Stat: 'p99' }, ReturnData: false },
    ],
  })
  assert.deepEqual(
    MetricDataResults.map(({ Id, Values, Timestamps, StatusCode }) => [
      Id,
      Values,
      Timestamps?.[0]?.getTime(),
      StatusCode,
    ]),
    [['a', [1, 1], startMs + 2 * minuteMs, 'Complete']],
  )
  const names = async (account: AccountId, wish: object = {}) =>
    (await client(account).listMetrics(wish)).Metrics?.map(({ MetricName }) => MetricName)
  assert.deepEqual(await names(here), ['AllowedRequests', 'BlockedRequests'])
  assert.deepEqual(await names(there), ['CountedRequests'])
  assert.deepEqual(await names(here, { Dimensions: [{ Name: 'WebACL', Value: 'other' }] }), [])
  assert.deepEqual(await names(here, { MetricName: 'AllowedRequests', Dimensions: [{ Name: 'Rule' }] }), [
    'AllowedRequests',
  ])
})

test('cloudwatch: five hundred metrics cost one look at what is stored, and each query gets its own', async (t) => {
  const { client, add, looks } = await rig(t)
  add(increment(0), increment(0, { name: 'AllowedRequests', count: 1, sum: 7 }))
  add(increment(0, { namespace: 'Shop', name: 'AllowedRequests', sum: 100 }))
  const queries = Array.from({ length: 500 }, (_, at) => ({
    Id: `q${at}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/WAFV2',
        MetricName: at % 2 === 0 ? 'BlockedRequests' : 'AllowedRequests',
        Dimensions,
      },
      Period: 60,
      Stat: 'Sum',
    },
  }))
  const { MetricDataResults = [] } = await client(here).getMetricData({
    ...range,
    MetricDataQueries: queries,
  })
  assert.equal(looks(), 1)
  assert.deepEqual(
    MetricDataResults.map(({ Values }) => Values),
    queries.map((_, at) => (at % 2 === 0 ? [1] : [7])),
  )
})

test('cloudwatch: a metric is named by all of its dimensions, each once, in whatever order', async (t) => {
  const { client, add } = await rig(t)
  add(increment(0), increment(0, { dimensions: [['WebACL', 'a']] }))
  const [webACL, rule] = Dimensions
  assert.ok(webACL && rule)
  const rows: readonly [given: { Name: string; Value: string }[], count: number][] = [
    [[webACL, rule], 1],
    [[rule, webACL], 1],
    [[webACL], 1],
    [[rule], 0],
    [[webACL, webACL], 0],
    [[], 0],
  ]
  for (const [given, count] of rows) {
    const { Datapoints } = await client(here).getMetricStatistics({
      ...asked,
      ...{ Dimensions: given, Period: 60, Statistics: ['Sum'] },
    })
    assert.equal(Datapoints?.length ?? 0, count, JSON.stringify(given))
  }
  assert.equal(rows.length, 6)
})

test('cloudwatch: what it cannot compute is refused', async (t) => {
  const { client } = await rig(t)
  const cloudwatch = client(here)
  const MetricStat = { Metric: { Namespace: 'n', MetricName: 'm' }, Period: 60, Stat: 'Sum' }
  const rows: readonly [name: string, call: () => Promise<unknown>, want: RegExp][] = [
    [
      'no statistic',
      () => cloudwatch.getMetricStatistics({ ...asked, Period: 60 }),
      /^MissingRequiredParameter/,
    ],
    [
      'a period of 30 seconds',
      () => cloudwatch.getMetricStatistics({ ...asked, Period: 30, Statistics: ['Sum'] }),
      /^InvalidParameterValue/,
    ],
    [
      'an end before the start',
      () =>
        cloudwatch.getMetricStatistics({ ...asked, EndTime: new Date(0), Period: 60, Statistics: ['Sum'] }),
      /^InvalidParameterValue/,
    ],
    [
      'too many points',
      () =>
        cloudwatch.getMetricStatistics({ ...asked, StartTime: new Date(0), Period: 60, Statistics: ['Sum'] }),
      /^InvalidParameterCombination/,
    ],
    [
      'trimmed means',
      () => cloudwatch.getMetricStatistics({ ...asked, Period: 60, ExtendedStatistics: ['tm99'] }),
      /^InvalidParameterValue/,
    ],
    [
      'an expression',
      () => cloudwatch.getMetricData({ ...range, MetricDataQueries: [{ Id: 'a', Expression: 'SEARCH(1)' }] }),
      /^Validation(?:Error|Exception)/,
    ],
    [
      'a metric without a name',
      () =>
        cloudwatch.getMetricData({
          ...range,
          MetricDataQueries: [{ Id: 'a', MetricStat: { ...MetricStat, Metric: { Namespace: 'n' } } }],
        }),
      /^Validation(?:Error|Exception)/,
    ],
    [
      'an id twice',
      () =>
        cloudwatch.getMetricData({
          ...range,
          MetricDataQueries: [
            { Id: 'a', MetricStat },
            { Id: 'a', MetricStat },
          ],
        }),
      /^Validation(?:Error|Exception)/,
    ],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call()), want, name)
  assert.equal(rows.length, 8)
})
