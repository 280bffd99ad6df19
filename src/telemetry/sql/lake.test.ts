// Goal: queries give an account's own records, from segments in columns and from those being written, each record once; a query is ended
// within its limits; a process that runs one knows nothing that it need not.
// Method: segments in a folder of the test, real processes.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { AccountId } from '#core/arn.ts'
import { systemWorld } from '#core/world.ts'
import { flipOne } from '../../../test/integrity/flipped-bits.ts'
import { hearDamage } from '../damage.ts'
import { compressBefore } from '../retention.ts'
import { openEngine } from './engine.ts'
import { exportRecords } from './export.ts'
import type { Question } from './job.ts'
import { createLake } from './lake.ts'
import { runJob } from './run-job.ts'
import { nameTables } from './table-names.ts'
import type { CollectedPeriod } from './view.ts'

const here = '111122223333' as AccountId // Twelve digits.
const there = '444455556666' as AccountId // Twelve digits.
const id = '0a1b2c3d-0000-4000-8000-0123456789ab'
const nowMs = Date.UTC(2026, 0, 3, 12)
const limits = { rowsMax: 1000, bytesMax: 1_000_000, timeMs: 60_000 }
const everything: readonly CollectedPeriod[] = [{ selectors: [[]] }]

function line(eventName: string, account: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/bob`, userName: 'bob' },
    eventTime: '2026-01-02T03:04:05Z',
    eventSource: 'iam.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    requestParameters: { userName: "o'neil", tags: [{ key: 'a' }] },
    responseElements: null,
    eventID: `id-${eventName}`,
    readOnly: false,
    resources: [{ accountId: account, type: 'AWS::IAM::User', ARN: `arn:aws:iam::${account}:user/x` }],
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...more,
  })
}

function rig(t: TestContext, segments: Readonly<Record<string, readonly string[]>>) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-lake-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const folder = join(directory, 'telemetry', 'audit')
  mkdirSync(folder, { recursive: true })
  const put = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, `${name}.jsonl`), lines.map((one) => `${one}\n`).join(''))
  for (const [name, lines] of Object.entries(segments)) put(name, lines)
  const world = { ...systemWorld(), nowMs: () => nowMs }
  const logged: string[] = []
  const log = ({ event }: { readonly event: string }) => void logged.push(event)
  const lake = createLake({ directory, segments: () => Promise.resolve(folder), world, log })
  async function ask(
    statement: string,
    {
      account = here,
      collected = everything,
      ...wish
    }: Partial<Question['views'][number]> & { account?: AccountId } = {},
  ) {
    const view = { name: id, notBeforeMs: 0, notAfterMs: nowMs, collected, ...wish }
    const question = { statement: nameTables(statement).text, parameters: [], nowMs, views: [view] }
    const answer = await lake.query(account, question, limits).ends
    return answer.kind === 'done' ? (answer.result?.rows ?? []) : answer.reason
  }
  return { directory, folder, logged, put, lake, ask, root: join(directory, 'telemetry', 'lake', 'audit') }
}

const segments = {
  '2026-01-01-0-000001': [line('A', here), line('B', there)],
  '2026-01-02-0-000001': [line('C', here), line('D', there)],
  '2026-01-02-1-000001': [line('E', there)],
  '2026-01-03-0-000001': [line('F', here), line('G', there)],
}

test('lake: each record of the account once, from columns and from what is being written', async (t) => {
  const { ask, root, put, lake } = rig(t, segments)
  const names = `SELECT eventName FROM ${id} ORDER BY eventName`
  assert.deepEqual(await ask(names), [['A'], ['C'], ['F']])
  assert.deepEqual(await ask(names, { account: there }), [['B'], ['D'], ['E'], ['G']])
  assert.deepEqual(readdirSync(join(root, here)).sort(), [
    '2026-01-01-0-000001.parquet',
    '2026-01-02-0-000001.parquet',
  ])
  assert.equal(statSync(join(root, here, '2026-01-01-0-000001.parquet')).mode & 0o077, 0)
  put('2026-01-03-0-000002', [line('H', here)])
  await lake.convert()
  assert.deepEqual(await ask(names), [['A'], ['C'], ['F'], ['H']])
  assert.equal(readdirSync(join(root, here)).length, 3)
})

test('lake: a flipped bit of columns or of their manifest is told, and the segments are converted again while they are there', async (t) => {
  const { ask, root, folder } = rig(t, segments)
  const told: string[] = []
  t.after(hearDamage(({ file }) => void told.push(relative(root, file))))
  const names = `SELECT eventName FROM ${id} ORDER BY eventName`
  assert.deepEqual(await ask(names), [['A'], ['C'], ['F']])
  const [path, manifest] = [
    join(root, here, '2026-01-01-0-000001.parquet'),
    join(root, 'manifest.summed.jsonl'),
  ]
  for (let byte = 4; byte < statSync(path).size; byte += 2_999) {
    flipOne(path, byte, byte % 8)
    assert.deepEqual(await ask(names), [['A'], ['C'], ['F']], `byte ${byte}`)
    assert.deepEqual(told.splice(0), [relative(root, path)])
  }
  assert.deepEqual(await ask(names, { account: there }), [['B'], ['D'], ['E'], ['G']])
  flipOne(manifest, 20, 1)
  assert.deepEqual(await ask(names), [['A'], ['C'], ['F']])
  assert.deepEqual(new Set(told.splice(0)), new Set(['manifest.summed.jsonl']))
  assert.deepEqual(await ask(names), [['A'], ['C'], ['F']])
  assert.deepEqual(told, [])

  rmSync(join(folder, '2026-01-01-0-000001.jsonl'))
  flipOne(path, statSync(path).size >> 1, 5)
  for (const _ of [1, 2]) {
    assert.deepEqual(await ask(names), [['C'], ['F']], 'it is passed over where nothing is left to convert')
    assert.deepEqual(told.splice(0), [relative(root, path)])
  }
})

test('lake: results of a query that a disk damaged are not shown', async (t) => {
  const { lake, directory } = rig(t, {})
  const rows = Array.from({ length: 1_500 }, (_, n) => [String(n), null])
  const queryId = '0a1b2c3d-0000-4000-8000-000000000001'
  await lake.results.write(queryId, { columns: ['a', 'b'], rows, eventsScanned: 0 })
  assert.deepEqual((await lake.results.read(queryId, 990, 20))?.rows, rows.slice(990, 1_010))
  flipOne(join(directory, 'telemetry', 'lake', 'results', queryId, '1.summed.jsonl'), 40, 2)
  assert.equal(await lake.results.read(queryId, 990, 20), undefined)
  assert.deepEqual((await lake.results.read(queryId, 900, 100))?.rows, rows.slice(900, 1_000))
})

test('lake: segments that were compressed before anybody asked are read as the others', async (t) => {
  const { ask, folder, directory } = rig(t, segments)
  await compressBefore(folder, '2026-01-02')
  assert.ok(existsSync(join(folder, '2026-01-01-0-000001.jsonl.zst')))
  assert.deepEqual(await ask(`SELECT eventName FROM ${id} ORDER BY eventName`), [['A'], ['C'], ['F']])
  const file = join(directory, 'out.parquet')
  assert.equal(
    await exportRecords({ directory, kind: 'audit', fromMs: 0, toMs: nowMs, file }, systemWorld()),
    undefined,
  )
  const engine = await openEngine()
  const counted = await engine.runAndReadAll(`SELECT count(*) FROM '${file}'`)
  assert.deepEqual(counted.getRowsJson(), [['7']])
})

test('lake: half a line at the end is left out', async (t) => {
  const { ask, folder } = rig(t, {})
  writeFileSync(
    join(folder, '2026-01-03-0-000001.jsonl'),
    `${line('A', here)}\n{"eventName":"B","recipientAcc`,
  )
  assert.deepEqual(await ask(`SELECT eventName FROM ${id}`), [['A']])
})

