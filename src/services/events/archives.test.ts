// Goal: an archive keeps what matches, tells truly what it holds, and survives a crash at any place; a replay sends a window of it to the
// rules that it names, once. Method: the rig, with archives' files in a directory of its own; a clock that the test holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createArchiveWriter } from './archive-writer.ts'
import { archiveDays, archives, replays } from './documents.ts'
import { here, order, queueArn, refusal, region, rig, startMs } from './rig.test.ts'

const busArn = `arn:aws:events:${region}:${here}:event-bus/default`
const archiveArn = (name: string) => `arn:aws:events:${region}:${here}:archive/${name}`
const dayMs = 86_400_000

/** Without a pattern it would keep management events too, such as that of CreateArchive. */
async function archived(more: object = {}) {
  const made = await rig()
  const EventPattern = '{"source":["shop"]}'
  await made.events.createArchive({ ArchiveName: 'all', EventSourceArn: busArn, EventPattern, ...more })
  return made
}

/** Orders at the given seconds after the start. */
const at = (...seconds: readonly number[]) => ({
  Entries: seconds.map((second) => order({ second }, { Time: new Date(startMs + second * 1000) })),
})

const seconds = (given: readonly { input: Readonly<Record<string, unknown>> }[]) =>
  given.map(({ input }) => {
    const event = JSON.parse(String(input['MessageBody'])) as Record<string, unknown>
    return [(event['detail'] as { second: number }).second, event['replay-name']]
  })

test('an archive keeps what its pattern matches, and tells what it holds before and after it is written', async () => {
  const { events, archive } = await archived({ Description: 'shop' })
  await events.putEvents({ Entries: [order(), order({ id: 2 }), order({}, { Source: 'other' })] })
  const before = await events.describeArchive({ ArchiveName: 'all' })
  assert.equal(before.EventCount, 2)
  await archive()
  const after = await events.describeArchive({ ArchiveName: 'all' })
  assert.deepEqual(
    [after.EventCount, after.SizeBytes, after.State, after.Description, after.ArchiveArn],
    [2, before.SizeBytes, 'ENABLED', 'shop', archiveArn('all')],
  )
  await archive()
  assert.equal((await events.describeArchive({ ArchiveName: 'all' })).EventCount, 2, 'moved once')
  await events.updateArchive({ ArchiveName: 'all', EventPattern: '{"source":["other"]}', RetentionDays: 3 })
  await events.putEvents({ Entries: [order(), order({}, { Source: 'other' })] })
  await archive()
  const { Archives } = await events.listArchives({ NamePrefix: 'a' })
  assert.deepEqual(
    Archives?.map(({ ArchiveName, EventCount, RetentionDays }) => [ArchiveName, EventCount, RetentionDays]),
    [['all', 3, 3]],
  )
})

test('what a crash left in a file but not in a document is cut off: nothing is there twice', async () => {
  const { events, archive, files, store } = await archived()
  await events.putEvents(at(1))
  await archive()
  const [found] = [...store.read.everywhere(archiveDays)]
  assert.ok(found)
  const { document } = found
  await files.append(document, document.bytes, ['{"torn":true}'])
  await events.putEvents(at(2))
  await archive()
  const [now] = [...store.read.everywhere(archiveDays)]
  const { lines } = await files.read(document, { from: 0, end: now?.document.bytes ?? 0, bytesMax: 10 })
  const more = await files.read(document, {
    from: document.bytes,
    end: now?.document.bytes ?? 0,
    bytesMax: 1e6,
  })
  const details = [...lines, ...more.lines].map((line) => (JSON.parse(line) as { detail: unknown }).detail)
  assert.deepEqual(details, [{ second: 1 }, { second: 2 }])
})

