// Goal: what was recorded is found: by time, by attribute, page by page while more is written, in all workers' segments; and what a
// crash left in the change log alone is in the segments again, once.
// Method: trails over a store in memory and a folder on disk, on a clock of the test's; every page compared with a list kept here.
import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import type { Log } from '#core/log.ts'
import { collection, createMemoryStore, type Store } from '#core/store/index.ts'
import { systemWorld, type World } from '#core/world.ts'
import type { AttributeKey } from './attributes.ts'
import { createAuditTrail, type QueryableAuditTrail } from './audit-trail.ts'
import { beginTrailAnew } from './beginning.ts'
import { InvalidToken } from './query.ts'
import { readRecord } from './stored-record.ts'

const here = '111122223333' as AccountId // Twelve digits.
const there = '444455556666' as AccountId // Twelve digits.
const noonMs = Date.UTC(2026, 10, 23, 12)
const dayMs = 86_400_000

interface Stage {
  readonly directory: string
  readonly folder: string
  readonly store: Store
  readonly clock: { nowMs: number }
  /** What the trails do from time to time. */
  readonly timers: (() => void)[]
  /** The events that the trails logged. */
  readonly logged: string[]
  /** Opens the trail of a worker; the test closes it. */
  readonly open: (worker?: number, segmentBytesMax?: number) => QueryableAuditTrail
}

function stage(t: TestContext): Stage {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-trail-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const store = createMemoryStore()
  const clock = { nowMs: noonMs }
  const [timers, logged]: [(() => void)[], string[]] = [[], []]
  const every: World['every'] = (_, task) => (timers.push(task), () => {})
  const world: World = { ...systemWorld(), nowMs: () => clock.nowMs, every, after: () => () => {} }
  const log: Log = ({ event }) => void logged.push(event)
  const open: Stage['open'] = (worker = 0, segmentBytesMax = 4000) =>
    createAuditTrail({ directory, store, worker, world, log, segmentBytesMax })
  return { directory, folder: join(directory, 'telemetry', 'audit'), store, clock, timers, logged, open }
}

function called(
  nowMs: number,
  userName: string,
  changes: Partial<AuditedCall> = {},
  operation = 'GetUser',
): AuditedCall {
  return {
    envelope: {
      requestId: '4c1b8a1e-2f7a-4c7a-9d6a-1b6f5a3b2c1d',
      service: 'iam',
      operation,
      nowMs,
      region: 'us-east-1',
      partition: 'aws',
      sourceIp: '192.0.2.7',
      userAgent: 'test',
      referer: undefined,
      secureTransport: false,
      calledVia: [],
    },
    caller: {
      kind: 'user',
      account: here,
      arn: `arn:aws:iam::${here}:user/alice` as Arn, // Written out.
      userId: 'AIDAALICE',
      accessKeyId: 'AKIAALICE',
      userName: 'alice',
      tags: {},
    },
    account: here,
    input: { UserName: userName },
    output: {},
    fault: undefined,
    access: [
      { action: `iam:${operation}`, resource: { arn: `arn:aws:iam::${here}:user/${userName}` as Arn } },
    ], // Written out.
    ...changes,
  }
}

/** The user names that a query finds, page by page. */
async function find(
  trail: QueryableAuditTrail,
  query: Partial<Parameters<QueryableAuditTrail['query']>[0]> = {},
  between: () => void = () => {},
): Promise<string[][]> {
  const pages: string[][] = []
  for (let token: string | undefined; ;) {
    const page = await trail.query({ account: here, limit: 50, ...query, token })
    pages.push(
      page.records.map(
        ({ line }) =>
          (JSON.parse(line) as { requestParameters: { userName: string } }).requestParameters.userName,
      ),
    ) // Written by `called`.
    if (page.token === undefined) return pages
    token = page.token
    between()
  }
}

test('query: newest first, page by page, over segments and workers, while more is written', async (t) => {
  const { open, folder } = stage(t)
  const trails = [open(0), open(1), open(2)]
  const [reader] = trails
  assert.ok(reader)
  const written: string[] = []
  for (let at = 0; at < 200; at += 1) {
    const trail = trails[(at * 7) % 3]
    assert.ok(trail)
    trail.append(trail.record(called(noonMs + at * 1000, `u${at}`)))
    trail.append(trail.record(called(noonMs + at * 1000, `other${at}`, { account: there })))
    trail.flush()
    written.unshift(`u${at}`)
  }
  assert.ok(readdirSync(folder).filter((file) => file.endsWith('.jsonl')).length > 12)

  let at = 200
  for (const limit of [1, 7, 50, 500]) {
    const pages = await find(reader, { limit, endMs: noonMs + 199_000 }, () => {
      const trail = trails[at % 3]
      trail?.append(trail.record(called(noonMs + at * 1000, `late${at}`)))
      trail?.flush()
      at += 1
    })
    assert.deepEqual(pages.flat(), written, `pages of ${limit}`)
    for (const page of pages) assert.ok(page.length <= limit)
  }
  assert.ok(at > 400)
  for (const trail of trails) await trail.close()
})

