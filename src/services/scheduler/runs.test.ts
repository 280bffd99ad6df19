// Goal: each run reaches its target when it is due, as the schedule says, by its role, whatever fails or ends in between.
// Method: the rig's services in the place of the targets'; a clock that the test holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateScheduleInput, Target } from '#models/scheduler.d.ts'
import { occurrences, schedules } from './documents.ts'
import { quotas } from './quotas.ts'
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
  topicArn,
} from './rig.test.ts'

const bodies = (given: Awaited<ReturnType<typeof rig>>['given']) =>
  given.map(({ input }) => input['MessageBody'])
const arnOf = (name: string, group = 'default') =>
  `arn:aws:scheduler:${region}:${here}:schedule/${group}/${name}`

test('a one-time schedule runs once, at its time, by its role', async () => {
  const { create, at, given, waiting, kept } = await rig()
  await create('once', 'at(2026-01-02T03:10:05)')
  await at(6 * minute - 1)
  assert.equal(given.length, 0)
  await at(6 * minute)
  await at(60 * minute)
  assert.deepEqual(
    given.map(({ operation, input, caller }) => [operation, input['MessageBody'], caller]),
    [['SendMessage', 'from once', 'assumed-role']],
  )
  assert.deepEqual(waiting(), [])
  assert.equal(kept().length, 1, 'it stays, unless it is to go')
})

test('runs are when the expression, its time zone and the bounds say', async () => {
  const rows: readonly [
    name: string,
    expression: string,
    more: Partial<CreateScheduleInput>,
    want: readonly number[],
  ][] = [
    ['a rate begins at once and keeps its pace', 'rate(10 minutes)', {}, [0, 10, 20, 30]],
    ['or begins at its start', 'rate(10 minutes)', { StartDate: new Date(startMs + 15 * minute) }, [15, 25]],
    ['and ends at its end', 'rate(10 minutes)', { EndDate: new Date(startMs + 19 * minute) }, [0, 10]],
    // The clock begins at 03:04:05.
    ['a cron', 'cron(15 3 * * ? *)', {}, [11]],
    ['a cron elsewhere', 'cron(45 8 * * ? *)', { ScheduleExpressionTimezone: 'Asia/Kolkata' }, [11]],
    [
      'one time elsewhere',
      'at(2026-01-01T22:15:00)',
      { ScheduleExpressionTimezone: 'America/New_York' },
      [11],
    ],
    ['a disabled one does not', 'rate(10 minutes)', { State: 'DISABLED' }, []],
  ]
  let ran = 0
  for (const [name, expression, more, want] of rows) {
    const { create, at, given } = await rig()
    await create('one', expression, more)
    const runs: number[] = []
    for (let passed = 0; passed <= 30; passed += 1) {
      const before = given.length
      await at(passed * minute)
      if (given.length > before) runs.push(passed)
    }
    assert.deepEqual(runs, want, name)
    ran += 1
  }
  assert.equal(ran, 7)
})

test('a flexible run is somewhere in its window, at a place that is drawn once', async () => {
  const { create, at, given, kept, restart } = await rig()
  const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 } as const
  const places = new Set<number>()
  for (let count = 0; count < 20; count += 1) {
    await create(`one${count}`, 'at(2026-01-02T04:04:05)', { FlexibleTimeWindow })
    const { next } = kept().find(({ name }) => name === `one${count}`) ?? {}
    assert.ok(next && next.scheduledAtMs === startMs + 60 * minute)
    assert.ok(next.dueAtMs >= next.scheduledAtMs && next.dueAtMs < next.scheduledAtMs + 10 * minute)
    places.add(next.dueAtMs)
  }
  assert.ok(places.size > 10)
  const drawn = kept().map(({ next }) => next?.dueAtMs)
  await restart()
  assert.deepEqual(
    kept().map(({ next }) => next?.dueAtMs),
    drawn,
  )
  const first = Math.min(...places)
  await at(first - startMs - 1)
  assert.equal(given.length, 0)
  await at(first - startMs)
  assert.equal(given.length, 1)
  await at(70 * minute)
  assert.equal(given.length, 20)
})

