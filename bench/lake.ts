// What SQL over audit records takes: segments as the trail writes them are brought into columns, then queries of users run, each in a
// process of its own, begun for it. The goal is 10 million records in 2 seconds.
// Run: node bench/lake.ts (BENCH_RECORDS, 200,000 by default)
import assert from 'node:assert/strict'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { AccountId } from '#core/arn.ts'
import { systemWorld } from '#core/world.ts'
import { createLake, nameTables } from '#telemetry/sql/index.ts'
import { goalTable } from './goals.ts'
import { table } from './table.ts'

const records = Number(process.env['BENCH_RECORDS'] ?? 200_000)
const segmentRecords = 16_000
const account = '111122223333' as AccountId // Twelve digits.
const id = '0a1b2c3d-0000-4000-8000-0123456789ab'
const beginMs = Date.UTC(2026, 0, 1)
const spanMs = 60 * 86_400_000
const nowMs = beginMs + spanMs + 86_400_000
const names = [
  'CreateUser',
  'ListUsers',
  'GetUser',
  'AssumeRole',
  'Decrypt',
  'Encrypt',
  'PutObject',
  'DescribeKey',
]

/** A record of about a kilobyte, as `createRecorder` writes it. */
function lineOf(at: number): string {
  const timeMs = beginMs + Math.floor((at / records) * spanMs)
  const name = names[at % names.length]
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: {
      ...{
        type: 'IAMUser',
        principalId: `AIDA${at % 997}`,
        arn: `arn:aws:iam::${account}:user/user-${at % 997}`,
      },
      ...{ accountId: account, accessKeyId: `AKIA${at % 997}`, userName: `user-${at % 997}` },
    },
    eventTime: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    ...{ eventSource: 'iam.amazonaws.com', eventName: name, awsRegion: 'us-east-1' },
    ...{
      sourceIPAddress: `192.0.2.${at % 251}`,
      userAgent: 'aws-sdk-js/3.1 ua/2.1 os/linux lang/js md/nodejs#24',
    },
    ...(at % 50 === 0 && {
      errorCode: 'AccessDenied',
      errorMessage: 'User is not authorized to perform this action',
    }),
    requestParameters: { userName: `user-${at % 5000}`, maxItems: 100 },
    responseElements: null,
    ...{
      requestID: `4c1b8a1e-2f7a-4c7a-9d6a-${String(at).padStart(12, '0')}`,
      eventID: `5d2c9b2f-307b-4d8b-8e7b-${String(at).padStart(12, '0')}`,
    },
    readOnly: at % 8 !== 0,
    resources: [
      { accountId: account, type: 'AWS::IAM::User', ARN: `arn:aws:iam::${account}:user/user-${at % 5000}` },
    ],
    ...{
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    },
  })
}

function writeSegments(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (let first = 0, index = 1; first < records; first += segmentRecords, index += 1) {
    const timeMs = beginMs + Math.floor((first / records) * spanMs)
    const day = new Date(timeMs).toISOString().slice(0, 10)
    const file = openSync(join(folder, `${day}-0-${String(index).padStart(6, '0')}.jsonl`), 'w')
    let text = ''
    for (let at = first; at < Math.min(records, first + segmentRecords); at += 1) text += `${lineOf(at)}\n`
    writeSync(file, text)
    closeSync(file)
  }
}

const queries: readonly (readonly [what: string, statement: string])[] = [
  ['calls by name', `SELECT eventName, count(*) AS n FROM ${id} GROUP BY eventName ORDER BY n DESC`],
  [
    'denied calls by user',
    `SELECT userIdentity.userName, count(*) FROM ${id} WHERE errorCode = 'AccessDenied' GROUP BY 1 ORDER BY 2 DESC LIMIT 20`,
  ],
  [
    'one day',
    `SELECT eventName, count(*) FROM ${id} WHERE eventTime >= '2026-01-20' AND eventTime < '2026-01-21' GROUP BY 1`,
  ],
  ['one parameter', `SELECT count(*) FROM ${id} WHERE element_at(requestParameters, 'userName') = 'user-42'`],
]

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .reduce((sum, one) => sum + statSync(join(one.parentPath, one.name)).size, 0)
}

/** The first query, asked of the segments themselves, in this process. */
async function measurePeer(folder: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const startMs = performance.now()
  const answer = await connection.runAndReadAll(
    `SELECT eventName, count(*) AS n FROM read_json('${join(folder, '*.jsonl')}', format = 'newline_delimited', columns = {eventName: 'VARCHAR'}) GROUP BY 1 ORDER BY 2 DESC`,
  )
  const tookMs = performance.now() - startMs
  assert.equal(answer.getRows().length, names.length)
  connection.closeSync()
  return tookMs
}

const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-lake-'))
try {
  const folder = join(directory, 'telemetry', 'audit')
  writeSegments(folder)
  const lake = createLake({
    directory,
    segments: () => Promise.resolve(folder),
    world: { ...systemWorld(), nowMs: () => nowMs },
    log: (entry) => console.error(entry),
  })
  const beforeMs = performance.now()
  await lake.convert()
  const convertMs = performance.now() - beforeMs
  const lakeFolder = join(directory, 'telemetry', 'lake')
  console.log(
    `${records.toLocaleString('en')} records, ${Math.round(bytesIn(folder) / 1e6)} MB in segments, ${Math.round(bytesIn(lakeFolder) / 1e6)} MB in columns; ` +
      `${Math.round((records / convertMs) * 1000).toLocaleString('en')} records a second brought into columns\n`,
  )
  const measured: number[] = []
  const rows: string[][] = []
  for (const [what, statement] of queries) {
    const view = { name: id, notBeforeMs: 0, notAfterMs: nowMs, collected: [{ selectors: [[]] }] }
    const question = { statement: nameTables(statement).text, parameters: [], nowMs, views: [view] }
    const startMs = performance.now()
    const answer = await lake.query(account, question, { rowsMax: 1000, bytesMax: 1_000_000, timeMs: 60_000 })
      .ends
    const tookMs = performance.now() - startMs
    if (answer.kind !== 'done') throw new Error(answer.reason)
    measured.push(tookMs)
    rows.push([what, `${Math.round(tookMs)} ms`, String(answer.result?.rows.length ?? 0)])
  }
  const peerMs = await measurePeer(folder)
  const timesFaster = peerMs / (measured[0] ?? Number.NaN)
  rows.push(['calls by name, DuckDB over the JSON', `${Math.round(peerMs)} ms`, String(names.length)])
  console.log(table(['query, with its process', 'time', 'rows'], rows))
  console.log(
    `\ncalls by name takes DuckDB ${timesFaster.toFixed(1)} × as long where it reads the records as they were written`,
  )
  console.log(
    `\n${goalTable([{ what: 'SQL over 10 million records', atMost: 2, measured: records >= 10_000_000 ? Math.max(...measured) / 1000 : undefined, unit: ' s' }])}`,
  )
} finally {
  rmSync(directory, { recursive: true })
}
