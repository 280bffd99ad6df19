// Goal: what was accepted reaches each target of each rule that it matched, as the rule says, whatever fails or ends in between; and no
// target that does not let EventBridge in. Method: the rig's services in the place of the targets'; a clock that the test holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemWorld } from '#core/world.ts'
import { deliveries } from './documents.ts'
import { quotas } from './quotas.ts'
import {
  deadQueueArn,
  functionArn,
  here,
  logGroupArn,
  order,
  queueArn,
  region,
  rig,
  startMs,
  topicArn,
} from './rig.test.ts'
import { fireSchedules } from './schedules.ts'

async function ruled(...targets: readonly { readonly Id: string; readonly Arn: string }[]) {
  const made = await rig()
  await made.events.putRule({ Name: 'orders', EventPattern: '{"source":["shop"]}' })
  await made.events.putTargets({ Rule: 'orders', Targets: [...targets] })
  return made
}

test('each target of a rule is given the event in its own way', async () => {
  const { events, given, deliver, waiting } = await ruled(
    { Id: 'f', Arn: functionArn },
    { Id: 'q', Arn: queueArn },
    { Id: 't', Arn: topicArn },
    { Id: 'l', Arn: logGroupArn },
  )
  const { Entries } = await events.putEvents({ Entries: [order(), order({}, { Source: 'other' })] })
  await deliver()
  assert.equal(given.length, 4)
  const event = {
    version: '0',
    id: Entries?.[0]?.EventId,
    'detail-type': 'order',
    source: 'shop',
    account: here,
    time: '2026-01-02T03:04:05Z',
    region,
    resources: [],
    detail: { id: 1 },
  }
  const input = (operation: string) => given.find((one) => one.operation === operation)?.input ?? {}
  assert.deepEqual(JSON.parse(String(input('SendMessage')['MessageBody'])), event)
  assert.deepEqual(JSON.parse(String(input('Publish')['Message'])), event)
  assert.equal(input('Invoke')['InvocationType'], 'Event')
  assert.deepEqual(JSON.parse(Buffer.from(input('Invoke')['Payload'] as Buffer).toString()), event)
  const [line] = input('PutLogEvents')['logEvents'] as { message: string }[]
  assert.deepEqual(JSON.parse(line?.message ?? ''), event)
  assert.deepEqual(new Set(given.map(({ caller }) => caller)), new Set(['service']))
  assert.deepEqual(waiting(), [])
})

test('inputs are what the target says', async () => {
  const rows = [
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    ['a path', { InputPath: '$.detail' }, '{"id":1}'],
    ['a path that leads nowhere', { InputPath: '$.nothing' }, '{}'],
    [
      'a transformer',
      {
        InputTransformer: {
          InputPathsMap: { id: '$.detail.id' },
          InputTemplate: '{"order":<id>,"rule":<aws.events.rule-name>}',
        },
      },
      '{"order":1,"rule":"orders"}',
    ],
  ] as const
  let ran = 0
  for (const [title, how, want] of rows) {
    const { events, given, deliver } = await ruled({ Id: 'q', Arn: queueArn, ...how })
    await events.putEvents({ Entries: [order()] })
    await deliver()
    assert.equal(given[0]?.input['MessageBody'], want, title)
    ran += 1
  }
  assert.equal(ran, 4)
})

test('numbers reach targets as they were put, also those that JavaScript cannot hold', async () => {
  const Detail = '{"id":1234567890123456789,"share":0.12345678901234567890,"far":1e400,"few":1}'
  const InputTransformer = {
    InputPathsMap: { id: '$.detail.id' },
    InputTemplate: '{"order":<id>,"text":"<id>"}',
  }
  const rows = [
    ['whole', {}, `"detail":${Detail}}`],
    ['a path', { InputPath: '$.detail.id' }, '1234567890123456789'],
    ['no path goes into one', { InputPath: '$.detail.id.rawJSON' }, '{}'],
    ['a transformer', { InputTransformer }, '{"order":1234567890123456789,"text":"1234567890123456789"}'],
  ] as const
  for (const [title, how, want] of rows) {
    const { events, given, deliver } = await ruled({ Id: 'q', Arn: queueArn, ...how })
    await events.putEvents({ Entries: [order({}, { Detail })] })
    await deliver()
    const body = String(given[0]?.input['MessageBody'])
    assert.ok(body.endsWith(want), `${title}: ${body}`)
  }
  assert.equal(rows.length, 4)
})