test('a replay sends the events of its window to the rules that it names, and is not archived again', async () => {
  const { events, archive, deliver, given } = await archived()
  await events.putEvents(at(1, 2, 3, 4))
  for (const Name of ['one', 'two']) {
    await events.putRule({ Name, EventPattern: '{"source":["shop"]}' })
    await events.putTargets({ Rule: Name, Targets: [{ Id: 'q', Arn: queueArn, Input: undefined }] })
  }
  const { State } = await events.startReplay({
    ReplayName: 'again',
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs + 2_000),
    EventEndTime: new Date(startMs + 4_000),
    Destination: { Arn: busArn, FilterArns: [`arn:aws:events:${region}:${here}:rule/one`] },
  })
  assert.equal(State, 'STARTING')
  await archive()
  await deliver()
  assert.deepEqual(
    seconds(given).toSorted(([one], [other]) => Number(one) - Number(other)),
    [
      [2, 'again'],
      [3, 'again'],
    ],
  )
  const replay = await events.describeReplay({ ReplayName: 'again' })
  assert.equal(replay.State, 'COMPLETED')
  assert.deepEqual(replay.EventLastReplayedTime, new Date(startMs + 3_000))
  assert.ok(replay.ReplayEndTime)
  assert.equal((await events.describeArchive({ ArchiveName: 'all' })).EventCount, 4)
  const { Replays } = await events.listReplays({ State: 'COMPLETED' })
  assert.deepEqual(
    Replays?.map(({ ReplayName }) => ReplayName),
    ['again'],
  )
  assert.equal(
    await refusal(events.cancelReplay({ ReplayName: 'again' })),
    'IllegalStatusException: Replay again is not in a valid state for this operation.',
  )
})

test('a replay sends what was archived, number by number', async () => {
  const { events, archive, deliver, given } = await archived()
  const Detail = '{"id":1234567890123456789}'
  await events.putEvents({ Entries: [order({}, { Detail, Time: new Date(startMs) })] })
  await events.putRule({ Name: 'one', EventPattern: '{"source":["shop"]}' })
  await events.putTargets({ Rule: 'one', Targets: [{ Id: 'q', Arn: queueArn }] })
  await events.startReplay({
    ...{ ReplayName: 'again', EventSourceArn: archiveArn('all'), Destination: { Arn: busArn } },
    ...{ EventStartTime: new Date(startMs), EventEndTime: new Date(startMs + 1_000) },
  })
  await archive()
  await deliver()
  const body = String(given[0]?.input['MessageBody'])
  assert.ok(body.endsWith(`"detail":${Detail},"replay-name":"again"}`), body)
})

test('a replay goes on after a restart where it stood, and ends when it is cancelled', async () => {
  const { events, archive, deliver, given, restartArchives, sweep, clock, store } = await archived()
  const text = 'x'.repeat(100_000)
  const big = (second: number) => order({ second, text }, { Time: new Date(startMs + second * 1000) })
  for (let second = 0; second < 40; second += 2)
    await events.putEvents({ Entries: [big(second), big(second + 1)] })
  await events.putRule({ Name: 'one', EventPattern: '{"source":["shop"]}' })
  await events.putTargets({ Rule: 'one', Targets: [{ Id: 'q', Arn: queueArn }] })
  const window = {
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs),
    EventEndTime: new Date(startMs + dayMs),
    Destination: { Arn: busArn },
  }
  await events.startReplay({ ReplayName: 'long', ...window })
  await archive()
  assert.equal((await events.describeReplay({ ReplayName: 'long' })).State, 'RUNNING')
  await restartArchives()
  for (let round = 0; round < 6; round += 1) await archive()
  await deliver()
  assert.deepEqual(
    seconds(given)
      .map(([second]) => Number(second))
      .toSorted((one, other) => one - other),
    Array.from({ length: 40 }, (_, second) => second),
    'each once',
  )
  await events.startReplay({ ReplayName: 'cut', ...window })
  await archive()
  assert.equal((await events.cancelReplay({ ReplayName: 'cut' })).State, 'CANCELLING')
  await archive()
  assert.equal((await events.describeReplay({ ReplayName: 'cut' })).State, 'CANCELLED')
  await events.startReplay({ ReplayName: 'orphan', ...window })
  await events.deleteArchive({ ArchiveName: 'all' })
  await archive()
  assert.equal((await events.describeReplay({ ReplayName: 'orphan' })).State, 'FAILED')
  clock.nowMs += 91 * dayMs
  await sweep()
  assert.deepEqual([...store.read.everywhere(replays)], [], 'forgotten after 90 days')
})