test('lake: a line that was spoilt is left out of what is closed, and told', async (t) => {
  const { ask, logged } = rig(t, {
    '2026-01-01-0-000001': [line('A', here), '{"spoilt', line('B', here)],
    '2026-01-03-0-000001': [line('C', here)],
  })
  assert.deepEqual(await ask(`SELECT eventName FROM ${id} ORDER BY 1`), [['A'], ['B'], ['C']])
  assert.deepEqual(logged, ['records-not-converted'])
})

test('lake: all accounts’ records of a time as one Parquet file', async (t) => {
  const { directory } = rig(t, segments)
  const file = join(directory, 'out.parquet')
  const day = (count: number) => Date.UTC(2026, 0, count)
  const counts: unknown[] = []
  for (const [fromMs, toMs] of [
    [day(1), day(4)],
    [day(3), day(4)],
  ] as const) {
    assert.equal(
      await exportRecords({ directory, kind: 'audit', fromMs, toMs, file }, systemWorld()),
      undefined,
    )
    const engine = await openEngine()
    const reader = await engine.runAndReadAll(`SELECT count(*), min(eventName) FROM '${file}'`)
    counts.push(reader.getRowsJson()[0])
  }
  assert.deepEqual(counts, [
    ['7', 'A'],
    ['0', null],
  ])
})