test('query: by time and by attribute', async (t) => {
  const { open, clock } = stage(t)
  const trail = open()
  for (let day = 0; day < 5; day += 1) {
    clock.nowMs = noonMs + day * dayMs
    trail.append(trail.record(called(clock.nowMs, `day${day}`, {}, day === 3 ? 'DeleteUser' : 'GetUser')))
    trail.flush()
  }
  const rows: readonly [name: string, query: Parameters<typeof find>[1], want: string[]][] = [
    ['everything', {}, ['day4', 'day3', 'day2', 'day1', 'day0']],
    ['both ends are in', { startMs: noonMs + dayMs, endMs: noonMs + 2 * dayMs }, ['day2', 'day1']],
    ['a start', { startMs: noonMs + 4 * dayMs - 1 }, ['day4']],
    ['an end', { endMs: noonMs + 500 }, ['day0']],
    ['no older than allowed', { startMs: 0, notBeforeMs: noonMs + 3 * dayMs }, ['day4', 'day3']],
    ['a condition', { where: ({ eventTime }) => eventTime.startsWith('2026-11-25') }, ['day2']],
    ['another account', { account: there }, []],
    ['no time at all', { startMs: 2, endMs: 1 }, []],
    ...(
      [
        ['EventName', 'DeleteUser', ['day3']],
        ['EventName', 'deleteuser', []],
        ['ReadOnly', 'false', ['day3']],
        ['ReadOnly', 'true', ['day4', 'day2', 'day1', 'day0']],
        ['Username', 'alice', ['day4', 'day3', 'day2', 'day1', 'day0']],
        ['Username', 'day2', []],
        ['ResourceName', 'day2', ['day2']],
        ['ResourceName', `arn:aws:iam::${here}:user/day1`, ['day1']],
        ['ResourceName', 'day', []],
        ['ResourceType', 'AWS::IAM::User', ['day4', 'day3', 'day2', 'day1', 'day0']],
        ['ResourceType', 'AWS::IAM::Role', []],
        ['EventSource', 'iam.amazonaws.com', ['day4', 'day3', 'day2', 'day1', 'day0']],
        ['EventSource', 'sts.amazonaws.com', []],
        ['AccessKeyId', 'AKIAALICE', ['day4', 'day3', 'day2', 'day1', 'day0']],
        ['AccessKeyId', 'AKIABOB', []],
        ['EventId', '4c1b8a1e-2f7a-4c7a-9d6a-1b6f5a3b2c1d', []], // The request's id.
      ] satisfies [AttributeKey, string, string[]][]
    ).map(([key, value, want]): [string, Parameters<typeof find>[1], string[]] => [
      `${key} ${value}`,
      { attribute: { key, value } },
      want,
    ]),
  ]
  for (const [name, query, want] of rows) assert.deepEqual((await find(trail, query)).flat(), want, name)
  assert.equal(rows.length, 24)

  const { records } = await trail.query({ account: here, limit: 1 })
  const value = records[0]?.record.eventID ?? ''
  assert.deepEqual(await find(trail, { attribute: { key: 'EventId', value } }), [['day4']])
  await trail.close()
})

test('query: what a caller writes into its own record finds nobody else’s', async (t) => {
  const { open } = stage(t)
  const trail = open()
  const tags = { [`"recipientAccountId":"${here}"`]: 'x', recipientAccountId: here, eventName: 'DeleteUser' }
  const names = [`"recipientAccountId":"${here}"`, `\\","eventName":"DeleteUser`, '\u2028"readOnly":false']
  for (const name of names) {
    const call = called(noonMs, name, { account: there, additionalEventData: tags })
    trail.append(trail.record({ ...call, envelope: { ...call.envelope, userAgent: name } }))
  }
  assert.deepEqual(await find(trail), [[]])
  assert.deepEqual(
    await find(trail, { account: there, attribute: { key: 'EventName', value: 'DeleteUser' } }),
    [[]],
  )
  assert.equal((await find(trail, { account: there })).flat().length, 3)
  await trail.close()
})

