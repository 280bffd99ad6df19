// Goal: groups, schedules and tags are kept and shown as AWS's are, each call only by whom it is allowed to, and what would have no effect is
// refused. Method: signed requests in process; rows of refusals with the words they are refused with.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateScheduleInput, Operations } from '#models/scheduler.d.ts'
import {
  busArn,
  deadQueueArn,
  functionArn,
  here,
  minute,
  queueArn,
  refusal,
  region,
  rig,
  roleArn,
  startMs,
  there,
  topicArn,
} from './rig.test.ts'

const groupArnOf = (name: string) => `arn:aws:scheduler:${region}:${here}:schedule-group/${name}`
const OFF = { Mode: 'OFF' } as const

test('a schedule is shown as it was made, with what was left out', async () => {
  const { create, call } = await rig()
  assert.deepEqual(await create('least', 'rate(1 hour)'), {
    ScheduleArn: `arn:aws:scheduler:${region}:${here}:schedule/default/least`,
  })
  const least = await call('GetSchedule', { Name: 'least' })
  assert.deepEqual(
    [least.State, least.ScheduleExpressionTimezone, least.ActionAfterCompletion, least.GroupName],
    ['ENABLED', 'UTC', 'NONE', 'default'],
  )
  assert.deepEqual(least.Target?.RetryPolicy, { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 })
  await call('CreateScheduleGroup', { Name: 'g' })
  const more = {
    GroupName: 'g',
    Description: 'd',
    State: 'DISABLED',
    StartDate: new Date(startMs + minute),
    EndDate: new Date(startMs + 9 * minute),
    ScheduleExpressionTimezone: 'Europe/Berlin',
    ActionAfterCompletion: 'DELETE',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
    Target: {
      ...{ Arn: queueArn, RoleArn: roleArn, Input: 'i', DeadLetterConfig: { Arn: deadQueueArn } },
      RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
    },
  } as const
  await create('most', 'cron(0 8 * * ? *)', more)
  const { CreationDate, LastModificationDate, ...most } = await call('GetSchedule', {
    Name: 'most',
    GroupName: 'g',
  })
  assert.equal(CreationDate?.getTime(), startMs)
  assert.equal(LastModificationDate?.getTime(), startMs)
  const Arn = `arn:aws:scheduler:${region}:${here}:schedule/g/most`
  assert.deepEqual(defined(most), { ...more, Arn, Name: 'most', ScheduleExpression: 'cron(0 8 * * ? *)' })
})

/** Without members that are not there. */
function defined(value: object): unknown {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
}

test('put anew, what is left out is not kept; a rate keeps its pace', async () => {
  const { create, call, at, given } = await rig()
  await create('one', 'rate(10 minutes)', { Description: 'd', State: 'ENABLED' })
  await at(0)
  const update = (more: Partial<CreateScheduleInput>) =>
    call('UpdateSchedule', {
      ...{ Name: 'one', ScheduleExpression: 'rate(10 minutes)', FlexibleTimeWindow: OFF },
      ...{ Target: { Arn: queueArn, RoleArn: roleArn, Input: 'new' }, ...more },
    })
  await at(4 * minute)
  await update({})
  assert.equal((await call('GetSchedule', { Name: 'one' })).Description, undefined)
  await at(9 * minute)
  assert.equal(given.length, 1)
  await at(10 * minute)
  assert.equal(given.length, 2)
  await update({ State: 'DISABLED' })
  await at(25 * minute)
  await update({})
  await at(29 * minute)
  assert.equal(given.length, 2, 'not what was meanwhile')
  await at(30 * minute)
  assert.equal(given.length, 3)
  await update({ ScheduleExpression: 'rate(7 minutes)' })
  await at(30 * minute)
  assert.equal(given.length, 4, 'another pace begins at once')
})

test('a one-time schedule whose time is past can be changed, but for its time', async () => {
  const { create, call, at, given } = await rig()
  const ScheduleExpression = 'at(2026-01-02T03:10:00)'
  await create('one', ScheduleExpression)
  await at(10 * minute)
  const Target = { Arn: queueArn, RoleArn: roleArn }
  const more = { Name: 'one', FlexibleTimeWindow: OFF, Target }
  await call('UpdateSchedule', { ...more, ScheduleExpression, Description: 'done' })
  await at(20 * minute)
  assert.equal(given.length, 1)
  assert.match(
    await refusal(call('UpdateSchedule', { ...more, ScheduleExpression: 'at(2026-01-02T03:11:00)' })),
    /^ValidationException: .* It is in the past/,
  )
})