test('a replay of more events than one step sends sends each once, and leaves room meanwhile', async () => {
  const { events, archive, waiting, given, deliver, stop, restart } = await archived()
  for (let batch = 0; batch < 80; batch += 1)
    await events.putEvents(at(...Array.from({ length: 10 }, (_, index) => batch * 10 + index)))
  await events.putRule({ Name: 'one', EventPattern: '{"source":["shop"]}' })
  const Targets = Array.from({ length: 5 }, (_, id) => ({ Id: `q${id}`, Arn: queueArn }))
  await events.putTargets({ Rule: 'one', Targets })
  await events.startReplay({
    ReplayName: 'many',
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs),
    EventEndTime: new Date(startMs + dayMs),
    Destination: { Arn: busArn },
  })
  await stop() // Nothing is delivered meanwhile.
  for (let round = 0; round < 4; round += 1) await archive()
  const stuck = waiting().length
  assert.ok(stuck >= 2_000 && stuck < 3_100, `${stuck} wait`)
  await restart()
  for (let round = 0; round < 8; round += 1) {
    await deliver()
    await archive()
  }
  assert.equal((await events.describeReplay({ ReplayName: 'many' })).State, 'COMPLETED')
  await deliver()
  const counts = Map.groupBy(seconds(given), ([second]) => second)
  assert.equal(counts.size, 800)
  assert.ok([...counts.values()].every((times) => times.length === 5))
})

test('what a replay sends is archived by no bus that it is handed on to', async () => {
  const { events, archive, deliver, iam } = await archived()
  const { EventBusArn = '' } = await events.createEventBus({ Name: 'next' })
  await events.createArchive({ ArchiveName: 'of-next', EventSourceArn: EventBusArn })
  const statement = { Effect: 'Allow', Action: 'events:PutEvents', Resource: EventBusArn }
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }
  const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.createRole({ RoleName: 'bridge', AssumeRolePolicyDocument: policy(trust) })
  await iam.putRolePolicy({ RoleName: 'bridge', PolicyName: 'only', PolicyDocument: policy(statement) })
  await events.putRule({ Name: 'on', EventPattern: '{"source":["shop"]}' })
  const RoleArn = `arn:aws:iam::${here}:role/bridge`
  await events.putTargets({ Rule: 'on', Targets: [{ Id: 'b', Arn: EventBusArn, RoleArn }] })
  await events.putEvents(at(1))
  await deliver()
  const count = async () => (await events.describeArchive({ ArchiveName: 'of-next' })).EventCount
  assert.equal(await count(), 1)
  await events.startReplay({
    ReplayName: 'again',
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs),
    EventEndTime: new Date(startMs + dayMs),
    Destination: { Arn: busArn },
  })
  await archive()
  await deliver()
  assert.equal((await events.describeReplay({ ReplayName: 'again' })).State, 'COMPLETED')
  assert.equal(await count(), 1)
})

test('days go when they are too old, and with their archive', async () => {
  const { events, archive, sweep, store, clock, files } = await archived({ RetentionDays: 1 })
  await events.putEvents(at(1))
  await archive()
  const [found] = [...store.read.everywhere(archiveDays)]
  assert.ok(found)
  const whole = { from: 0, end: found.document.bytes, bytesMax: 1e6 }
  clock.nowMs += dayMs
  await sweep()
  assert.equal((await files.read(found.document, whole)).lines.length, 1, 'not yet')
  clock.nowMs += dayMs
  await sweep()
  assert.deepEqual([...store.read.everywhere(archiveDays)], [])
  await assert.rejects(files.read(found.document, whole), { code: 'ENOENT' })
})

test('a day that is over is packed, takes what comes late, and is replayed', async () => {
  const made = await archived({ RetentionDays: 10 })
  const { events, archive, deliver, sweep, store, clock, files, given } = made
  await events.putEvents(at(1, 2))
  await archive()
  const document = () => {
    const [found] = [...store.read.everywhere(archiveDays)]
    assert.ok(found)
    return found.document
  }
  await events.putEvents(at(3))
  await sweep()
  assert.equal(await files.pack(document(), document().bytes), true, 'of today, not yet')
  clock.nowMs += dayMs + 3_600_000
  await archive()
  await sweep()
  assert.equal(await files.pack(document(), document().bytes), false, 'it is')
  clock.nowMs -= dayMs + 3_600_000
  await events.putRule({ Name: 'one', EventPattern: '{"source":["shop"]}' })
  await events.putTargets({ Rule: 'one', Targets: [{ Id: 'q', Arn: queueArn, Input: undefined }] })
  await events.startReplay({
    ReplayName: 'again',
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs),
    EventEndTime: new Date(startMs + dayMs),
    Destination: { Arn: busArn },
  })
  await archive()
  await deliver()
  const sent = seconds(given).map(([second, name]) => `${String(second)} ${String(name)}`)
  assert.deepEqual(sent.toSorted(), ['1 again', '2 again', '3 again'])
})

