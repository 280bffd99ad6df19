// Goal: filters see each event that arrives once they are there: metrics are counted, functions invoked, and after a failure or a crash
// nothing is left out. Method: the SDK's client, a Lambda that remembers its invocations behind a function policy, and a runner in steps.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { type Arn, arn } from '#core/arn.ts'
import { Fault } from '#core/fault.ts'
import type { MetricIncrement } from '#core/metrics.ts'
import { operationsOf } from '#core/operation.ts'
import { service } from '#core/service.ts'
import type { Operations } from '#models/lambda.d.ts'
import { createLogFilterRunner } from './filter-runner.ts'
import { groups } from './documents.ts'
import { createLogKeeper } from './keeper.ts'
import { here, refusal, rig, startMs } from './rig.test.ts'

const logGroupName = '/app'
const functionArn = arn({
  partition: 'aws',
  service: 'lambda',
  region: 'us-east-1',
  account: here,
  resource: 'function:f',
})

interface Delivery {
  readonly messageType: string
  readonly owner: string
  readonly logGroup: string
  readonly logStream: string
  readonly subscriptionFilters: readonly string[]
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[]
}

function fakeLambda() {
  const delivered: Delivery[] = []
  const state = { isUp: true, largestBytes: Infinity }
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'logs.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: functionArn,
      Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:logs:us-east-1:${here}:log-group:/app:*` } },
    },
  })
  const Invoke = operationsOf<Operations>()('lambda', {}, 'regional')('Invoke', {
    access: (_, { FunctionName }) => [
      {
        action: 'lambda:InvokeFunction',
        resource: { arn: FunctionName as Arn, resourcePolicy: { kind: 'resource', text, required: false } }, // A test's.
      },
    ],
    run({ input }) {
      if (!state.isUp) throw new Fault('ServiceUnavailable', 'down')
      if ((input.Payload?.length ?? 0) > state.largestBytes)
        throw new Fault('RequestTooLargeException', 'too large')
      const { awslogs } = JSON.parse(String(Buffer.from(input.Payload ?? []))) as {
        awslogs: { data: string }
      }
      const message = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8')
      delivered.push(JSON.parse(message) as Delivery)
      return { StatusCode: 202 }
    },
  })
  return { delivered, state, lambda: service({ model: 'lambda', files: [{ Invoke }] }) }
}

async function ground(t: TestContext) {
  const { delivered, state, lambda } = fakeLambda()
  const made = await rig(t, [lambda])
  const { store, world, callAsService, logStore } = made
  const metrics: MetricIncrement[] = []
  const runner = () =>
    createLogFilterRunner({
      store,
      world,
      callAsService,
      log: ({ event }) => assert.equal(event, 'log-subscription-given-up'),
      logs: logStore,
      metrics: (more) => metrics.push(...more),
    })
  await made.group()
  return { ...made, delivered, state, metrics, runner }
}

test('metric filters: what a pattern matches is counted, with values and dimensions of the event', async (t) => {
  const { logs, put, metrics, runner } = await ground(t)
  await put(['{"code":500,"ms":9,"path":"/before"}'])
  await logs.putMetricFilter({
    logGroupName,
    filterName: 'slow',
    filterPattern: '{ $.code = 5* }',
    metricTransformations: [
      {
        metricName: 'Ms',
        metricNamespace: 'App',
        metricValue: '$.ms',
        dimensions: { Path: '$.path' },
        unit: 'Count',
      },
    ],
  })
  await logs.putMetricFilter({
    logGroupName,
    filterName: 'errors',
    filterPattern: 'ERROR',
    metricTransformations: [
      { metricName: 'Errors', metricNamespace: 'App', metricValue: '1', defaultValue: 0 },
    ],
  })
  await put([
    '{"code":500,"ms":12.5,"path":"/a"}',
    '{"code":200,"ms":1,"path":"/a"}',
    '{"code":503,"ms":"x","path":"/a"}',
  ])
  const one = runner()
  await one.pass()
  await one.pass()
  assert.deepEqual(
    metrics.map(({ name, sum, dimensions, minuteMs }) => [name, sum, dimensions, minuteMs]),
    [
      ['Errors', 0, [], startMs - (startMs % 60_000)],
      ['Ms', 12.5, [['Path', '/a']], startMs - (startMs % 60_000)],
    ],
  )
  metrics.length = 0
  await put(['ERROR', 'ERROR'])
  await runner().pass()
  assert.deepEqual(
    metrics.map(({ name, sum }) => [name, sum]),
    [
      ['Errors', 1],
      ['Errors', 1],
    ],
    'after a restart',
  )
  const { metricFilters } = await logs.describeMetricFilters({ metricName: 'Ms', metricNamespace: 'App' })
  assert.deepEqual(
    metricFilters?.map(({ filterName }) => filterName),
    ['slow'],
  )
  await logs.deleteMetricFilter({ logGroupName, filterName: 'slow' })
  assert.equal((await logs.describeMetricFilters({ logGroupName })).metricFilters?.length, 1)
})

test('metric filters: a pattern is tried, and what would not be counted is refused', async (t) => {
  const { logs } = await ground(t)
  const { matches } = await logs.testMetricFilter({
    filterPattern: '[ip, code = 4*]',
    logEventMessages: ['1.2.3.4 200', '1.2.3.4 404'],
  })
  assert.deepEqual(matches, [
    { eventNumber: 2, eventMessage: '1.2.3.4 404', extractedValues: { $ip: '1.2.3.4', $code: '404' } },
  ])
  const sound = { metricName: 'm', metricNamespace: 'n', metricValue: '1' }
  const rows: readonly [name: string, more: object][] = [
    ['a value that is none', { metricValue: 'many' }],
    ['a namespace of AWS', { metricNamespace: 'AWS/x' }],
    ['a default and dimensions', { defaultValue: 1, dimensions: { a: '$.a' } }],
    ['another unit', { unit: 'Percent' }],
    ['four dimensions', { dimensions: { a: '$.a', b: '$.b', c: '$.c', d: '$.d' } }],
    ['a value that the pattern does not have', { metricValue: '$.a' }],
    ['a name that is no path', { filterPattern: '{ $.a = 1 }', metricValue: '$a' }],
    ['a dimension that it does not have', { filterPattern: '[ip, code]', dimensions: { Code: '$status' } }],
  ]
  for (const [name, more] of rows)
    assert.match(
      await refusal(
        logs.putMetricFilter({
          logGroupName,
          filterName: 'f',
          filterPattern: 'filterPattern' in more ? String(more.filterPattern) : '',
          metricTransformations: [{ ...sound, ...more }],
        }),
      ),
      /^InvalidParameterException/,
      name,
    )
  assert.equal(rows.length, 8)
})

test('filters: one that cannot be read for holds up no other', async (t) => {
  const { logs, put, group, metrics, logStore, store, world, callAsService } = await ground(t)
  for (const name of ['/app', '/other']) {
    if (name !== '/app') await group(name)
    await logs.putMetricFilter({
      ...{ logGroupName: name, filterName: 'all', filterPattern: '' },
      metricTransformations: [{ metricName: name.slice(1), metricNamespace: 'App', metricValue: '1' }],
    })
    await put(['one'], 's', name)
  }
  const told: unknown[] = []
  const [damaged] = store.read.findAnywhere(groups, 'everywhere', 'all').filter(({ id }) => id === '/app')
  const runner = createLogFilterRunner({
    ...{ store, world, callAsService, metrics: (more) => metrics.push(...more) },
    logs: {
      ...logStore,
      arrivals: (asked) =>
        asked.group === damaged?.document.id
          ? Promise.reject(new Error('the segment is damaged'))
          : logStore.arrivals(asked),
    },
    log: ({ event, group: name, filter }) => told.push([event, name, filter]),
  })
  await runner.pass()
  await runner.close()
  assert.deepEqual(
    metrics.map(({ name }) => name),
    ['other'],
  )
  assert.deepEqual(told, [['log-filter-failed', '/app', 'all']])
})

test('subscription filters: a function that lets the service in gets what matches, once it is there', async (t) => {
  const { logs, put, runner, delivered, group } = await ground(t)
  await put(['ERROR before'])
  const subscribe = (more: object = {}) =>
    logs.putSubscriptionFilter({
      ...{ logGroupName, filterName: 'f', filterPattern: 'ERROR', destinationArn: functionArn },
      ...more,
    })
  await subscribe()
  assert.deepEqual(
    delivered.map(({ messageType }) => messageType),
    ['CONTROL_MESSAGE'],
  )
  await group('/web')
  const refused: readonly [name: string, more: object][] = [
    ['a group that the policy does not name', { logGroupName: '/web' }],
    ['no function', { destinationArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/s' }],
    ['a role', { roleArn: `arn:aws:iam::${here}:role/r` }],
    ['a wrong pattern', { filterPattern: '[' }],
  ]
  for (const [name, more] of refused)
    assert.match(await refusal(subscribe(more)), /^InvalidParameterException/, name)
  assert.equal(refused.length, 4)

  delivered.length = 0
  await put(['ERROR one', 'fine', 'ERROR two'])
  const one = runner()
  await one.pass()
  await one.pass()
  assert.equal(delivered.length, 1)
  assert.deepEqual(delivered[0], {
    messageType: 'DATA_MESSAGE',
    owner: here,
    logGroup: '/app',
    logStream: 's',
    subscriptionFilters: ['f'],
    logEvents: delivered[0]?.logEvents.map(({ id }, index) => ({
      id,
      timestamp: startMs + index * 2,
      message: ['ERROR one', 'ERROR two'][index],
    })),
  })
  await subscribe({ filterName: 'g' })
  assert.match(await refusal(subscribe({ filterName: 'h' })), /^LimitExceededException/)
  await logs.deleteSubscriptionFilter({ logGroupName, filterName: 'g' })
  const { subscriptionFilters } = await logs.describeSubscriptionFilters({ logGroupName })
  assert.deepEqual(
    subscriptionFilters?.map(({ filterName }) => filterName),
    ['f'],
  )
})

test('subscription filters: what cannot be delivered is tried again, by another runner too, and given up after a day', async (t) => {
  const { logs, put, runner, delivered, state, later } = await ground(t)
  await logs.putSubscriptionFilter({
    logGroupName,
    filterName: 'f',
    filterPattern: '',
    destinationArn: functionArn,
  })
  delivered.length = 0
  state.isUp = false
  await put(['one'])
  await runner().pass()
  state.isUp = true
  await runner().pass()
  assert.equal(delivered.length, 0, 'it waits')
  later(2_000)
  await put(['two'])
  await runner().pass()
  await runner().pass()
  assert.deepEqual(
    delivered.flatMap(({ logEvents }) => logEvents.map(({ message }) => message)),
    ['one', 'two'],
  )

  delivered.length = 0
  state.isUp = false
  await put(['lost'])
  await runner().pass()
  later(86_400_000)
  await runner().pass()
  state.isUp = true
  await put(['three'])
  await runner().pass()
  assert.deepEqual(
    delivered.flatMap(({ logEvents }) => logEvents.map(({ message }) => message)),
    ['three'],
  )
})

test('subscription filters: an event that no invocation can carry is passed over, and a clock that is set back delays nothing', async (t) => {
  const { logs, put, delivered, state, clock, store, world, callAsService, logStore } = await ground(t)
  await logs.putSubscriptionFilter({
    ...{ logGroupName, filterName: 'f', filterPattern: '', destinationArn: functionArn },
  })
  const told: string[] = []
  const pass = async (): Promise<void> => {
    const runner = createLogFilterRunner({
      ...{ store, world, callAsService, logs: logStore, metrics: () => undefined },
      log: ({ event }) => told.push(event),
    })
    await runner.pass()
    await runner.close()
  }
  delivered.length = 0
  state.largestBytes = 10_000
  await put([randomBytes(100_000).toString('base64'), 'one'])
  await pass()
  assert.deepEqual(
    delivered.flatMap(({ logEvents }) => logEvents.map(({ message }) => message)),
    ['one'],
  )
  assert.deepEqual(told, ['log-event-not-delivered'])

  delivered.length = 0
  state.isUp = false
  await put(['two'])
  await pass()
  state.isUp = true
  clock.nowMs -= 3_600_000
  await pass()
  assert.deepEqual(
    delivered.flatMap(({ logEvents }) => logEvents.map(({ message }) => message)),
    ['two'],
  )
})

test('keeper: what is older than the retention, and what was of a group that is gone, is removed', async (t) => {
  const { logs, put, later, store, world, logStore } = await ground(t)
  await put(['old'])
  await logs.putRetentionPolicy({ logGroupName, retentionInDays: 1 })
  later(2 * 86_400_000)
  await put(['new'])
  const keeper = createLogKeeper({ store, world, logs: logStore, log: ({ event }) => assert.fail(event) })
  await keeper.sweep()
  const { events } = await logs.getLogEvents({ logGroupName, logStreamName: 's', startFromHead: true })
  assert.deepEqual(
    events?.map(({ message }) => message),
    ['new'],
  )
  await keeper.close()
})
