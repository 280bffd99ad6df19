// Goal: buses, rules, targets, tags and policies are kept and shown as AWS's are, each call only by whom it is allowed to; entries fail one by
// one. Method: AWS's own client in process; rows of refusals with the words they are refused with.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  functionArn,
  here,
  logGroupArn,
  order,
  queueArn,
  refusal,
  region,
  rig,
  there,
  topicArn,
} from './rig.test.ts'

const defaultArn = `arn:aws:events:${region}:${here}:event-bus/default`

test('buses: the default one is there, others come and go', async () => {
  const { events } = await rig()
  const { EventBusArn } = await events.createEventBus({
    Name: 'shop',
    Description: 'one',
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  assert.equal(EventBusArn, `arn:aws:events:${region}:${here}:event-bus/shop`)
  const { EventBuses = [] } = await events.listEventBuses({})
  assert.deepEqual(
    EventBuses.map(({ Name }) => Name),
    ['default', 'shop'],
  )
  const first = await events.listEventBuses({ Limit: 1 })
  const rest = await events.listEventBuses({ Limit: 1, NextToken: first.NextToken })
  assert.deepEqual(
    [first, rest].map(({ EventBuses: page = [] }) => page.map(({ Name }) => Name)),
    [['default'], ['shop']],
  )
  assert.equal(rest.NextToken, undefined)
  await events.updateEventBus({ Name: 'shop', Description: 'two' })
  assert.equal((await events.describeEventBus({ Name: EventBusArn })).Description, 'two')
  assert.equal((await events.describeEventBus({})).Arn, defaultArn)
  assert.deepEqual((await events.listTagsForResource({ ResourceARN: EventBusArn })).Tags, [
    { Key: 'a', Value: 'b' },
  ])
  await events.putRule({ Name: 'r', EventBusName: 'shop', EventPattern: '{"source":["a"]}' })
  assert.match(await refusal(events.deleteEventBus({ Name: 'shop' })), /^ValidationException: .*has rules/)
  await events.deleteRule({ Name: 'r', EventBusName: 'shop' })
  await events.deleteEventBus({ Name: 'shop' })
  assert.match(
    await refusal(events.describeEventBus({ Name: 'shop' })),
    /^ResourceNotFoundException: Event bus shop does not exist/,
  )
})

test('rules: put again, what is left out is not kept, but targets and tags are', async () => {
  const { events } = await rig()
  const EventPattern = '{"source":["shop"]}'
  const { RuleArn = '' } = await events.putRule({
    Name: 'r',
    EventPattern,
    Description: 'd',
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  await events.putTargets({
    Rule: 'r',
    Targets: [
      { Id: 'q', Arn: queueArn },
      { Id: 'f', Arn: functionArn },
    ],
  })
  await events.putRule({ Name: 'r', EventPattern, State: 'DISABLED' })
  const shown = await events.describeRule({ Name: 'r' })
  assert.deepEqual([shown.Description, shown.State, shown.CreatedBy], [undefined, 'DISABLED', here])
  const { Targets = [] } = await events.listTargetsByRule({ Rule: 'r' })
  assert.deepEqual(
    Targets.map(({ Id }) => Id),
    ['f', 'q'],
  )
  assert.deepEqual((await events.listTagsForResource({ ResourceARN: RuleArn })).Tags, [
    { Key: 'k', Value: 'v' },
  ])
  await events.enableRule({ Name: 'r' })
  assert.equal((await events.listRules({ NamePrefix: 'r' })).Rules?.[0]?.State, 'ENABLED')
  assert.deepEqual((await events.listRuleNamesByTarget({ TargetArn: queueArn })).RuleNames, ['r'])
  assert.match(await refusal(events.deleteRule({ Name: 'r' })), /has targets/)
  const removed = await events.removeTargets({ Rule: 'r', Ids: ['q', 'f', 'x'] })
  assert.deepEqual([removed.FailedEntryCount, removed.FailedEntries?.[0]?.TargetId], [1, 'x'])
  await events.tagResource({ ResourceARN: RuleArn, Tags: [{ Key: 'n', Value: 'm' }] })
  await events.untagResource({ ResourceARN: RuleArn, TagKeys: ['k'] })
  assert.deepEqual((await events.listTagsForResource({ ResourceARN: RuleArn })).Tags, [
    { Key: 'n', Value: 'm' },
  ])
  await events.deleteRule({ Name: 'r' })
  assert.match(
    await refusal(events.describeRule({ Name: 'r' })),
    /^ResourceNotFoundException: Rule r does not exist on EventBus default/,
  )
})

test('what would not work is refused when it is put', async () => {
  const { events } = await rig()
  await events.putRule({ Name: 'r', EventPattern: '{"source":["shop"]}' })
  await events.createEventBus({ Name: 'shop' })
  const put = (target: object) =>
    events.putTargets({ Rule: 'r', Targets: [{ Id: 'q', Arn: queueArn, ...target }] })
  const patternOf = (length: number) => `{"source":["${'x'.repeat(length - 15)}"]}`
  assert.equal(patternOf(2_048).length, 2_048)
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['neither pattern nor schedule', () => events.putRule({ Name: 'x' }), /must be specified/],
    [
      'no pattern',
      () => events.putRule({ Name: 'x', EventPattern: '{"source":"a"}' }),
      /^InvalidEventPatternException: Event pattern is not valid/,
    ],
    [
      'a pattern of 2,049 characters',
      () => events.putRule({ Name: 'x', EventPattern: patternOf(2_049) }),
      /^InvalidEventPatternException: Event pattern is not valid/,
    ],
    [
      'a pattern of 4,097 characters',
      () => events.putRule({ Name: 'x', EventPattern: patternOf(4_097) }),
      /^ValidationException/,
    ],
    [
      'a pattern that takes too much',
      () =>
        events.putRule({ Name: 'x', EventPattern: JSON.stringify({ a: [{ wildcard: '*a'.repeat(200) }] }) }),
      /^InvalidEventPatternException: .*Rule is too complex/,
    ],
    [
      'no schedule',
      () => events.putRule({ Name: 'x', ScheduleExpression: 'rate(1 minutes)' }),
      /ScheduleExpression is not valid/,
    ],
    [
      "Scheduler's schedule",
      () => events.putRule({ Name: 'x', ScheduleExpression: 'at(2030-01-01T00:00:00)' }),
      /ScheduleExpression is not valid/,
    ],
    [
      'a schedule on another bus',
      () => events.putRule({ Name: 'x', EventBusName: 'shop', ScheduleExpression: 'rate(5 minutes)' }),
      /default event bus/,
    ],
    [
      'a bus that is not there',
      () => events.putRule({ Name: 'x', EventBusName: 'no', EventPattern: '{"source":["a"]}' }),
      /^ResourceNotFoundException/,
    ],
    [
      'a target of no kind',
      () => put({ Arn: 'arn:aws:kinesis:us-east-1:111122223333:stream/s' }),
      /Arn is not valid/,
    ],
    [
      'a target in another Region',
      () => put({ Arn: queueArn.replace('us-east-1', 'eu-west-1') }),
      /Region of its rule/,
    ],
    [
      'parameters without effect',
      () => put({ KinesisParameters: { PartitionKeyPath: '$.id' } }),
      /not supported/,
    ],
    [
      'a log group by a role',
      () => put({ Arn: logGroupArn, RoleArn: `arn:aws:iam::${here}:role/any` }),
      /RoleArn is not supported/,
    ],
    [
      'an input for another bus',
      () => put({ Arn: defaultArn, RoleArn: `arn:aws:iam::${here}:role/any`, InputPath: '$.detail' }),
      /InputPath is not supported/,
    ],
    ['a FIFO topic', () => put({ Arn: `${topicArn}.fifo` }), /A FIFO topic is no target/],
    ['two inputs', () => put({ Input: '{}', InputPath: '$.a' }), /Only one of/],
    ['an input that is no JSON', () => put({ Input: '{' }), /JSON syntax error/],
    [
      'a FIFO queue without a group',
      () => put({ Arn: `${queueArn}.fifo` }),
      /SqsParameters must be specified/,
    ],
    ['a bus of the account without a role', () => put({ Arn: defaultArn }), /RoleArn is required/],
    ['dead letters to no queue', () => put({ DeadLetterConfig: { Arn: functionArn } }), /DeadLetterConfig/],
    [
      'a rule that is not there',
      () => events.putTargets({ Rule: 'no', Targets: [{ Id: 'q', Arn: queueArn }] }),
      /^ResourceNotFoundException: Rule no/,
    ],
    [
      'a bus with a key',
      () => events.createEventBus({ Name: 'k', KmsKeyIdentifier: 'alias/k' }),
      /KmsKeyIdentifier is not supported/,
    ],
    [
      'more than five targets',
      () =>
        events.putTargets({
          Rule: 'r',
          Targets: [1, 2, 3, 4, 5, 6].map((n) => ({ Id: String(n), Arn: queueArn })),
        }),
      /^LimitExceededException/,
    ],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 23)
  await events.putRule({ Name: 'x', EventPattern: patternOf(2_048) })
})

test('entries of PutEvents fail one by one', async () => {
  const { events } = await rig()
  const rows = [
    [order(), undefined],
    [order({}, { Source: undefined }), 'InvalidArgument'],
    [order({}, { DetailType: undefined }), 'InvalidArgument'],
    [order({}, { Detail: undefined }), 'InvalidArgument'],
    [order({}, { Detail: '{' }), 'MalformedDetail'],
    [order({}, { Detail: '[1]' }), 'MalformedDetail'],
    [order({}, { Source: 'aws.iam' }), 'NotAuthorizedForSourceException'],
    [order({}, { EventBusName: 'nowhere' }), undefined],
  ] as const
  const { FailedEntryCount, Entries = [] } = await events.putEvents({ Entries: rows.map(([entry]) => entry) })
  assert.deepEqual(
    Entries.map(({ ErrorCode }) => ErrorCode),
    rows.map(([, code]) => code),
  )
  assert.equal(FailedEntryCount, 6)
  assert.equal(rows.length, 8)
  assert.match(Entries[0]?.EventId ?? '', /^[0-9a-f-]{36}$/)
  const large = (bytes: number) =>
    events.putEvents({ Entries: [order({}, { Detail: JSON.stringify({ a: 'x'.repeat(bytes) }) })] })
  assert.match(await refusal(large(262_144)), /^ValidationException: Total size of the entries/)
  assert.equal((await large(262_000)).FailedEntryCount, 0)
})

test('a detail that is nested deeper than AWS reads is malformed, and no bug', async () => {
  const { events } = await rig()
  const nested = (depth: number) => order({}, { Detail: `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}` })
  const { Entries = [] } = await events.putEvents({ Entries: [nested(999), nested(1_000), nested(50_000)] })
  assert.deepEqual(
    Entries.map(({ ErrorCode }) => ErrorCode),
    [undefined, 'MalformedDetail', 'MalformedDetail'],
  )
})

test('a rule of another Region is not meant by one of the same name', async () => {
  const { events } = await rig()
  await events.putRule({ Name: 'r', EventPattern: '{"source":["a"]}' })
  await events.deleteRule({ Name: 'r', EventBusName: defaultArn.replace(region, 'eu-west-1') })
  assert.equal((await events.describeRule({ Name: 'r' })).Name, 'r')
})

test('an event for a global endpoint is refused: there are none', async () => {
  const { events } = await rig()
  // The client would ask for another way of signing.
  events.middlewareStack.add(
    (next) => (given) => {
      const request = given.request as { body: string | Uint8Array; headers: Record<string, string> } // Of this client.
      const asked = JSON.parse(Buffer.from(request.body).toString()) as object
      request.body = JSON.stringify({ ...asked, EndpointId: 'abcde.veo' })
      request.headers['content-length'] = String(request.body.length)
      return next(given)
    },
    { step: 'build', priority: 'low' },
  )
  assert.match(await refusal(events.putEvents({ Entries: [order()] })), /EndpointId is not supported/)
})

test('a policy keeps its version when statements come and go', async () => {
  const { events } = await rig()
  const Statement = {
    ...{ Sid: 'own', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${there}:root` } },
    ...{ Action: 'events:PutEvents', Resource: defaultArn },
  }
  await events.putPermission({ Policy: JSON.stringify({ Version: '2008-10-17', Id: 'one', Statement }) })
  const kept = async () => {
    const { Version, Id } = JSON.parse((await events.describeEventBus({})).Policy ?? '') as Record<
      string,
      string
    >
    return [Version, Id]
  }
  await events.putPermission({ Action: 'events:PutEvents', Principal: there, StatementId: 'there' })
  assert.deepEqual(await kept(), ['2008-10-17', 'one'])
  await events.removePermission({ StatementId: 'there' })
  assert.deepEqual(await kept(), ['2008-10-17', 'one'])
})

test('TestEventPattern', async () => {
  const { events } = await rig()
  const Event = JSON.stringify({
    id: '1',
    account: here,
    source: 'a',
    time: '2026-01-02T03:04:05Z',
    region,
    resources: [],
    'detail-type': 't',
  })
  assert.equal((await events.testEventPattern({ EventPattern: '{"source":["a"]}', Event })).Result, true)
  assert.equal((await events.testEventPattern({ EventPattern: '{"source":["b"]}', Event })).Result, false)
  assert.match(
    await refusal(events.testEventPattern({ EventPattern: '{}', Event: '{' })),
    /^(InvalidEventPattern|Validation)Exception/,
  )
})

test("another account puts events onto a bus only if the bus' policy and its own let it", async () => {
  const { events, elsewhere, given, deliver } = await rig()
  await events.putRule({ Name: 'r', EventPattern: '{"source":["shop"]}' })
  await events.putTargets({ Rule: 'r', Targets: [{ Id: 'q', Arn: queueArn }] })
  const put = () => elsewhere.putEvents({ Entries: [order({}, { EventBusName: defaultArn })] })
  assert.match(await refusal(put()), /^AccessDeniedException/)
  await events.putPermission({ Action: 'events:PutEvents', Principal: there, StatementId: 'there' })
  assert.match((await events.describeEventBus({})).Policy ?? '', /444455556666/)
  await put()
  await deliver()
  assert.equal((JSON.parse(String(given[0]?.input['MessageBody'])) as { account: string }).account, there)
  await events.removePermission({ StatementId: 'there' })
  assert.match(await refusal(put()), /^AccessDeniedException/)
  assert.match(await refusal(events.removePermission({ StatementId: 'there' })), /^ResourceNotFoundException/)
})

test('each operation needs its own leave', async () => {
  const { events, user } = await rig()
  await events.putRule({ Name: 'r', EventPattern: '{"source":["shop"]}' })
  await events.putRule({ Name: 'other', EventPattern: '{"source":["shop"]}' })
  const rule = `arn:aws:events:${region}:${here}:rule/r`
  const some = await user(
    'some',
    {
      Effect: 'Allow',
      Action: ['events:PutTargets'],
      Resource: rule,
      Condition: { ArnEquals: { 'events:TargetArn': queueArn } },
    },
    {
      Effect: 'Allow',
      Action: ['events:PutRule'],
      Resource: '*',
      Condition: { StringEquals: { 'events:source': 'shop' } },
    },
    {
      Effect: 'Allow',
      Action: ['events:PutEvents'],
      Resource: '*',
      Condition: { StringEquals: { 'events:source': 'shop' } },
    },
  )
  const handing = await user('handing', {
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource: '*',
    Condition: { Bool: { 'events:eventBusInvocation': 'true' } },
  })
  const either = (name: string) => `"$or":[{"${name}":["bank"]},{"${name}":["mint"]}]`
  const denied = /^AccessDeniedException/
  const fine = /^no refusal/
  const RoleArn = `arn:aws:iam::${here}:role/any`
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'the target that is named',
      () => some.putTargets({ Rule: 'r', Targets: [{ Id: 'q', Arn: queueArn }] }),
      fine,
    ],
    [
      'another target',
      () => some.putTargets({ Rule: 'r', Targets: [{ Id: 'q', Arn: functionArn }] }),
      denied,
    ],
    ['another rule', () => some.putTargets({ Rule: 'other', Targets: [{ Id: 'q', Arn: queueArn }] }), denied],
    [
      'a role that it may not pass',
      () => some.putTargets({ Rule: 'r', Targets: [{ Id: 'q', Arn: queueArn, RoleArn }] }),
      denied,
    ],
    [
      'a rule on the source that is named',
      () => some.putRule({ Name: 's', EventPattern: '{"source":["shop"]}' }),
      fine,
    ],
    ['a rule on another', () => some.putRule({ Name: 's', EventPattern: '{"source":["bank"]}' }), denied],
    [
      'a rule on that and any other',
      () => some.putRule({ Name: 's', EventPattern: '{"source":["shop",{"prefix":""}]}' }),
      denied,
    ],
    [
      'a rule on another, behind the one that is named',
      () => some.putRule({ Name: 's', EventPattern: `{"source":["shop"],${either('source')}}` }),
      denied,
    ],
    [
      'a rule on the source, and on either of others',
      () => some.putRule({ Name: 's', EventPattern: `{"source":["shop"],${either('detail-type')}}` }),
      fine,
    ],
    ['events of the source', () => some.putEvents({ Entries: [order()] }), fine],
    ['events that no rule hands on', () => handing.putEvents({ Entries: [order()] }), denied],
    [
      'events of another',
      () => some.putEvents({ Entries: [order(), order({}, { Source: 'bank' })] }),
      denied,
    ],
    ['what it was not given', () => some.deleteRule({ Name: 'r' }), denied],
    ['a look at a rule that is not there', () => some.describeRule({ Name: 'no' }), denied],
    ['a list', () => some.listRules({}), denied],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 15)
})