test('an archive of the same name does not find what the one before it held', async () => {
  const { events, archive, sweep, store } = await archived()
  await events.putEvents(at(1))
  await archive()
  await events.putEvents(at(2))
  await events.deleteArchive({ ArchiveName: 'all' })
  await events.createArchive({
    ...{ ArchiveName: 'all', EventSourceArn: busArn, EventPattern: '{"source":["shop"]}' },
  })
  await archive()
  await sweep()
  const { EventCount, SizeBytes } = await events.describeArchive({ ArchiveName: 'all' })
  assert.deepEqual([EventCount, SizeBytes], [0, 0])
  assert.equal([...store.read.everywhere(archives)].length, 1)
})

test('an archive whose file is lost holds up no other', async () => {
  const { events, archive, files, store } = await archived()
  await events.createArchive({
    ...{ ArchiveName: 'other', EventSourceArn: busArn, EventPattern: '{"source":["other"]}' },
  })
  const Time = new Date(startMs)
  await events.putEvents({ Entries: [order({}, { Time }), order({}, { Time, Source: 'other' })] })
  await archive()
  const keyOf = (name: string) => store.read.get(archives, { account: here, region }, name)?.key
  const replayOf = (name: string) => ({
    ...{ ReplayName: name, EventSourceArn: archiveArn(name), Destination: { Arn: busArn } },
    ...{ EventStartTime: new Date(startMs), EventEndTime: new Date(startMs + 1_000) },
  })
  await files.sweep(({ archive: key }) => key !== keyOf('all'))
  await events.startReplay(replayOf('all'))
  await events.startReplay(replayOf('other'))
  await archive()
  assert.equal((await events.describeReplay({ ReplayName: 'all' })).State, 'STARTING')
  assert.equal((await events.describeReplay({ ReplayName: 'other' })).State, 'COMPLETED')
})

test('an archive whose file takes nothing holds up no other, nor what another keeps of the same events', async () => {
  const { events, store, files, clock } = await archived()
  const EventPattern = '{"source":["shop","other"]}'
  await events.createArchive({ ArchiveName: 'both', EventSourceArn: busArn, EventPattern })
  const bad = store.read.get(archives, { account: here, region }, 'all')?.key
  const failing: typeof files = {
    ...files,
    append: (of, bytes, lines) =>
      of.archive === bad
        ? Promise.reject(Object.assign(new Error('EIO'), { syscall: 'write' }))
        : files.append(of, bytes, lines),
  }
  const writerTo = (to: typeof files) =>
    createArchiveWriter({ store, world: { nowMs: () => clock.nowMs }, files: to })
  await events.putEvents({ Entries: [order(), order({}, { Source: 'other' })] })
  await assert.rejects(writerTo(failing).write(), /EIO/)
  const days = () => [...store.read.everywhere(archiveDays)].map(({ document }) => document.events)
  assert.deepEqual(days(), [2])
  assert.equal((await events.describeArchive({ ArchiveName: 'all' })).EventCount, 1, 'it is kept for it')
  await writerTo(files).write()
  assert.deepEqual(new Set(days()), new Set([1, 2]))
})

test('management events are archived where no rule is', async () => {
  const { events, archive, iam } = await archived({ EventPattern: '{"source":["aws.iam"]}' })
  await iam.createUser({ UserName: 'one' })
  await iam.listUsers({})
  await archive()
  assert.equal((await events.describeArchive({ ArchiveName: 'all' })).EventCount, 1)
})