test('query: tokens of other queries, and forged ones, are refused', async (t) => {
  const { open, directory } = stage(t)
  const trail = open()
  for (let at = 0; at < 3; at += 1) trail.append(trail.record(called(noonMs, `u${at}`)))
  const { token } = await trail.query({ account: here, limit: 1 })
  assert.ok(token)
  const parts = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[] // Written by writeToken.
  const forge = (...positions: unknown[]) =>
    Buffer.from(JSON.stringify([parts[0], ...positions])).toString('base64url')
  const rows: readonly [name: string, query: Parameters<typeof find>[1], token: string][] = [
    ['another account', { account: there }, token],
    ['another time', { endMs: noonMs }, token],
    ['another attribute', { attribute: { key: 'ReadOnly', value: 'true' } }, token],
    ['no token', {}, 'x'],
    ['an empty one', {}, ''],
    ['no list', {}, Buffer.from('{"length":1}').toString('base64url')],
    ['a path', {}, forge(['../../root.key', 1])],
    ['a position that is none', {}, forge(['2026-11-23-0-000001.jsonl', -1])],
    ['a position that is no number', {}, forge(['2026-11-23-0-000001.jsonl', '1'])],
    ['a position too many', {}, forge(['2026-11-23-0-000001.jsonl', 1, 1])],
  ]
  for (const [name, query, given] of rows) {
    await assert.rejects(trail.query({ account: here, limit: 1, ...query, token: given }), InvalidToken, name)
  }
  assert.equal(rows.length, 10)
  const segment = globSync('telemetry/audit/*.jsonl', { cwd: directory })[0]?.split('/').at(-1)
  const beyond = await trail.query({ account: here, limit: 9, token: forge([segment, 1e15]) })
  assert.equal(beyond.records.length, 3, 'a position behind the end')
  // A position within a line is no way to read half of one.
  const middle = await trail.query({
    account: here,
    limit: 9,
    token: forge(['2026-11-23-0-000001.jsonl', 1000]),
  })
  for (const { line } of middle.records) assert.equal(readRecord(line).recipientAccountId, here)
  await trail.close()
})

const note = collection<{ name: string }>({ service: 'test', type: 'note' })
const scope = { account: here, region: 'global' }

/** A change with its record, committed; the record's event id. */
async function change(
  store: Store,
  trail: QueryableAuditTrail,
  nowMs: number,
  name: string,
): Promise<string> {
  const line = trail.record(called(nowMs, name, {}, 'CreateUser'))
  await store.transact((tx) => {
    tx.put(note, scope, name, { name })
    tx.record(line)
  })
  return readRecord(line).eventID
}

function idsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'))
    .map((line) => readRecord(line).eventID)
}

test('changes: their records come from the change log, each from the worker that committed it', async (t) => {
  const { open, store, folder } = stage(t)
  const trail = open()
  const id = await change(store, trail, noonMs, 'first')
  trail.flush()
  assert.deepEqual(idsIn(folder), [id])
  assert.deepEqual(await find(trail, { attribute: { key: 'EventId', value: id } }), [['first']])
  await trail.close()
})

test('disk: records that it does not take are kept, and the process lives on', async (t) => {
  const { open, store, folder, timers, logged } = stage(t)
  const trail = open()
  await trail.repaired
  const [mark] = timers
  assert.ok(mark)

  // A file where the folder should be: as good as a full disk, and root is told of it too.
  renameSync(folder, `${folder}.aside`)
  writeFileSync(folder, '')
  trail.append(trail.record(called(noonMs, 'read')))
  const changed = await change(store, trail, noonMs + 1000, 'change')
  for (let turn = 0; turn < 3; turn += 1) assert.throws(() => trail.flush(), /ENOTDIR/)
  mark()
  assert.deepEqual(logged, ['records-not-written'])

  unlinkSync(folder)
  renameSync(`${folder}.aside`, folder)
  trail.flush()
  assert.deepEqual(await find(trail), [['change', 'read']])
  mark()
  assert.equal(readFileSync(join(folder, '0.marker'), 'utf8').split(' ')[0], `${store.seq}`)
  assert.ok(idsIn(folder).includes(changed))
  await trail.close()
})

test('disk: segments that it does not let be swept are told, and the process lives on', async (t) => {
  const { open, folder, timers, logged } = stage(t)
  const trail = open()
  await trail.repaired
  const [, sweep] = timers
  assert.ok(sweep)
  renameSync(folder, `${folder}.aside`)
  writeFileSync(folder, '')
  sweep()
  for (let turn = 0; turn < 200 && logged.length === 0; turn += 1) await sleep(5)
  assert.deepEqual(logged, ['records-not-swept'])
  unlinkSync(folder)
  renameSync(`${folder}.aside`, folder)
  await trail.close()
})

test('disk: a stop comes to its end all the same, and a start repairs what it left', async (t) => {
  const { open, store, folder, logged } = stage(t)
  const trail = open()
  await trail.repaired
  renameSync(folder, `${folder}.aside`)
  writeFileSync(folder, '')
  const changed = await change(store, trail, noonMs, 'change')
  await trail.close()
  assert.deepEqual(logged, ['records-not-written', 'records-not-written'])

  unlinkSync(folder)
  renameSync(`${folder}.aside`, folder)
  const next = open()
  await next.repaired
  assert.deepEqual(idsIn(folder), [changed])
  await next.close()
})