test('what fails is tried again, later and later, until it arrives', async () => {
  const { events, given, control, deliver, waiting, clock } = await ruled({ Id: 'q', Arn: queueArn })
  control.refuse = 'InternalFailure'
  await events.putEvents({ Entries: [order()] })
  await deliver()
  await deliver()
  assert.equal(waiting()[0]?.attempts, 1, 'not before it is due')
  clock.nowMs += 1_000
  await deliver()
  assert.equal(waiting()[0]?.attempts, 2)
  control.refuse = undefined
  clock.nowMs += 2_000
  await deliver()
  assert.equal(given.length, 1)
  assert.deepEqual(waiting(), [])
})

test('what cannot be delivered becomes a dead letter that says why', async () => {
  const rows = [
    [
      'retries used up',
      'InternalFailure',
      { MaximumRetryAttempts: 0 },
      'INTERNAL_ERROR',
      'MaximumRetryAttempts',
    ],
    ['no leave', 'sealed off', undefined, 'NO_PERMISSIONS', undefined],
    [
      'too old',
      'InternalFailure',
      { MaximumEventAgeInSeconds: 60 },
      'INTERNAL_ERROR',
      'MaximumEventAgeInSeconds',
    ],
  ] as const
  let ran = 0
  for (const [title, how, RetryPolicy, code, condition] of rows) {
    const target = { Id: 'q', Arn: topicArn, DeadLetterConfig: { Arn: deadQueueArn }, RetryPolicy }
    const { events, given, control, deliver, waiting, clock } = await ruled(target)
    if (how === 'sealed off') control.sealedOff.add(topicArn)
    else control.refuse = how
    await events.putEvents({ Entries: [order()] })
    await deliver()
    clock.nowMs += 61_000
    await deliver()
    assert.deepEqual(waiting(), [], title)
    assert.deepEqual(
      given.map(({ operation }) => operation),
      ['SendMessage'],
      title,
    )
    const attributes = given[0]?.input['MessageAttributes'] as Record<string, { StringValue: string }>
    const ruleArn = `arn:aws:events:${region}:${here}:rule/orders`
    assert.equal(attributes['RULE_ARN']?.StringValue, ruleArn, title)
    assert.equal(attributes['TARGET_ARN']?.StringValue, topicArn, title)
    assert.equal(attributes['ERROR_CODE']?.StringValue, code, title)
    assert.equal(attributes['EXHAUSTED_RETRY_CONDITION']?.StringValue, condition, title)
    assert.equal(JSON.parse(String(given[0]?.input['MessageBody'])).source, 'shop', title)
    ran += 1
  }
  assert.equal(ran, 3)
})

test('what was accepted is delivered by the next runner', async () => {
  const { events, given, deliver, restart, stop, waiting } = await ruled({ Id: 'q', Arn: queueArn })
  await stop()
  await events.putEvents({ Entries: [order(), order()] })
  assert.equal(waiting().length, 2, 'on disk before the answer')
  await restart()
  await deliver()
  assert.equal(given.length, 2)
  assert.deepEqual(waiting(), [])
})

test('a retry that waits survives a restart', async () => {
  const { events, given, control, deliver, restart, clock } = await ruled({ Id: 'q', Arn: queueArn })
  control.refuse = 'ThrottlingException'
  await events.putEvents({ Entries: [order()] })
  await deliver()
  await restart()
  control.refuse = undefined
  await deliver()
  assert.equal(given.length, 0, 'it waits on')
  clock.nowMs += 1_000
  await deliver()
  assert.equal(given.length, 1)
})