test('asked again with the same token it is done once; with another, or otherwise, it is a conflict', async () => {
  const { create, call, clock } = await rig()
  const first = await create('one', 'rate(1 hour)', { ClientToken: 't' })
  clock.nowMs += minute
  assert.deepEqual(await create('one', 'rate(1 hour)', { ClientToken: 't' }), first)
  assert.equal((await call('GetSchedule', { Name: 'one' })).LastModificationDate?.getTime(), startMs)
  for (const [expression, ClientToken] of [
    ['rate(1 hour)', 'u'],
    ['rate(2 hours)', 't'],
    ['rate(1 hour)', undefined],
  ] as const)
    assert.equal(
      await refusal(create('one', expression, { ClientToken })),
      'ConflictException: Schedule one already exists.',
    )
  const update = (ScheduleExpression: string, ClientToken: string) =>
    call('UpdateSchedule', {
      ...{ Name: 'one', ScheduleExpression, FlexibleTimeWindow: OFF, ClientToken },
      Target: { Arn: queueArn, RoleArn: roleArn },
    })
  await update('rate(2 hours)', 'v')
  await update('rate(2 hours)', 'v')
  assert.match(await refusal(update('rate(3 hours)', 'v')), /^ConflictException: The ClientToken is that of/)
  await update('rate(3 hours)', 'w')
  assert.equal((await call('GetSchedule', { Name: 'one' })).ScheduleExpression, 'rate(3 hours)')
  const group = { Name: 'g', ClientToken: 't' }
  await call('CreateScheduleGroup', group)
  await call('CreateScheduleGroup', group)
  assert.equal(
    await refusal(call('CreateScheduleGroup', { Name: 'g' })),
    'ConflictException: Schedule group g already exists.',
  )
})

test('lists are by group, prefix and state, page by page', async () => {
  const { create, call } = await rig()
  await call('CreateScheduleGroup', { Name: 'g' })
  for (const name of ['a1', 'a2', 'b1']) await create(name, 'rate(1 hour)', { GroupName: 'g' })
  await create('a3', 'rate(1 hour)', { State: 'DISABLED' })
  const names = async (input: Operations['ListSchedules']['input']) =>
    (await call('ListSchedules', input)).Schedules.map(({ Name }) => Name)
  assert.deepEqual(await names({}), ['a3', 'a1', 'a2', 'b1'])
  assert.deepEqual(await names({ GroupName: 'g', NamePrefix: 'a' }), ['a1', 'a2'])
  assert.deepEqual(await names({ NamePrefix: 'a' }), ['a3', 'a1', 'a2'])
  assert.deepEqual(await names({ State: 'DISABLED' }), ['a3'])
  const first = await call('ListSchedules', { MaxResults: 3 })
  assert.equal(first.Schedules.length, 3)
  assert.deepEqual(await names({ NextToken: first.NextToken }), ['b1'])
  assert.match(
    await refusal(call('ListSchedules', { NextToken: 'x' })),
    /^ValidationException: Invalid NextToken/,
  )
  assert.match(await refusal(call('ListSchedules', { GroupName: 'x' })), /^ResourceNotFoundException/)
  const groups = await call('ListScheduleGroups', { MaxResults: 1 })
  assert.deepEqual(
    groups.ScheduleGroups.map(({ Name, State }) => [Name, State]),
    [['default', 'ACTIVE']],
  )
  const rest = await call('ListScheduleGroups', { NextToken: groups.NextToken })
  assert.deepEqual(
    rest.ScheduleGroups.map(({ Arn }) => Arn),
    [groupArnOf('g')],
  )
})

test('groups have tags, the default one too', async () => {
  const { call } = await rig()
  await call('CreateScheduleGroup', { Name: 'g', Tags: [{ Key: 'b', Value: '1' }] })
  for (const name of ['g', 'default']) {
    const ResourceArn = groupArnOf(name)
    await call('TagResource', { ResourceArn, Tags: [{ Key: 'a', Value: '2' }] })
    const { Tags = [] } = await call('ListTagsForResource', { ResourceArn })
    assert.deepEqual(
      Tags.map(({ Key }) => Key),
      name === 'g' ? ['a', 'b'] : ['a'],
    )
    await call('UntagResource', { ResourceArn, TagKeys: ['a'] })
    assert.equal((await call('ListTagsForResource', { ResourceArn })).Tags?.length, name === 'g' ? 1 : 0)
  }
  const many = Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: 'v' }))
  assert.match(
    await refusal(call('TagResource', { ResourceArn: groupArnOf('g'), Tags: many })),
    /^ServiceQuotaExceededException/,
  )
  assert.match(
    await refusal(call('TagResource', { ResourceArn: groupArnOf('x'), Tags: [] })),
    /^ResourceNotFoundException/,
  )
})

