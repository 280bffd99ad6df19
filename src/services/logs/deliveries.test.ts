// Goal: a load balancer's access log is delivered to a log group as a source, a destination and a delivery say, and only then.
// Method: AWS's own client through the whole pipeline; what the edge is told; lines as the edge tells them; rows of refusals.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { Arn } from '#core/arn.ts'
import { accessLogFields } from '#core/access-log-fields.ts'
import { Fault } from '#core/fault.ts'
import { createLogDelivery } from './delivery-runner.ts'
import { deliveryDestinationOf, logDeliveriesOf } from './delivery-view.ts'
import { here, refusal, rig, startMs } from './rig.test.ts'

const balancer =
  `arn:aws:elasticloadbalancing:us-east-1:${here}:loadbalancer/app/there/0123456789abcdef` as Arn // One like any.
const group = `arn:aws:logs:us-east-1:${here}:log-group:/alb`
const source = { name: 'shop', resourceArn: balancer, logType: 'ALB_ACCESS_LOGS' } as const
const destination = (more: object = {}) => ({
  name: 'group',
  deliveryDestinationConfiguration: { destinationResourceArn: group },
  ...more,
})

async function made(t: TestContext) {
  const cloud = await rig(t)
  await cloud.logs.createLogGroup({ logGroupName: '/alb' })
  return cloud
}

async function delivered(logs: CloudWatchLogs, more: object = {}) {
  await logs.putDeliverySource(source)
  const { deliveryDestination } = await logs.putDeliveryDestination(destination(more))
  const deliveryDestinationArn = deliveryDestination?.arn ?? ''
  const { delivery } = await logs.createDelivery({ deliverySourceName: 'shop', deliveryDestinationArn })
  assert.ok(delivery?.id !== undefined && delivery.arn !== undefined)
  return { id: delivery.id, arn: delivery.arn as Arn, deliveryDestinationArn } // As it was answered.
}

test('deliveries: the edge is told, and its lines arrive in the group', async (t) => {
  const { logs, store, world, callAsService } = await made(t)
  assert.deepEqual(logDeliveriesOf(store.read, balancer), [])
  const { id, arn } = await delivered(logs)
  assert.deepEqual(logDeliveriesOf(store.read, balancer), [
    { arn, format: 'plain', fields: accessLogFields, delimiter: ' ' },
  ])
  const runner = () =>
    createLogDelivery({
      ...{ read: store.read, world, callAsService, destinationOf: deliveryDestinationOf },
      log: ({ event }) => assert.fail(event),
    })
  const tell = async (text: string): Promise<void> => {
    const { take, close } = runner()
    take([{ source: arn, lines: [[startMs, text]] }])
    await close()
  }
  await tell('one')
  await logs.deleteDelivery({ id })
  await tell('two')
  const { events = [] } = await logs.filterLogEvents({ logGroupName: '/alb' })
  assert.deepEqual(
    events.map(({ logStreamName, message }) => [logStreamName, message]),
    [['app/there/0123456789abcdef', 'one']],
  )
  assert.deepEqual(logDeliveriesOf(store.read, balancer), [])
})

test('deliveries: lines that come while others are written are put in order, and a clock that is set back delays none', async (t) => {
  const { logs, store, world } = await made(t)
  const { arn } = await delivered(logs)
  const batches: number[][] = []
  let tick: () => void = () => undefined
  let [nowMs, isDown] = [startMs, false]
  const { take, close } = createLogDelivery({
    ...{ read: store.read, destinationOf: deliveryDestinationOf, log: () => undefined },
    world: { ...world, nowMs: () => nowMs, every: (_ms, task) => ((tick = task), () => undefined) },
    async callAsService({ input }) {
      const { logEvents } = input as { logEvents: { timestamp: number }[] } // As the runner asks.
      if (isDown) return { ok: false, fault: new Fault('ServiceUnavailable', 'down') }
      if (batches.length === 0)
        take([
          {
            source: arn,
            lines: [
              [startMs + 9, 'c'],
              [startMs + 5, 'b'],
            ],
          },
        ])
      batches.push(logEvents.map(({ timestamp }) => timestamp - startMs))
      await Promise.resolve()
      return { ok: true, output: {} }
    },
  })
  take([{ source: arn, lines: [[startMs, 'a']] }])
  tick()
  await new Promise(setImmediate)
  assert.deepEqual(batches, [[0], [5, 9]])

  isDown = true
  take([{ source: arn, lines: [[startMs + 10, 'd']] }])
  tick()
  await new Promise(setImmediate)
  ;[isDown, nowMs] = [false, nowMs - 3_600_000]
  tick()
  await new Promise(setImmediate)
  assert.deepEqual(batches.at(-1), [10])
  await close()
})

