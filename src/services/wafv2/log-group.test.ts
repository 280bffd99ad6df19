// Goal: a web ACL's log arrives in its log group, in AWS's streams, and only while a resource policy lets the delivery in.
// Method: AWS's own clients configure it; lines as the edge tells them go to the runner, which writes through the whole pipeline.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Arn } from '#core/arn.ts'
import { createLogDelivery } from '../logs/delivery-runner.ts'
import { wafLogDestination } from './guarded.ts'
import { here, made, refusal, rig, startMs, visibility } from './rig.test.ts'

const logGroupName = 'aws-waf-logs-shop'
const group = `arn:aws:logs:us-east-1:${here}:log-group:${logGroupName}`

async function logging(t: TestContext) {
  const cloud = await rig(t)
  const { admin, logs, callAsService, store, clock } = cloud
  await logs.createLogGroup({ logGroupName })
  const { ARN: ResourceArn } = made(
    await admin.createWebACL({
      ...{ Name: 'acl', Scope: 'REGIONAL' },
      ...{ DefaultAction: { Allow: {} }, VisibilityConfig: visibility('acl') },
    }),
  )
  const told: string[] = []
  let tick: () => void = () => undefined
  const delivery = createLogDelivery({
    read: store.read,
    world: { nowMs: () => clock.nowMs, every: (_ms, work) => ((tick = work), () => undefined) },
    callAsService,
    destinationOf: wafLogDestination('aws'),
    log: ({ event, why = '', lines = '' }) => told.push(`${event} ${String(why)}${String(lines)}`),
  })
  return {
    ...cloud,
    ResourceArn,
    told,
    delivery,
    tick: () => tick(),
    put: (client = admin, arn = group) =>
      client.putLoggingConfiguration({
        LoggingConfiguration: { ResourceArn, LogDestinationConfigs: [arn] },
      }),
    tell: (...lines: readonly (readonly [number, string])[]) =>
      delivery.take([{ source: ResourceArn as Arn, lines }]), // An ARN that a creation answered.
    found: async () => (await logs.filterLogEvents({ logGroupName })).events ?? [],
  }
}

test('lines arrive in the group, in order, in a stream of the region and the web ACL', async (t) => {
  const { put, tell, delivery, found, told, logs, guards, ResourceArn } = await logging(t)
  await put()
  const [part] = guards(ResourceArn)
  assert.ok(part?.kind === 'web-acl' && part.value.logging && !part.value.logging.place)
  tell([startMs + 2, 'second'], [startMs + 1, 'first'])
  await delivery.close()
  assert.deepEqual(
    (await found()).map(({ logStreamName, timestamp, message }) => [logStreamName, timestamp, message]),
    [
      ['us-east-1_acl_0', startMs + 1, 'first'],
      ['us-east-1_acl_0', startMs + 2, 'second'],
    ],
  )
  assert.deepEqual(told, [])
  const { resourcePolicies = [] } = await logs.describeResourcePolicies({})
  assert.deepEqual(
    resourcePolicies.map(({ policyName }) => policyName),
    ['AWSWAF-LOGS'],
  )
  assert.deepEqual(JSON.parse(resourcePolicies[0]?.policyDocument ?? ''), {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AWSLogDeliveryWrite20150319',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [`${group}:log-stream:*`],
        Condition: {
          StringEquals: { 'aws:SourceAccount': here },
          ArnLike: { 'aws:SourceArn': `arn:aws:logs:us-east-1:${here}:*` },
        },
      },
    ],
  })
})

test('the policy is written once for a group, and holds all groups', async (t) => {
  const { put, logs } = await logging(t)
  await put()
  await put(undefined, `${group}:*`)
  await logs.createLogGroup({ logGroupName: 'aws-waf-logs-other' })
  await put(undefined, group.replace('shop', 'other'))
  const { resourcePolicies = [] } = await logs.describeResourcePolicies({})
  const { Statement } = JSON.parse(resourcePolicies[0]?.policyDocument ?? '{}') as {
    Statement: readonly { Resource: unknown }[]
  } // As it was written.
  assert.deepEqual(Statement[0]?.Resource, [
    `${group}:log-stream:*`,
    `${group.replace('shop', 'other')}:log-stream:*`,
  ])
  assert.deepEqual([resourcePolicies.length, Statement.length], [1, 1])
})

test('what the policy keeps out waits, and arrives once it is let in', async (t) => {
  const { put, tell, delivery, found, told, logs, clock, tick } = await logging(t)
  await put()
  await logs.deleteResourcePolicy({ policyName: 'AWSWAF-LOGS' })
  tell([startMs, 'early'])
  tick()
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual([await found(), told], [[], ['log-not-delivered AccessDenied']])
  tick()
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(told.length, 1, 'it is not asked again at once')
  await put()
  clock.nowMs += 1_000
  tell([startMs + 1, 'late'])
  await delivery.close()
  assert.deepEqual(
    (await found()).map(({ message }) => message),
    ['early', 'late'],
  )
})

test('memory is bounded: what waits beyond it is lost, and told', async (t) => {
  const { put, tell, delivery, told, logs } = await logging(t)
  await put()
  await logs.deleteLogGroup({ logGroupName })
  const line = 'x'.repeat(1_000_000)
  for (let at = 0; at < 80; at += 1) tell([startMs + at, line])
  await delivery.close()
  assert.deepEqual(told, [
    'log-lines-dropped 13',
    'log-not-delivered ResourceNotFoundException',
    'log-lines-dropped 67',
  ])
})

test('without a log’s configuration nothing is written, whatever the edge tells', async (t) => {
  const { tell, delivery, found, told } = await logging(t)
  tell([startMs, 'nobody asked'])
  await delivery.close()
  assert.deepEqual([await found(), told], [[], []])
})

test('whoever sets it needs the permissions that AWS names', async (t) => {
  const { put, user, admin, ResourceArn } = await logging(t)
  const waf = { Effect: 'Allow', Action: 'wafv2:*', Resource: '*' } as const
  const create = { ...waf, Action: 'logs:CreateLogDelivery' }
  const policies = { ...waf, Action: ['logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'] }
  const rows = [
    ['waf', [waf], /^AccessDeniedException: .*logs:CreateLogDelivery/],
    ['no-policies', [waf, create], /^WAFLogDestinationPermissionIssueException/],
    ['no-delivery', [waf, policies], /^AccessDeniedException: .*logs:CreateLogDelivery/],
    ['all', [waf, create, policies], /^no refusal$/],
  ] as const
  let ran = 0
  for (const [name, statements, want] of rows) {
    assert.match(await refusal(put(await user(name, ...statements))), want, name)
    ran += 1
  }
  assert.equal(ran, 4)
  await admin.deleteLoggingConfiguration({ ResourceArn })
})