// What records grow to in the engine's memory is many times what they are on disk.
test('lake: large records of large segments are read within the memory that there is', async (t) => {
  const large = { requestParameters: { one: 'x'.repeat(100_000), two: { three: 'y'.repeat(100_000) } } }
  const lines = Array.from({ length: 83 }, (_, n) => line(`E${n}`, here, large))
  const { ask, logged, directory, root } = rig(t, {
    '2026-01-02-0-000001': lines,
    '2026-01-02-0-000002': lines,
    '2026-01-02-0-000003': lines,
    '2026-01-02-0-000004': lines,
    '2026-01-02-1-000001': lines,
  })
  assert.deepEqual(await ask(`SELECT count(*), count(DISTINCT eventName) FROM ${id}`), [['415', '83']])
  assert.deepEqual(logged, [])
  assert.equal(readdirSync(join(root, here)).length, 2, 'two segments at a time')
  const asked = {
    directory,
    kind: 'audit' as const,
    fromMs: 0,
    toMs: nowMs,
    file: join(directory, 'out.parquet'),
  }
  assert.equal(await exportRecords(asked, systemWorld()), undefined)
})

test('lake: columns have what records have', async (t) => {
  const { ask } = rig(t, segments)
  assert.deepEqual(
    await ask(
      `SELECT eventTime, userIdentity.userName, element_at(requestParameters, 'userName'), readOnly, resources[1].arn,
        errorCode, json_extract_scalar(eventJson, '$.eventID'), now() FROM ${id} WHERE eventName = 'A'`,
    ),
    [
      [
        '2026-01-02 03:04:05',
        'bob',
        "o'neil",
        'false',
        `arn:aws:iam::${here}:user/x`,
        null,
        'id-A',
        '2026-01-03 12:00:00',
      ],
    ],
  )
})