test('of runs that were missed one is made up, and the pace stays', async () => {
  const { create, at, given, restart, stop, clock } = await rig()
  await create('rate', 'rate(10 minutes)')
  await at(0)
  await stop()
  clock.nowMs = startMs + 55 * minute
  await restart()
  await at(55 * minute)
  assert.equal(given.length, 2)
  await at(59 * minute)
  assert.equal(given.length, 2)
  await at(60 * minute)
  assert.equal(given.length, 3)
})

test('a one-time run that was missed is made up', async () => {
  const { create, at, given, restart, stop, clock } = await rig()
  await create('once', 'at(2026-01-02T03:10:00)')
  await stop()
  clock.nowMs = startMs + 600 * minute
  await restart()
  await at(600 * minute)
  await at(601 * minute)
  assert.equal(given.length, 1)
})

const target = (more: Partial<Target>): Target => ({ Arn: queueArn, RoleArn: roleArn, ...more })
const input = { Input: '{"a":1}' }

test('each target is called in its own way', async () => {
  const rows: readonly [name: string, target: Partial<Target>, operation: string, want: object][] = [
    [
      'a function',
      { Arn: functionArn, ...input },
      'Invoke',
      { FunctionName: functionArn, InvocationType: 'Event', Payload: Buffer.from('{"a":1}') },
    ],
    [
      'a queue',
      input,
      'SendMessage',
      { QueueUrl: `https://sqs.${region}.amazonaws.com/${here}/jobs`, MessageBody: '{"a":1}' },
    ],
    [
      'a FIFO queue',
      { Arn: `${queueArn}.fifo`, ...input, SqsParameters: { MessageGroupId: 'g' } },
      'SendMessage',
      {
        ...{ QueueUrl: `https://sqs.${region}.amazonaws.com/${here}/jobs.fifo` },
        ...{ MessageBody: '{"a":1}', MessageGroupId: 'g' },
      },
    ],
    ['a topic', { Arn: topicArn, ...input }, 'Publish', { TopicArn: topicArn, Message: '{"a":1}' }],
    [
      'a bus',
      { Arn: busArn, ...input, EventBridgeParameters: { Source: 'shop', DetailType: 'tick' } },
      'PutEvents',
      { Entries: [{ EventBusName: busArn, Source: 'shop', DetailType: 'tick', Detail: '{"a":1}' }] },
    ],
    [
      'any API action',
      { Arn: 'arn:aws:scheduler:::aws-sdk:sns:publish', Input: `{"topicArn":"${topicArn}","Message":"m"}` },
      'Publish',
      { TopicArn: topicArn, Message: 'm' },
    ],
    [
      "a function's payload as text",
      {
        Arn: 'arn:aws:scheduler:::aws-sdk:lambda:invoke',
        Input: `{"FunctionName":"${functionArn}","InvocationType":"Event","Payload":"{}"}`,
      },
      'Invoke',
      { FunctionName: functionArn, InvocationType: 'Event', Payload: Buffer.from('{}') },
    ],
  ]
  let ran = 0
  for (const [name, more, operation, want] of rows) {
    const { create, at, given } = await rig()
    await create('one', 'rate(1 hour)', { Target: target(more) })
    await at(0)
    assert.equal(given[0]?.operation, operation, name)
    assert.deepEqual(plain(given[0].input), plain(want), name)
    ran += 1
  }
  assert.equal(ran, 7)
})

