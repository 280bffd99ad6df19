// Goal: what files hold arrives whole and once, however often the command is run, cut off or given more; what is no record is counted by its reason.
// Method: files on disk as AWS writes them, and as a torn transfer leaves them.
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { DirectoryInUse } from '#core/store/index.ts'
import { arrivalsIn } from '../arrivals.ts'
import { ingest, type IngestOptions } from './ingest.ts'

const nowMs = Date.UTC(2026, 5, 1)

function place(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-ingest-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const directory = join(folder, 'data')
  const given = join(folder, 'given')
  mkdirSync(given)
  const run = (wish: Pick<IngestOptions, 'kind'> & Partial<IngestOptions>) =>
    ingest({ directory, paths: [given], ...wish }, { nowMs: () => nowMs }, () => undefined)
  const kept = async (kind: string) =>
    (await arrivalsIn(join(directory, 'telemetry', kind), {}, 1e8)).lines.map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    )
  return { directory, given, run, kept }
}

const call = (id: string) => ({
  ...{ eventVersion: '1.11', eventID: id, eventTime: '2026-05-01T00:00:00Z', eventName: 'GetUser' },
  ...{ eventSource: 'iam.amazonaws.com', awsRegion: 'us-east-1', recipientAccountId: '111122223333' },
})
const flow = (port: number) =>
  `2 111122223333 eni-1 203.0.113.9 10.0.0.5 ${port} 443 6 10 840 1777593600 1777593660 ACCEPT OK`

test('ingest: files of a trail, compressed or not, each record once however often it is run', async (t) => {
  const { given, run, kept } = place(t)
  mkdirSync(join(given, '2026'))
  writeFileSync(
    join(given, '2026', 'a.json.gz'),
    gzipSync(JSON.stringify({ Records: [call('1'), call('2')] })),
  )
  writeFileSync(
    join(given, 'b.json'),
    JSON.stringify({ Records: [call('3'), { ...call('4'), eventTime: 'x' }] }),
  )
  writeFileSync(join(given, 'lines.jsonl'), `${JSON.stringify(call('5'))}\n{"broken\n\n`)
  const first = await run({ kind: 'cloudtrail' })
  assert.deepEqual([first.files, first.records, first.taken], [3, 4, 0])
  assert.deepEqual(
    [...first.rejected],
    [
      ['time out of range', 1],
      ['not JSON', 1],
    ],
  )
  assert.deepEqual([...first.accounts], [['111122223333', 4]])
  const second = await run({ kind: 'cloudtrail' })
  assert.deepEqual([second.records, second.taken, second.rejected.size], [0, 4, 0])
  assert.deepEqual(
    (await kept('ingested')).map(({ eventID }) => eventID),
    ['1', '2', '3', '5'],
  )
})

test('ingest: a record that is too long for its segment is told, and keeps none that follow it away', async (t) => {
  const { given, run, kept } = place(t)
  const long = { ...call('2'), requestParameters: { name: 'x'.repeat(2_000_000) } }
  writeFileSync(join(given, 'a.json'), JSON.stringify({ Records: [call('1'), long, call('3')] }))
  const { records, rejected } = await run({ kind: 'cloudtrail' })
  assert.deepEqual([records, [...rejected]], [2, [['too long', 1]]])
  assert.deepEqual(
    (await kept('ingested')).map(({ eventID }) => eventID),
    ['1', '3'],
  )
})

test('ingest: flow logs with a header, of a format of their own, of the default one, in Parquet', async (t) => {
  const { given, run, kept } = place(t)
  writeFileSync(
    join(given, 'header.log'),
    'interface-id srcaddr dstaddr protocol packets bytes start end action\neni-2 203.0.113.9 10.0.0.5 6 1 40 1777593600 1777593660 REJECT\n',
  )
  assert.equal((await run({ kind: 'flow', account: '444455556666' })).records, 1)
  rmSync(join(given, 'header.log'))
  writeFileSync(join(given, 'default.log.gz'), gzipSync(`${flow(1)}\n${flow(2)}\nnonsense\n`))
  const second = await run({ kind: 'flow' })
  assert.deepEqual([second.records, [...second.rejected]], [2, [['wrong columns', 1]]])
  rmSync(join(given, 'default.log.gz'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const columns = `2 AS version, '111122223333' AS account_id, 'eni-3' AS interface_id, '203.0.113.9' AS srcaddr, '10.0.0.5' AS dstaddr,
    3 AS srcport, 443 AS dstport, 6 AS protocol, 10::BIGINT AS packets, 840::BIGINT AS bytes, 1777593600::BIGINT AS "start", 1777593660::BIGINT AS "end",
    'ACCEPT' AS action, 'OK' AS log_status`
  await connection.run(`COPY (SELECT ${columns}) TO '${join(given, 'flows.parquet')}' (FORMAT parquet)`)
  connection.closeSync()
  assert.equal((await run({ kind: 'flow' })).records, 1)
  const rows = (await kept('flow')).map(({ accountId, interfaceId, srcport }) =>
    [accountId, interfaceId, srcport].join(' '),
  )
  assert.deepEqual(rows, [
    '444455556666 eni-2 0',
    '111122223333 eni-1 1',
    '111122223333 eni-1 2',
    '111122223333 eni-3 3',
  ])
})

test('ingest: a torn file gives what is whole of it, and the rest once it is there', async (t) => {
  const { given, run, kept } = place(t)
  const whole = gzipSync(Array.from({ length: 5_000 }, (_, at) => `${flow(at)}\n`).join(''))
  const path = join(given, 'flows.log.gz')
  writeFileSync(path, whole.subarray(0, whole.length / 2))
  const first = await run({ kind: 'flow' })
  assert.deepEqual([...first.rejected], [['torn file', 1]])
  assert.ok(first.records > 1_000 && first.records < 5_000, String(first.records))
  writeFileSync(path, whole)
  const second = await run({ kind: 'flow' })
  assert.deepEqual([first.records + second.records, second.rejected.size], [5_000, 0])
  assert.equal(new Set((await kept('flow')).map(({ srcport }) => srcport)).size, 5_000)
})

test('ingest: a file that grows is read on; half a line waits for its end', async (t) => {
  const { given, run, kept } = place(t)
  const path = join(given, 'flows.log')
  writeFileSync(path, `${flow(1)}\n${flow(2).slice(0, 30)}`)
  const growing = { kind: 'flow', growing: true } as const
  assert.equal((await run(growing)).records, 1)
  appendFileSync(path, `${flow(2).slice(30)}\n`)
  const second = await run(growing)
  assert.deepEqual([second.records, second.rejected.size], [1, 0])
  assert.deepEqual(
    (await kept('flow')).map(({ srcport }) => srcport),
    [1, 2],
  )
})

test('ingest: one at a time; another one is told so', async (t) => {
  const { given, run } = place(t)
  writeFileSync(join(given, 'flows.log'), `${flow(1)}\n`)
  const first = run({ kind: 'flow' })
  await assert.rejects(run({ kind: 'flow' }), DirectoryInUse)
  assert.equal((await first).records, 1)
})