test('lake: a data store shows what it collected', async (t) => {
  const at = (hour: number) => ({ eventTime: `2026-01-02T0${hour}:00:00Z` })
  const queue = { accountId: here, type: 'AWS::SQS::Queue' }
  const sent = { ...at(5), eventCategory: 'Data', eventSource: 'sqs.amazonaws.com', readOnly: true }
  const management: readonly CollectedPeriod[] = [
    { selectors: [[{ field: 'eventCategory', equals: ['Management'] }]] },
  ]
  const { ask } = rig(t, {
    '2026-01-02-0-000001': [
      line('CreateUser', here, at(1)),
      line('ListUsers', here, { ...at(2), readOnly: true }),
      line('CreateKey', here, { ...at(3), eventSource: 'kms.amazonaws.com', awsRegion: 'eu-west-1' }),
      line("Odd'Name", here, at(4)),
      line('SendMessage', here, { ...sent, resources: [{ ...queue, ARN: 'arn:a' }] }),
      line('PutEvents', here, { ...sent, eventSource: 'events.amazonaws.com' }),
    ],
  })
  const aboutQueues = [
    { field: 'eventCategory', equals: ['Data'] },
    { field: 'resources.type', equals: ['AWS::SQS::Queue'] },
  ] as const
  const hour = (count: number) => Date.UTC(2026, 0, 2, count)
  const rows: readonly [name: string, view: Parameters<typeof ask>[1], want: readonly string[]][] = [
    ['all', {}, ['CreateKey', 'CreateUser', 'ListUsers', "Odd'Name", 'PutEvents', 'SendMessage']],
    ['messages', { collected: [{ selectors: [aboutQueues] }] }, ['SendMessage']],
    [
      'messages of one queue',
      { collected: [{ selectors: [[...aboutQueues, { field: 'resources.ARN', equals: ['arn:a'] }]] }] },
      ['SendMessage'],
    ],
    [
      'messages of others',
      { collected: [{ selectors: [[...aboutQueues, { field: 'resources.ARN', notEquals: ['arn:a'] }]] }] },
      [],
    ],
    [
      'one name or a beginning, and no ending',
      {
        collected: [
          {
            selectors: [
              [
                {
                  field: 'eventName',
                  equals: ['ListUsers'],
                  startsWith: ['Create'],
                  notEndsWith: ['Key'],
                },
              ],
            ],
          },
        ],
      },
      ['CreateUser', 'ListUsers'],
    ],
    ['management events', { collected: management }, ['CreateKey', 'CreateUser', 'ListUsers', "Odd'Name"]],
    ['nothing', { collected: [] }, []],
    ['one region', { region: 'eu-west-1' }, ['CreateKey']],
    ['not too old', { notBeforeMs: hour(3), collected: management }, ['CreateKey', "Odd'Name"]],
    ['not later', { notAfterMs: hour(2) }, ['CreateUser', 'ListUsers']],
    ['a time', { collected: [{ fromMs: hour(2), toMs: hour(3), selectors: [[]] }] }, ['ListUsers']],
    [
      'writes',
      { collected: [{ selectors: [[{ field: 'readOnly', equals: ['false'] }]] }] },
      ['CreateKey', 'CreateUser', "Odd'Name"],
    ],
    [
      'a prefix',
      { collected: [{ selectors: [[{ field: 'eventName', startsWith: ['Create'] }]] }] },
      ['CreateKey', 'CreateUser'],
    ],
    [
      'no prefix',
      {
        collected: [
          { selectors: [[{ field: 'eventName', notStartsWith: ['Create', 'List', 'Put', 'Send'] }]] },
        ],
      },
      ["Odd'Name"],
    ],
    [
      'an ending',
      { collected: [{ selectors: [[{ field: 'eventName', endsWith: ['Users'] }]] }] },
      ['ListUsers'],
    ],
    [
      'a quote',
      { collected: [{ selectors: [[{ field: 'eventName', equals: ["Odd'Name"] }]] }] },
      ["Odd'Name"],
    ],
    [
      'a quote that would end',
      { collected: [{ selectors: [[{ field: 'eventName', equals: ["') OR true --"] }]] }] },
      [],
    ],
    [
      'either',
      {
        collected: [
          {
            selectors: [
              [{ field: 'eventSource', equals: ['kms.amazonaws.com'] }],
              [
                { field: 'readOnly', equals: ['true'] },
                { field: 'eventCategory', equals: ['Management'] },
              ],
            ],
          },
        ],
      },
      ['CreateKey', 'ListUsers'],
    ],
    [
      'both',
      {
        collected: [
          {
            selectors: [
              [
                { field: 'eventSource', notEquals: ['kms.amazonaws.com'] },
                { field: 'readOnly', equals: ['false'] },
              ],
            ],
          },
        ],
      },
      ['CreateUser', "Odd'Name"],
    ],
  ]
  for (const [name, view, want] of rows)
    assert.deepEqual(
      await ask(`SELECT eventName FROM ${id} ORDER BY 1`, view),
      want.map((one) => [one]),
      name,
    )
  assert.equal(rows.length, 19)
})

test('lake: queries end within their limits', async (t) => {
  const { ask } = rig(t, {
    '2026-01-02-0-000001': Array.from({ length: 2000 }, (_, n) => line(`E${n}`, here)),
  })
  assert.match(String(await ask(`SELECT eventName FROM ${id}`)), /more than 1000 rows/)
  const cross = Array.from({ length: 12 }, (_, n) => `${id} t${n}`).join(', ')
  assert.equal(
    await ask(`SELECT sum(length(t0.eventName) + length(t11.eventName)) FROM ${cross}`),
    'It needs too much memory.',
  )
})