type Rows = readonly (readonly [name: string, more: Partial<CreateScheduleInput>, want: RegExp])[]
const target = (more: object) => ({ Target: { Arn: queueArn, RoleArn: roleArn, ...more } })
const sdk = 'arn:aws:scheduler:::aws-sdk'

const refusals: Rows = [
  ['no schedule', { ScheduleExpression: 'rate(0 minutes)' }, /Invalid Schedule Expression rate\(0 minutes\)/],
  ['no time', { ScheduleExpression: 'at(2026-02-30T00:00:00)' }, /Invalid Schedule Expression/],
  ['a time that is past', { ScheduleExpression: 'at(2026-01-02T03:04:04)' }, /It is in the past/],
  ['no time zone', { ScheduleExpressionTimezone: 'Mars/Olympus' }, /Invalid ScheduleExpressionTimezone/],
  ['a start long ago', { StartDate: new Date(startMs - 6 * minute) }, /cannot be earlier than 5 minutes ago/],
  [
    'an end before its start',
    { StartDate: new Date(startMs + 2 * minute), EndDate: new Date(startMs + minute) },
    /must come after the StartDate/,
  ],
  ['an end that is past', { EndDate: new Date(startMs - 1) }, /must be in the future/],
  ['a window without a length', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, /MaximumWindowInMinutes/],
  [
    'a length without a window',
    { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 1 } },
    /Maximum/,
  ],
  ["a customer's key", { KmsKeyArn: `arn:aws:kms:${region}:${here}:key/k` }, /KmsKeyArn is not supported/],
  ['a target of another Region', target({ Arn: queueArn.replace(region, 'eu-west-1') }), /in the Region/],
  [
    'a target that is none',
    target({ Arn: `arn:aws:ecs:${region}:${here}:cluster/c` }),
    /not in correct format/,
  ],
  ['a log group', target({ Arn: `arn:aws:logs:${region}:${here}:log-group:g` }), /not in correct format/],
  ['a FIFO queue without a message group', target({ Arn: `${queueArn}.fifo` }), /MessageGroupId/],
  [
    'a message group of a standard queue',
    target({ SqsParameters: { MessageGroupId: 'g' } }),
    /MessageGroupId/,
  ],
  ['a FIFO topic', target({ Arn: `${topicArn}.fifo` }), /FIFO topic/],
  [
    'parameters of another target',
    target({ Arn: topicArn, SqsParameters: { MessageGroupId: 'g' } }),
    /SqsParameters is not supported/,
  ],
  [
    'a target that is not built',
    target({ KinesisParameters: { PartitionKey: 'k' } }),
    /KinesisParameters is not supported/,
  ],
  ['a bus without a source', target({ Arn: busArn }), /EventBridgeParameters/],
  [
    'a bus with a path for a source',
    target({ Arn: busArn, EventBridgeParameters: { Source: '$.a', DetailType: 'd' } }),
    /as a path is not supported/,
  ],
  [
    "AWS's own source",
    target({ Arn: busArn, EventBridgeParameters: { Source: 'aws.x', DetailType: 'd' } }),
    /pattern/,
  ],
  [
    'a detail that is no object',
    target({ Arn: busArn, EventBridgeParameters: { Source: 's', DetailType: 'd' }, Input: '[]' }),
    /a JSON object/,
  ],
  ['a payload that is no JSON', target({ Arn: functionArn, Input: 'text' }), /Input is no JSON/],
  ['an input that is too long', target({ Input: 'x'.repeat(262_145) }), /more than 262144 bytes/],
  [
    'dead letters elsewhere',
    target({ DeadLetterConfig: { Arn: deadQueueArn.replace(region, 'eu-west-1') } }),
    /queue of the Region/,
  ],
  ['an action that reads', target({ Arn: `${sdk}:sqs:receiveMessage` }), /no API action/],
  ['an action that is none', target({ Arn: `${sdk}:sqs:fly` }), /no API action/],
  ['a service that is none', target({ Arn: `${sdk}:constructor:fly` }), /no API action/],
  [
    'an action that is not built',
    target({ Arn: `${sdk}:sqs:createQueue` }),
    /sqs:CreateQueue is not supported/,
  ],
  ['an action without its input', target({ Arn: `${sdk}:sns:publish` }), /message.*must not be null/i],
  [
    'an input that the action lacks',
    target({ Arn: `${sdk}:sns:publish`, Input: '{"Message":"m","Fly":1}' }),
    /Publish has no parameter Fly/,
  ],
  [
    'a call that waits for a function',
    target({ Arn: `${sdk}:lambda:invoke`, Input: `{"FunctionName":"${functionArn}"}` }),
    /needs the InvocationType Event/,
  ],
  [
    'an input of another kind',
    target({ Arn: `${sdk}:sns:publish`, Input: '{"Message":1}' }),
    /can not be converted/,
  ],
  ['an input without end', target({ Arn: `${sdk}:sns:publish`, Input: '['.repeat(1e5) }), /Input is no JSON/],
  [
    'an input without bottom',
    target({ Arn: `${sdk}:sns:publish`, Input: `{"Message":${'['.repeat(1e5)}${']'.repeat(1e5)}}` }),
    /more than 64 levels/,
  ],
  ['a role that is not there', target({ RoleArn: `arn:aws:iam::${here}:role/x` }), /execution role/],
  [
    'a role that trusts another service',
    target({ RoleArn: `arn:aws:iam::${here}:role/lambdas` }),
    /execution role/,
  ],
]