test('deliveries: shown, listed, changed, tagged and deleted in their order', async (t) => {
  const { logs, store } = await made(t)
  const { id, arn, deliveryDestinationArn } = await delivered(logs, {
    outputFormat: 'json',
    tags: { a: 'b' },
  })
  assert.deepEqual((await logs.getDeliverySource({ name: 'shop' })).deliverySource, {
    name: 'shop',
    arn: `arn:aws:logs:us-east-1:${here}:delivery-source:shop`,
    resourceArns: [balancer],
    service: 'elasticloadbalancing',
    logType: 'ALB_ACCESS_LOGS',
    tags: {},
  })
  assert.deepEqual((await logs.getDeliveryDestination({ name: 'group' })).deliveryDestination, {
    name: 'group',
    arn: deliveryDestinationArn,
    deliveryDestinationType: 'CWL',
    deliveryDestinationConfiguration: { destinationResourceArn: group },
    outputFormat: 'json',
    tags: { a: 'b' },
  })
  await logs.updateDeliveryConfiguration({
    id,
    recordFields: ['time', 'elb_status_code'],
    fieldDelimiter: ',',
  })
  assert.deepEqual(logDeliveriesOf(store.read, balancer), [
    { arn, format: 'json', fields: ['time', 'elb_status_code'], delimiter: ',' },
  ])
  const { delivery } = await logs.getDelivery({ id })
  assert.deepEqual(delivery?.recordFields, ['time', 'elb_status_code'])
  assert.equal((await logs.describeDeliveries({})).deliveries?.length, 1)
  assert.equal((await logs.describeDeliveries({ deliverySourceNames: ['other'] })).deliveries?.length, 0)
  assert.equal((await logs.describeDeliverySources({ resourceArns: [balancer] })).deliverySources?.length, 1)
  assert.equal((await logs.describeDeliveryDestinations({ names: ['none'] })).deliveryDestinations?.length, 0)

  for (const resourceArn of [
    arn,
    deliveryDestinationArn,
    `arn:aws:logs:us-east-1:${here}:delivery-source:shop`,
  ]) {
    await logs.tagResource({ resourceArn, tags: { c: 'd' } })
    assert.equal((await logs.listTagsForResource({ resourceArn })).tags?.['c'], 'd')
    await logs.untagResource({ resourceArn, tagKeys: ['c'] })
    assert.equal((await logs.listTagsForResource({ resourceArn })).tags?.['c'], undefined)
  }

  assert.match(await refusal(logs.deleteDeliverySource({ name: 'shop' })), /^ConflictException/)
  assert.match(await refusal(logs.deleteDeliveryDestination({ name: 'group' })), /^ConflictException/)
  await logs.deleteDelivery({ id })
  await logs.deleteDeliverySource({ name: 'shop' })
  await logs.deleteDeliveryDestination({ name: 'group' })
  assert.match(await refusal(logs.getDelivery({ id })), /^ResourceNotFoundException/)
})