test('lake: a query that takes too long, or is cancelled, is ended', async () => {
  const view = { name: id, notBeforeMs: 0, notAfterMs: nowMs, collected: everything }
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-lake-'))
  const segment = join(folder, 'x.jsonl')
  writeFileSync(segment, Array.from({ length: 500 }, (_, n) => `${line(`E${n}`, here)}\n`).join(''))
  const job = {
    kind: 'query',
    ...{
      statement: `SELECT count(*) FROM "${id}" a, "${id}" b, "${id}" c, "${id}" d WHERE md5(a.eventID || b.eventID || c.eventID || d.eventID) = ''`,
      parameters: [],
      nowMs,
    },
    ...{ views: [view], account: here, folder, files: [], growing: [segment] },
    limits: { rowsMax: 10, bytesMax: 1000 },
  } as const
  const timed = await runJob(job, { timeMs: 1500, answerBytesMax: 10_000 }, systemWorld()).ends
  assert.deepEqual(timed, { kind: 'refused', reason: 'The time for it is over.' })
  const running = runJob(job, { timeMs: 60_000, answerBytesMax: 10_000 }, systemWorld())
  running.cancel()
  assert.deepEqual(await running.ends, { kind: 'failed', reason: 'It was cancelled.' })
  rmSync(folder, { recursive: true })
})

test('lake: what nobody keeps goes, what a data store keeps outlives the trail', async (t) => {
  const { ask, root, lake, folder } = rig(t, segments)
  await ask(`SELECT 1 FROM ${id}`)
  for (const file of readdirSync(folder)) if (file.startsWith('2026-01-01')) rmSync(join(folder, file))
  await lake.sweep((account) => (account === here ? 0 : undefined))
  assert.ok(existsSync(join(root, here, '2026-01-01-0-000001.parquet')))
  assert.ok(!existsSync(join(root, there, '2026-01-01-0-000001.parquet')))
  assert.deepEqual(await ask(`SELECT eventName FROM ${id} ORDER BY 1`), [['A'], ['C'], ['F']])
  await lake.sweep((account) => (account === here ? Date.UTC(2026, 0, 2) : undefined))
  assert.ok(!existsSync(join(root, here, '2026-01-01-0-000001.parquet')))
  assert.deepEqual(await ask(`SELECT eventName FROM ${id} ORDER BY 1`), [['C'], ['F']])
})

test('export: flows, queries and web requests become columns, those of the time asked for', async (t) => {
  const { directory } = rig(t, segments)
  const file = join(directory, 'out.parquet')
  const at = Date.UTC(2026, 0, 2)
  const rows = {
    flow: [
      { accountId: here, srcaddr: '203.0.113.9', dstport: 443, startMs: at, endMs: at, action: 'ACCEPT' },
    ],
    dns: [
      { accountId: here, queryName: 'a.example', atMs: at, answers: [{ rdata: '192.0.2.1', type: 'A' }] },
    ],
    web: [{ accountId: here, path: '/', status: 404, atMs: at, labels: ['a', 'b'] }],
  }
  for (const [kind, [row]] of Object.entries(rows)) {
    const folder = join(directory, 'telemetry', kind)
    mkdirSync(folder)
    const early = { ...row, atMs: 5, endMs: 5 }
    const lines = [row, early].map((one) => `${JSON.stringify(one)}\n`)
    writeFileSync(join(folder, '2026-01-02-0-000001.jsonl'), `${lines.join('')}{"torn`)
  }
  const asked = { directory, fromMs: at - 1, toMs: at + 1, file }
  const select = async (kind: keyof typeof rows, what: string) => {
    assert.equal(await exportRecords({ ...asked, kind }, systemWorld()), undefined)
    return (await (await openEngine()).runAndReadAll(`SELECT ${what} FROM '${file}'`)).getRowsJson()
  }
  assert.deepEqual(await select('flow', 'accountId, srcaddr, dstport, region'), [
    [here, '203.0.113.9', 443, null],
  ])
  assert.deepEqual(await select('dns', 'queryName, answers[1].rdata'), [['a.example', '192.0.2.1']])
  assert.deepEqual(await select('web', 'path, status, len(labels)'), [['/', 404, '2']])
  const none = { ...asked, kind: 'flow' as const, fromMs: at + 86_400_000, toMs: at + 2 * 86_400_000 }
  assert.equal(await exportRecords(none, systemWorld()), 'there are no records of that time')
})