test('what would have no effect is refused', async () => {
  const { create, iam, kept } = await rig()
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  await iam.createRole({
    RoleName: 'lambdas',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
  })
  let ran = 0
  for (const [name, more, want] of refusals) {
    const said = await refusal(create('one', 'rate(1 hour)', more))
    assert.match(said, /^ValidationException: /, name)
    assert.match(said, want, name)
    ran += 1
  }
  assert.equal(ran, 37)
  assert.deepEqual(kept(), [])
})

test('what is not there is told by its own name', async () => {
  const { create, call } = await rig()
  const none = /^ResourceNotFoundException: Schedule group x does not exist/
  assert.match(await refusal(create('one', 'rate(1 hour)', { GroupName: 'x' })), none)
  assert.match(await refusal(call('GetSchedule', { Name: 'one', GroupName: 'x' })), none)
  assert.match(await refusal(call('DeleteScheduleGroup', { Name: 'x' })), none)
  const absent = /^ResourceNotFoundException: Schedule one does not exist/
  assert.match(await refusal(call('DeleteSchedule', { Name: 'one' })), absent)
  const update = { Name: 'one', ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: OFF, ...target({}) }
  assert.match(await refusal(call('UpdateSchedule', update)), absent)
  assert.match(await refusal(call('DeleteScheduleGroup', { Name: 'default' })), /^ValidationException/)
  await call('CreateScheduleGroup', { Name: 'g' })
  await call('DeleteScheduleGroup', { Name: 'g' })
  assert.match(await refusal(create('one', 'rate(1 hour)', { GroupName: 'g' })), /^ConflictException/)
})

test('another account has schedules of its own', async () => {
  const { create, elsewhere } = await rig()
  await create('one', 'rate(1 hour)')
  assert.match(await refusal(elsewhere('GetSchedule', { Name: 'one' })), /^ResourceNotFoundException/)
  assert.deepEqual((await elsewhere('ListSchedules', {})).Schedules, [])
  assert.match(
    await refusal(elsewhere('ListTagsForResource', { ResourceArn: groupArnOf('default') })),
    /^(AccessDenied|ResourceNotFound)/,
  )
})

const one = { Name: 'one', GroupName: 'g' }
const spec = { ...one, ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: OFF, ...target({}) }
const schedule = `arn:aws:scheduler:${region}:${here}:schedule/g/one`
const group = groupArnOf('g')
const pass = { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn }

/** Each operation with the resource on which it is allowed. */
const leaves: readonly [name: keyof Operations, input: object, resource: string, ...more: object[]][] = [
  ['CreateScheduleGroup', { Name: 'g2' }, groupArnOf('g2')],
  ['GetScheduleGroup', { Name: 'g' }, group],
  ['ListScheduleGroups', {}, '*'],
  ['TagResource', { ResourceArn: group, Tags: [{ Key: 'k', Value: 'v' }] }, group],
  ['UntagResource', { ResourceArn: group, TagKeys: ['k'] }, group],
  ['ListTagsForResource', { ResourceArn: group }, group],
  ['UpdateSchedule', spec, schedule, pass],
  ['GetSchedule', one, schedule],
  ['ListSchedules', {}, '*'],
  ['DeleteSchedule', one, schedule],
  ['CreateSchedule', spec, schedule, pass],
  ['DeleteScheduleGroup', { Name: 'g' }, group],
]