test('what cannot be is refused', async () => {
  const { events } = await archived()
  await events.createEventBus({ Name: 'other' })
  const otherBus = `arn:aws:events:${region}:${here}:event-bus/other`
  const replay = (more: object) =>
    events.startReplay({
      ReplayName: 'r',
      EventSourceArn: archiveArn('all'),
      EventStartTime: new Date(startMs),
      EventEndTime: new Date(startMs + 1_000),
      Destination: { Arn: busArn },
      ...more,
    })
  const create = (more: object) =>
    events.createArchive({ ArchiveName: 'new', EventSourceArn: busArn, ...more })
  const rows: readonly [what: string, call: () => Promise<unknown>, want: string][] = [
    [
      'a name twice',
      () => create({ ArchiveName: 'all' }),
      'ResourceAlreadyExistsException: Archive all already exists.',
    ],
    [
      'no bus',
      () => create({ EventSourceArn: busArn.replace('default', 'none') }),
      'ResourceNotFoundException: Event bus none does not exist.',
    ],
    [
      'a key that would not be used',
      () => create({ KmsKeyIdentifier: 'alias/mine' }),
      'ValidationException: Parameter KmsKeyIdentifier is not supported: it would have no effect here.',
    ],
    [
      'no archive',
      () => events.describeArchive({ ArchiveName: 'none' }),
      'ResourceNotFoundException: Archive none does not exist.',
    ],
    [
      'two filters',
      () => events.listArchives({ NamePrefix: 'a', State: 'ENABLED' }),
      'ValidationException: At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.',
    ],
    [
      'another bus',
      () => replay({ Destination: { Arn: otherBus } }),
      'ValidationException: Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
    ],
    [
      'a window that ends before it begins',
      () => replay({ EventEndTime: new Date(startMs) }),
      'ValidationException: Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    ],
    [
      "another bus' rule",
      () =>
        replay({
          Destination: { Arn: busArn, FilterArns: [`arn:aws:events:${region}:${here}:rule/other/x`] },
        }),
      'ValidationException: Parameter Destination.FilterArns is not valid. Reason: Must contain rules of the event bus.',
    ],
    [
      'an archive that is not there',
      () => replay({ EventSourceArn: archiveArn('none') }),
      'ResourceNotFoundException: Archive none does not exist.',
    ],
    [
      'no replay',
      () => events.cancelReplay({ ReplayName: 'none' }),
      'ResourceNotFoundException: Replay none does not exist.',
    ],
  ]
  let ran = 0
  for (const [what, call, want] of rows) {
    assert.equal((await refusal(call())).replace('ValidationError:', 'ValidationException:'), want, what)
    ran += 1
  }
  assert.equal(ran, 10)
  for (let at = 0; at < 10; at += 1) await replay({ ReplayName: `r${at}` })
  assert.match(await refusal(replay({ ReplayName: 'r10' })), /^LimitExceededException/)
  await events.createArchive({ ArchiveName: 'of-other', EventSourceArn: otherBus })
  assert.match(await refusal(events.deleteEventBus({ Name: 'other' })), /has archives/)
})

test('each operation needs leave on all that it touches', async () => {
  const { user, events } = await archived()
  await events.startReplay({
    ReplayName: 'there',
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs),
    EventEndTime: new Date(startMs + 1_000),
    Destination: { Arn: busArn },
  })
  const allow = (Action: string, ...Resource: readonly string[]) => ({ Effect: 'Allow', Action, Resource })
  const replayArn = `arn:aws:events:${region}:${here}:replay/there`
  const start = {
    ReplayName: 'there',
    EventSourceArn: archiveArn('all'),
    EventStartTime: new Date(startMs),
    EventEndTime: new Date(startMs + 1_000),
    Destination: { Arn: busArn },
  }
  type Client = typeof events
  const create = { ArchiveName: 'all', EventSourceArn: busArn }
  const rows: readonly [action: string, needs: readonly string[], call: (as: Client) => Promise<unknown>][] =
    [
      ['CreateArchive', [archiveArn('all'), busArn], (as) => as.createArchive(create)],
      ['DescribeArchive', [archiveArn('all')], (as) => as.describeArchive({ ArchiveName: 'all' })],
      ['UpdateArchive', [archiveArn('all')], (as) => as.updateArchive({ ArchiveName: 'all' })],
      ['ListArchives', ['*'], (as) => as.listArchives({})],
      ['StartReplay', [replayArn, archiveArn('all'), busArn], (as) => as.startReplay(start)],
      ['DescribeReplay', [replayArn], (as) => as.describeReplay({ ReplayName: 'there' })],
      ['ListReplays', ['*'], (as) => as.listReplays({})],
      ['CancelReplay', [replayArn], (as) => as.cancelReplay({ ReplayName: 'there' })],
      ['DeleteArchive', [archiveArn('all')], (as) => as.deleteArchive({ ArchiveName: 'all' })],
    ]
  let ran = 0
  for (const [action, needs, call] of rows) {
    for (const missing of needs) {
      const rest = needs.filter((one) => one !== missing)
      const name = `${action}-${needs.indexOf(missing)}`
      const as = await user(
        name,
        rest.length > 0 ? allow(`events:${action}`, ...rest) : allow('s3:GetObject', '*'),
      )
      assert.match(await refusal(call(as)), /not authorized/, `${action} without ${missing}`)
      ran += 1
    }
    const answer = await refusal(call(await user(action, allow(`events:${action}`, ...needs))))
    assert.doesNotMatch(answer, /not authorized/, action)
  }
  assert.equal(ran, 12)
})