test('a rule hands an event on to another bus as it is, by a role', async () => {
  const { events, given, deliver, iam, waiting } = await rig()
  const { EventBusArn = '' } = await events.createEventBus({ Name: 'orders' })
  await iam.createRole({
    RoleName: 'bridge',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    }),
  })
  const RoleArn = `arn:aws:iam::${here}:role/bridge`
  await events.putRule({ Name: 'on', EventPattern: '{"source":["shop"]}' })
  await events.putTargets({ Rule: 'on', Targets: [{ Id: 'b', Arn: EventBusArn, RoleArn }] })
  await events.putRule({ Name: 'all', EventBusName: 'orders', EventPattern: `{"account":["${here}"]}` })
  const loop = { Id: 'b', Arn: EventBusArn, RoleArn }
  await events.putTargets({
    Rule: 'all',
    EventBusName: 'orders',
    Targets: [{ Id: 'q', Arn: queueArn }, loop],
  })
  await events.putEvents({ Entries: [order()] })
  await deliver()
  assert.equal(given.length, 0, 'the role may not')
  await iam.putRolePolicy({
    RoleName: 'bridge',
    PolicyName: 'only',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Allow', Action: 'events:PutEvents', Resource: EventBusArn },
        Condition: { Bool: { 'events:eventBusInvocation': 'true' } },
      },
    }),
  })
  const { Entries } = await events.putEvents({ Entries: [order()] })
  for (let round = 0; round < 4; round += 1) await deliver()
  const bodies = given.map(({ input }) => JSON.parse(String(input['MessageBody'])) as { id: string })
  assert.deepEqual(new Set(bodies.map(({ id }) => id)), new Set([Entries?.[0]?.EventId]))
  assert.equal(bodies.length, 5, 'a ring of rules comes to an end')
  assert.deepEqual(waiting(), [])
})

test('schedules fire when they are due, once, and after a stop once for all that was missed', async () => {
  const { events, given, deliver, clock, restart, stop } = await rig()
  await events.putRule({ Name: 'minutely', ScheduleExpression: 'rate(1 minute)' })
  await events.putTargets({ Rule: 'minutely', Targets: [{ Id: 'q', Arn: queueArn }] })
  await deliver()
  assert.equal(given.length, 0)
  clock.nowMs = startMs + 60_000
  await deliver()
  await deliver()
  assert.equal(given.length, 1)
  const event = JSON.parse(String(given[0]?.input['MessageBody'])) as Record<string, unknown>
  assert.equal(event['detail-type'], 'Scheduled Event')
  assert.equal(event['source'], 'aws.events')
  assert.deepEqual(event['resources'], [`arn:aws:events:${region}:${here}:rule/minutely`])
  await stop()
  clock.nowMs += 10 * 60_000
  await restart()
  await deliver()
  assert.equal(given.length, 2)
  await events.disableRule({ Name: 'minutely' })
  clock.nowMs += 10 * 60_000
  await deliver()
  assert.equal(given.length, 2, 'a disabled one does not')
})

test('management events reach the default bus; reads only where a rule asks for them', async () => {
  const { events, given, deliver, iam, user } = await rig()
  await events.putRule({
    Name: 'iam',
    EventPattern: '{"source":["aws.iam"],"detail":{"eventName":["CreateUser","ListUsers"]}}',
  })
  await events.putTargets({ Rule: 'iam', Targets: [{ Id: 'q', Arn: queueArn }] })
  const names = () =>
    given.map(({ input }) => {
      const { detail, ...event } = JSON.parse(String(input['MessageBody'])) as {
        'detail-type': string
        detail: { eventName: string; errorCode?: string }
      }
      assert.equal(event['detail-type'], 'AWS API Call via CloudTrail')
      return detail.eventName + (detail.errorCode === undefined ? '' : ` ${detail.errorCode}`)
    })
  await iam.createUser({ UserName: 'one' })
  await iam.listUsers({})
  await deliver()
  assert.deepEqual(names(), ['CreateUser'])
  const State = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
  await events.putRule({
    Name: 'iam',
    State,
    EventPattern: '{"source":["aws.iam"],"detail":{"eventName":["ListUsers"]}}',
  })
  await iam.listUsers({})
  await deliver()
  assert.deepEqual(names(), ['CreateUser', 'ListUsers'])
  const nobody = await user('nobody', { Effect: 'Deny', Action: '*', Resource: '*' })
  await events.putRule({ Name: 'iam', EventPattern: '{"detail":{"errorCode":[{"prefix":"AccessDenied"}]}}' })
  await assert.rejects(nobody.putRule({ Name: 'x', EventPattern: '{"source":["a"]}' }))
  await deliver()
  assert.deepEqual(names().slice(2), ['PutRule AccessDenied'], 'a denied call too')
})