test('each operation needs its own leave', async () => {
  const { create, call, user } = await rig()
  await call('CreateScheduleGroup', { Name: 'g' })
  await create('one', 'rate(1 hour)', { GroupName: 'g' })
  let ran = 0
  for (const [name, input, Resource, ...more] of leaves) {
    const others = leaves.filter(([other]) => other !== name).map(([other]) => `scheduler:${other}`)
    const without = await user(
      `no${name}`,
      { Effect: 'Allow', Action: others, Resource: '*' },
      {
        Effect: 'Allow',
        Action: `scheduler:${name}`,
        Resource: Resource === '*' ? queueArn : `${Resource}x`,
      },
      pass,
    )
    const asked = input as Operations['CreateSchedule']['input'] // Each row has its own operation's.
    assert.match(await refusal(without(name as 'CreateSchedule', asked)), /^AccessDenied/, name)
    const may = await user(`yes${name}`, { Effect: 'Allow', Action: `scheduler:${name}`, Resource }, ...more)
    await may(name as 'CreateSchedule', asked)
    ran += 1
  }
  assert.equal(ran, Object.keys(Object.fromEntries(leaves)).length)
  assert.equal(ran, 12)
})

test('whoever gives a schedule a role must be allowed to pass it, to Scheduler', async () => {
  const { create, user } = await rig()
  await create('one', 'rate(1 hour)')
  const all = { Effect: 'Allow', Action: 'scheduler:*', Resource: '*' }
  const to = (service: string) => ({
    ...pass,
    Condition: { StringEquals: { 'iam:PassedToService': `${service}.amazonaws.com` } },
  })
  const { GroupName: _default, ...given } = spec
  const foreign = target({ RoleArn: roleArn.replace(here, there) })
  assert.match(await refusal(create('two', 'rate(1 hour)', foreign)), /iam:PassRole/, "another account's")
  for (const operation of ['CreateSchedule', 'UpdateSchedule'] as const) {
    const asked = operation === 'CreateSchedule' ? { ...given, Name: 'two' } : given
    const without = await user(`no${operation}`, all)
    assert.match(await refusal(without(operation, asked)), /iam:PassRole/)
    const elsewhere = await user(`other${operation}`, all, to('lambda'))
    assert.match(await refusal(elsewhere(operation, asked)), /iam:PassRole/)
    const may = await user(`yes${operation}`, all, to('scheduler'))
    await may(operation, asked)
  }
})

test('a role may trust the schedules of one group alone', async () => {
  const { create, call, iam } = await rig()
  await call('CreateScheduleGroup', { Name: 'g' })
  const trust = {
    ...{ Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' },
    Condition: { ArnEquals: { 'aws:SourceArn': group } },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
  await iam.createRole({ RoleName: 'grouped', AssumeRolePolicyDocument })
  const grouped = target({ RoleArn: `arn:aws:iam::${here}:role/grouped` })
  await create('one', 'rate(1 hour)', { ...grouped, GroupName: 'g' })
  assert.match(
    await refusal(create('one', 'rate(1 hour)', grouped)),
    /must allow AWS EventBridge Scheduler to assume/,
  )
})

test("a group's tags decide on its schedules", async () => {
  const { create, call, user } = await rig()
  await call('CreateScheduleGroup', { Name: 'red', Tags: [{ Key: 'team', Value: 'red' }] })
  await create('one', 'rate(1 hour)', { GroupName: 'red' })
  await create('one', 'rate(1 hour)')
  const Condition = { StringEquals: { 'aws:ResourceTag/team': 'red' } }
  const red = await user('red', { Effect: 'Allow', Action: 'scheduler:*', Resource: '*', Condition }, pass)
  await red('CreateSchedule', { ...spec, Name: 'two', GroupName: 'red' })
  assert.match(
    await refusal(red('CreateSchedule', { ...spec, Name: 'two', GroupName: 'default' })),
    /^AccessDenied/,
  )
  await red('GetSchedule', { Name: 'one', GroupName: 'red' })
  assert.match(await refusal(red('GetSchedule', { Name: 'one' })), /^AccessDenied/)
})