test('deliveries: what would not be done is refused', async (t) => {
  const { logs } = await made(t)
  const { deliveryDestinationArn } = await delivered(logs)
  const create = (more: object) =>
    logs.createDelivery({ deliverySourceName: 'shop', deliveryDestinationArn, ...more })
  await logs.putDeliveryDestination(destination({ name: 'second' }))
  const second = deliveryDestinationArn.replace(/group$/, 'second')
  const to = (destinationResourceArn: string) =>
    logs.putDeliveryDestination(destination({ deliveryDestinationConfiguration: { destinationResourceArn } }))
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'another source of the same load balancer',
      () => logs.putDeliverySource({ ...source, name: 'again' }),
      /^ConflictException: This ResourceId has already been used in another Delivery Source in this account/,
    ],
    [
      'a log of connections',
      () => logs.putDeliverySource({ ...source, logType: 'ALB_CONNECTION_LOGS' }),
      /^Validation/,
    ],
    [
      'web ACLs have a way of their own',
      () => logs.putDeliverySource({ ...source, logType: 'WAF_LOGS' }),
      /^Validation/,
    ],
    [
      'a load balancer that is not there',
      () => logs.putDeliverySource({ ...source, resourceArn: balancer.replace('/there/', '/gone/') }),
      /^ResourceNotFound/,
    ],
    [
      'of another account',
      () => logs.putDeliverySource({ ...source, resourceArn: balancer.replace(here, '444455556666') }),
      /^AccessDenied/,
    ],
    ['a bucket', () => to('arn:aws:s3:::logs'), /^InvalidParameter|^Validation/],
    ['a group that is not there', () => to(`${group}x`), /^ResourceNotFound/],
    ['a group of another account', () => to(group.replace(here, '444455556666')), /^ResourceNotFound/],
    [
      'a type of destination',
      () => logs.putDeliveryDestination(destination({ deliveryDestinationType: 'S3' })),
      /^Validation/,
    ],
    ['a format', () => logs.putDeliveryDestination(destination({ outputFormat: 'parquet' })), /^Validation/],
    ['the same delivery twice', () => create({}), /^ConflictException/],
    [
      'a field that is none',
      () => create({ deliveryDestinationArn: second, recordFields: ['body'] }),
      /^Validation/,
    ],
    [
      'folders of buckets',
      () => create({ deliveryDestinationArn: second, s3DeliveryConfiguration: { suffixPath: 'a' } }),
      /^Validation/,
    ],
    ['a source that is not there', () => create({ deliverySourceName: 'none' }), /^ResourceNotFound/],
    [
      'a destination elsewhere',
      () => create({ deliveryDestinationArn: second.replace(here, '444455556666') }),
      /^Validation/,
    ],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    assert.match(await refusal(call()), want, title)
    ran += 1
  }
  assert.equal(ran, 15)
})

test('deliveries: each end must be allowed, and the load balancer', async (t) => {
  const { logs, user } = await made(t)
  const { id, deliveryDestinationArn } = await delivered(logs)
  await logs.deleteDelivery({ id })
  const allow = (Action: string | readonly string[], Resource = '*') =>
    ({ Effect: 'Allow', Action, Resource }) as const
  const vended = allow('elasticloadbalancing:AllowVendedLogDeliveryForResource', balancer)
  const arn = (kind: string) => `arn:aws:logs:us-east-1:${here}:${kind}:*`
  const policies = allow(['logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'])
  const put = (client: CloudWatchLogs) => client.putDeliverySource(source)
  const create = (client: CloudWatchLogs) =>
    client.createDelivery({ deliverySourceName: 'shop', deliveryDestinationArn })
  const both = [
    allow('logs:CreateDelivery', arn('delivery')),
    allow('logs:CreateDelivery', arn('delivery-source')),
  ]
  const all = [...both, allow('logs:CreateDelivery', deliveryDestinationArn)]
  const rows = [
    ['no-vended', [allow('logs:*')], put, /AccessDenied.*AllowVendedLogDeliveryForResource/],
    ['vended', [allow('logs:PutDeliverySource', arn('delivery-source')), vended], put, /^no refusal$/],
    ['no-destination', [...both, policies], create, /AccessDenied/],
    ['no-policies', all, create, /AccessDenied.*DescribeResourcePolicies/],
    ['all', [...all, policies], create, /^no refusal$/],
  ] as const
  await logs.deleteResourcePolicy({ policyName: 'AWSLogDeliveryWrite20150319' })
  let ran = 0
  for (const [name, statements, call, want] of rows) {
    assert.match(await refusal(call(await user(name, ...statements))), want, name)
    ran += 1
  }
  assert.equal(ran, 5)
})

test('deliveries: the templates say what can be made', async (t) => {
  const { logs, user } = await made(t)
  const ask = async (input: object) =>
    (await logs.describeConfigurationTemplates(input)).configurationTemplates ?? []
  const [template] = await ask({ logTypes: ['ALB_ACCESS_LOGS'], deliveryDestinationTypes: ['CWL'] })
  assert.deepEqual(template?.allowedOutputFormats, ['plain', 'json'])
  assert.equal(template.allowedFields?.length, accessLogFields.length)
  for (const none of [
    { service: 'cloudfront' },
    { logTypes: ['WAF_LOGS'] },
    { deliveryDestinationTypes: ['S3'] },
  ])
    assert.deepEqual(await ask(none), [])
  const other = { Effect: 'Allow', Action: 'logs:DescribeDeliveries', Resource: '*' } as const
  assert.match(await refusal((await user('other', other)).describeConfigurationTemplates({})), /AccessDenied/)
})