/** Without prototypes' and buffers' differences. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, one: unknown) =>
      one instanceof Uint8Array ? Buffer.from(one).toString() : one,
    ).replaceAll(/\{"type":"Buffer","data":\[([\d,]*)\]\}/g, (_all, bytes: string) =>
      JSON.stringify(Buffer.from(bytes.split(',').map(Number)).toString()),
    ),
  ) as unknown
}

test('a universal target does what its role may, with a service of its own', async () => {
  const { create, at, iam, role, logged } = await rig()
  await role('maker', { Effect: 'Allow', Action: 'iam:CreateUser', Resource: `arn:aws:iam::${here}:user/a*` })
  const Arn = 'arn:aws:scheduler:::aws-sdk:iam:createUser'
  const RoleArn = `arn:aws:iam::${here}:role/maker`
  await create('may', 'rate(1 hour)', { Target: { Arn, RoleArn, Input: '{"userName":"alice"}' } })
  await create('maynot', 'rate(1 hour)', { Target: { Arn, RoleArn, Input: '{"UserName":"bob"}' } })
  await at(0)
  const { Users = [] } = await iam.listUsers({})
  assert.deepEqual(
    Users.map(({ UserName }) => UserName),
    ['admin', 'alice'],
  )
  assert.match(String(logged[0]?.['reason']), /not authorized to perform: iam:CreateUser/)
})

test('a target that is told nothing is sent an event', async () => {
  const { create, at, given } = await rig()
  await create('one', 'rate(1 hour)', { Target: target({}) })
  await at(0)
  const { id, ...event } = JSON.parse(String(bodies(given)[0])) as Record<string, unknown>
  assert.match(String(id), /^[0-9a-f-]{36}$/)
  assert.deepEqual(event, {
    ...{ version: '0', 'detail-type': 'Scheduled Event', source: 'aws.scheduler', account: here },
    ...{ time: '2026-01-02T03:04:05Z', region, resources: [arnOf('one')], detail: '{}' },
  })
})

test('context attributes say which run and which attempt it is', async () => {
  const { create, at, given, control } = await rig()
  const Input =
    '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.execution-id> <aws.scheduler.attempt-number>'
  await create('one', 'rate(1 hour)', { Target: target({ Input }) })
  control.refuse = 'InternalFailure'
  await at(0)
  control.refuse = undefined
  await at(minute)
  const [arn, time, execution, attempt] = String(bodies(given)[0]).split(' ')
  assert.deepEqual([arn, time, attempt], [arnOf('one'), '2026-01-02T03:04:05Z', '2'])
  assert.match(execution ?? '', /^[0-9a-f-]{36}$/)
})

test('what cannot be done becomes a dead letter that says why, sent by the role', async () => {
  const rows = [
    [
      'retries used up',
      'InternalFailure',
      { MaximumRetryAttempts: 0 },
      'InternalFailure',
      'MaximumRetryAttempts',
    ],
    [
      'too old',
      'InternalFailure',
      { MaximumEventAgeInSeconds: 60 },
      'InternalFailure',
      'MaximumEventAgeInSeconds',
    ],
    ['not tried again', 'NotFoundException', undefined, 'NotFoundException', undefined],
  ] as const
  let ran = 0
  for (const [title, refuse, RetryPolicy, code, condition] of rows) {
    const { create, at, given, control, waiting } = await rig()
    control.refuse = refuse
    const more = { Arn: topicArn, Input: 'text', DeadLetterConfig: { Arn: deadQueueArn }, RetryPolicy }
    await create('one', 'at(2026-01-02T03:04:05)', { Target: target(more) })
    await at(0)
    await at(minute + 1_000)
    assert.deepEqual(waiting(), [], title)
    assert.deepEqual(
      given.map(({ operation, caller }) => [operation, caller]),
      [['SendMessage', 'assumed-role']],
      title,
    )
    assert.equal(given[0]?.input['MessageBody'], 'text', title)
    const attributes = given[0].input['MessageAttributes'] as Record<string, { StringValue: string }>
    const { EXECUTION_ID, ERROR_MESSAGE, RETRY_ATTEMPTS, ...said } = Object.fromEntries(
      Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]),
    )
    assert.match(EXECUTION_ID ?? '', /^[0-9a-f-]{36}$/)
    assert.match(ERROR_MESSAGE ?? '', /not now/)
    assert.equal(RETRY_ATTEMPTS, condition === 'MaximumEventAgeInSeconds' ? '1' : '0', title)
    assert.deepEqual(
      said,
      {
        ...{ SCHEDULE_ARN: arnOf('one'), SCHEDULED_TIME: '2026-01-02T03:04:05Z', TARGET_ARN: topicArn },
        ...{ ERROR_CODE: code, ...(condition && { EXHAUSTED_RETRY_CONDITION: condition }) },
      },
      title,
    )
    ran += 1
  }
  assert.equal(ran, 3)
})

test('an event that a bus refuses is tried again', async () => {
  const { create, at, given, control, waiting } = await rig()
  const EventBridgeParameters = { Source: 'shop', DetailType: 'tick' }
  control.refuseEntry = 'ThrottlingException'
  await create('one', 'at(2026-01-02T03:04:05)', { Target: target({ Arn: busArn, EventBridgeParameters }) })
  await at(0)
  assert.equal(waiting()[0]?.attempts, 1)
  control.refuseEntry = undefined
  await at(minute)
  assert.equal(given.length, 1)
})

test('a role that Scheduler may not assume any more does nothing', async () => {
  const { create, at, given, iam, waiting } = await rig()
  await create('one', 'at(2026-01-02T03:10:00)')
  const nobody = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: nobody })
  await iam.updateAssumeRolePolicy({ RoleName: 'runner', PolicyDocument })
  await at(6 * minute)
  assert.equal(given.length, 0)
  assert.deepEqual(waiting(), [])
})

test('what was due is done by the next runner, and a retry that waits goes on waiting', async () => {
  const { create, at, given, control, restart, stop, waiting, store } = await rig()
  control.refuse = 'InternalFailure'
  await create('one', 'at(2026-01-02T03:04:05)')
  await at(0)
  assert.equal(waiting()[0]?.attempts, 1)
  await restart()
  control.refuse = undefined
  await at(0)
  assert.equal(given.length, 0, 'not before it is due')
  await stop()
  // A run that had begun when the server was killed, and was not done.
  const [run] = waiting()
  assert.ok(run)
  await store.transact((tx) =>
    tx.put(occurrences, { account: here, region }, 'begun', { ...run, dueAtMs: startMs }),
  )
  await restart()
  await at(minute)
  assert.deepEqual(bodies(given), ['from one', 'from one'])
  assert.deepEqual(waiting(), [])
})

test('a schedule that is complete goes when its last run has ended, if it is to go', async () => {
  const { create, at, control, kept, call } = await rig()
  const ActionAfterCompletion = 'DELETE'
  await create('once', 'at(2026-01-02T03:04:05)', { ActionAfterCompletion })
  await create('ends', 'rate(1 minute)', {
    ActionAfterCompletion,
    EndDate: new Date(startMs + 90_000),
  })
  await create('stays', 'at(2026-01-02T03:04:05)')
  const names = () => kept().map(({ name }) => name)
  control.refuse = 'InternalFailure'
  await at(0)
  assert.deepEqual(names(), ['ends', 'once', 'stays'], 'it is tried again')
  control.refuse = undefined
  await at(2_000)
  assert.deepEqual(names(), ['ends', 'stays'])
  await at(minute)
  assert.deepEqual(names(), ['stays'])
  assert.match(await refusal(call('GetSchedule', { Name: 'once' })), /^ResourceNotFoundException/)
})

test('a schedule that is complete stays while any of its runs is on its way', async () => {
  const { create, at, given, kept, store } = await rig()
  await create('one', 'at(2026-01-02T03:04:05)', { ActionAfterCompletion: 'DELETE' })
  const [schedule] = kept()
  assert.ok(schedule)
  const { arn: scheduleArn, group, name, target: stored } = schedule
  const earlier = {
    scheduledAtMs: startMs - minute,
    acceptedAtMs: startMs,
    dueAtMs: startMs + minute,
    attempts: 1,
  }
  await store.transact((tx) =>
    tx.put(occurrences, { account: here, region }, 'x', {
      scheduleArn,
      group,
      name,
      target: stored,
      ...earlier,
    }),
  )
  await at(1)
  assert.equal(given.length, 1)
  assert.equal(kept().length, 1)
})

test('one made anew under the name of one whose run goes on is not deleted with it', async () => {
  const { create, at, control, kept, call } = await rig()
  control.refuse = 'InternalFailure'
  await create('one', 'at(2026-01-02T03:04:05)', { ActionAfterCompletion: 'DELETE' })
  await at(0)
  await call('DeleteSchedule', { Name: 'one' })
  await create('one', 'rate(1 hour)', { ActionAfterCompletion: 'DELETE', State: 'DISABLED' })
  control.refuse = undefined
  await at(minute)
  assert.equal(kept().length, 1)
})

test('no run begins of a schedule that is deleted, or whose group is', async () => {
  const { create, at, given, call, kept } = await rig()
  await call('CreateScheduleGroup', { Name: 'g' })
  await create('a', 'at(2026-01-02T03:10:00)', { GroupName: 'g' })
  await create('b', 'at(2026-01-02T03:10:00)')
  await create('c', 'at(2026-01-02T03:10:00)')
  await call('DeleteScheduleGroup', { Name: 'g' })
  assert.equal((await call('GetScheduleGroup', { Name: 'g' })).State, 'DELETING')
  await call('DeleteSchedule', { Name: 'b' })
  await at(6 * minute)
  assert.deepEqual(bodies(given), ['from c'])
  assert.equal(kept().length, 1)
  assert.match(await refusal(call('GetScheduleGroup', { Name: 'g' })), /^ResourceNotFoundException/)
})

test('while too many runs wait, schedules wait too, lose nothing, and hold up none elsewhere', async () => {
  const { create, at, given, control, stop, restart, waiting, kept, store } = await rig()
  control.refuse = 'InternalFailure'
  await create('one', 'at(2026-01-02T03:04:05)')
  await create('two', 'at(2026-01-02T03:05:05)')
  await at(0)
  await stop()
  const [[run], two] = [waiting(), kept().find(({ name }) => name === 'two')]
  assert.ok(run && two)
  const scope = { account: here, region }
  await store.transact((tx) => {
    for (let count = 1; count < quotas.occurrences; count += 1)
      tx.put(occurrences, scope, `far${count}`, { ...run, dueAtMs: startMs + 1e9 })
    // More than begin in one look.
    for (let count = 0; count < 1_000; count += 1)
      tx.put(schedules, scope, `default/more${count}`, { ...two, name: `more${count}` })
    const elsewhere = { ...two, target: { ...two.target, Input: 'from elsewhere' } }
    tx.put(schedules, { account: here, region: 'eu-west-1' }, 'default/two', elsewhere)
  })
  await restart()
  await at(1)
  assert.equal(waiting().length, quotas.occurrences, 'there is no room')
  await store.transact((tx) => tx.delete(occurrences, scope, 'far1'))
  await at(minute)
  assert.equal(waiting().length, quotas.occurrences + 1, 'but for one, and one elsewhere')
  control.refuse = undefined
  await at(2 * minute)
  await at(2 * minute)
  const texts = bodies(given).map(String)
  assert.ok(texts.includes('from elsewhere') && texts.includes('from one'))
  const later = texts.filter((text) => text === 'from two').length
  assert.ok(later > 1, 'as there is room')
  assert.equal(kept().filter(({ next }) => next === undefined).length, later + 2, 'the others wait')
  assert.equal(kept().length, 1_003)
})