test('putting events is no event: a rule on everything comes to rest', async () => {
  const { events, given, deliver } = await rig()
  const State = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
  await events.putRule({ Name: 'all', State, EventPattern: `{"account":["${here}"]}` })
  const Targets = [
    { Id: 'q', Arn: queueArn },
    { Id: 'l', Arn: logGroupArn },
  ]
  await events.putTargets({ Rule: 'all', Targets })
  await deliver()
  given.length = 0
  await events.putEvents({ Entries: [order()] })
  for (let round = 0; round < 3; round += 1) await deliver()
  assert.equal(given.length, 2)
})

test('an account has a bounded number of deliveries that wait; what is more is refused, and nothing of it written', async () => {
  const { events, store, stop, waiting } = await ruled({ Id: 'q', Arn: queueArn })
  await stop()
  await events.putEvents({ Entries: [order()] })
  const [delivery] = waiting()
  assert.ok(delivery)
  await store.transact((tx) => {
    for (let at = 2; at < quotas.deliveries; at += 1)
      tx.put(deliveries, { account: here, region }, `d${at}`, delivery)
  })
  const first = await events.putEvents({ Entries: [order(), order()] })
  assert.equal(first.FailedEntryCount, 1)
  assert.deepEqual(
    first.Entries?.map(({ ErrorCode }) => ErrorCode),
    [undefined, 'ThrottlingException'],
  )
  assert.equal(waiting().length, quotas.deliveries)
})

test('while too many deliveries wait, a schedule waits too, and its run is not lost', async () => {
  const { events, store, stop, waiting, clock } = await rig()
  await events.putRule({ Name: 'minutely', ScheduleExpression: 'rate(1 minute)' })
  await events.putTargets({ Rule: 'minutely', Targets: [{ Id: 'q', Arn: queueArn }] })
  await stop()
  const { randomBytes } = systemWorld()
  const world = { nowMs: () => clock.nowMs, randomBytes }
  clock.nowMs += 60_000
  await fireSchedules(store, world)
  const [run] = waiting()
  assert.ok(run)
  await store.transact((tx) => {
    for (let at = 1; at < quotas.deliveries; at += 1)
      tx.put(deliveries, { account: here, region }, `d${at}`, run)
  })
  clock.nowMs += 60_000
  await fireSchedules(store, world)
  assert.equal(waiting().length, quotas.deliveries, 'there is no room')
  await store.transact((tx) => tx.delete(deliveries, { account: here, region }, 'd1'))
  await fireSchedules(store, world)
  assert.equal(waiting().length, quotas.deliveries, 'now there is')
  await store.transact((tx) => tx.delete(deliveries, { account: here, region }, 'd2'))
  await fireSchedules(store, world)
  assert.equal(waiting().length, quotas.deliveries - 1, 'once')
})

test('a log stream is made once, and again where it is gone', async () => {
  const { events, given, control, deliver } = await ruled({ Id: 'l', Arn: logGroupArn })
  await events.putEvents({ Entries: [order(), order(), order()] })
  await deliver()
  await events.putEvents({ Entries: [order()] })
  await deliver()
  assert.equal(given.length, 4)
  assert.equal(control.streamsAsked, 1)
  control.streams.clear()
  await events.putEvents({ Entries: [order()] })
  await deliver()
  assert.equal(given.length, 5)
  assert.equal(control.streamsAsked, 2)
})