async function reset(store: Store): Promise<void> {
  const { randomBytes } = systemWorld()
  await store.transact((tx) => beginTrailAnew(tx, { randomBytes, afterSeq: store.seq }))
}

/** All segments, whichever folder they are in. */
function segmentsUnder(directory: string): readonly string[] {
  return globSync('telemetry/*/*.jsonl', { cwd: directory })
}

test('reset: nothing from before is found, by any worker, and all from after', async (t) => {
  const { open, store, directory, folder } = stage(t)
  const trails = [open(0), open(1)]
  const [first, second] = trails
  assert.ok(first && second)
  await first.repaired
  for (const trail of trails) {
    trail.append(trail.record(called(noonMs, 'flushed')))
    trail.flush()
    trail.append(trail.record(called(noonMs, 'in memory')))
  }
  await change(store, first, noonMs, 'changed')
  for (let round = 0; round < 3; round += 1) {
    await reset(store)
    for (const trail of trails) assert.deepEqual((await find(trail)).flat(), [])
    for (const trail of trails) trail.append(trail.record(called(noonMs, 'after')))
    await change(store, second, noonMs, 'changed after')
    for (const trail of trails) trail.flush()
    const found: string[] = (await find(first)).flat()
    // Both trails follow one store here, so both write the record of its change.
    assert.deepEqual(found.toSorted(), ['after', 'after', 'changed after', 'changed after'])
  }
  for (const trail of trails) await trail.close()
  assert.equal(segmentsUnder(directory).length, 2, 'what was recorded before takes no room')

  const next = open()
  await next.repaired
  assert.deepEqual(
    readdirSync(join(directory, 'telemetry')).map((name) => name === 'audit'),
    [false],
  )
  assert.equal((await find(next)).flat().length, 4)
  assert.ok(!existsSync(folder))
  await next.close()
})

test('reset: what a start repairs is of after it', async (t) => {
  const { open, store } = stage(t)
  const crashed = open()
  await crashed.repaired
  await change(store, crashed, noonMs, 'before')
  // As if the process had died before its trail heard of the reset.
  await crashed.close()
  await reset(store)
  await store.transact((tx) => tx.record(crashed.record(called(noonMs, 'after', {}, 'CreateUser'))))
  const next = open()
  await next.repaired
  assert.deepEqual(await find(next), [['after']])
  await next.close()
})

test('repair: what a crash kept from the segments is there after the next start, once', async (t) => {
  const { open, store, folder, clock } = stage(t)
  const crashed = open()
  const ids = [await change(store, crashed, noonMs, 'flushed')]
  crashed.flush()
  ids.push(
    await change(store, crashed, noonMs + 1000, 'lost'),
    await change(store, crashed, noonMs + 2000, 'torn'),
  )
  // The process dies here: two records are in the log alone, and half of one in the segment.
  const [segment] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'))
  assert.ok(segment)
  appendFileSync(join(folder, segment), crashed.record(called(noonMs, 'torn')).slice(0, 300))

  clock.nowMs = noonMs + 3 * dayMs
  for (const start of ['first', 'second', 'third']) {
    const trail = open()
    await trail.repaired
    assert.deepEqual(idsIn(folder).sort(), ids.toSorted(), `${start} start`)
    // Three days later, and still in their own place in time.
    assert.deepEqual(await find(trail, { endMs: noonMs + 2000, limit: 2 }), [['torn', 'lost'], ['flushed']])
    ids.push(await change(store, trail, clock.nowMs, `after ${start}`)) // And dies again, with this in the log alone.
  }
})

test('repair: after an orderly end, no log has to be read', async (t) => {
  const { open, store, folder } = stage(t)
  const trail = open()
  await change(store, trail, noonMs, 'one')
  await trail.close()
  assert.equal(readFileSync(join(folder, '0.marker'), 'utf8').split(' ')[0], `${store.seq}`)
  const asked: number[] = []
  const recordsSince = store.recordsSince.bind(store)
  store.recordsSince = (seq) => (asked.push(seq), recordsSince(seq))
  const next = open()
  await next.repaired
  assert.deepEqual(asked, [store.seq])
  await next.close()
})

test('repair: a worker that is no more does not hold the marker back', async (t) => {
  const { open, store, folder } = stage(t)
  const workers = [open(0), open(1), open(2)]
  const [first] = workers
  assert.ok(first)
  await first.repaired
  await change(store, first, noonMs, 'one')
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.endsWith('.marker')),
    ['0.marker', '1.marker', '2.marker'],
  )
  for (const worker of workers) worker.flush()
  const next = open(0)
  await next.repaired
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.endsWith('.marker')),
    ['0.marker'],
  )
  await next.close()
})
