import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { AccountId, Arn } from '#core/arn.ts'
import { createSeal, loadRootKey, RootKeyError, rootKeysOf, SealBroken } from '#core/seal/index.ts'
import { accessKeySecret } from '#core/access-key-secret.ts'
import {
  checkDatabase,
  DamagedDatabase,
  databaseFile,
  Head,
  openStore,
  UnknownSchema,
} from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { DamagedCode, openCodeStore } from '#functions/index.ts'
import { openStateFiles } from '#services/guardduty/runner/state-files.ts'
import { accessKeys } from '#services/iam/documents.ts'
import {
  type ArchiveDay,
  createAuditTrail,
  createEventArchive,
  createLogStore,
  createMetricStore,
  createRecordStore,
  type EventArchive,
  type SegmentArrivals,
  type SegmentCursor,
} from '#telemetry/index.ts'
import { hearDamage, tellDamage } from '#telemetry/damage.ts'
import { compressBefore } from '#telemetry/retention.ts'
import { verifyBuckets } from '../../src/cli/integrity/verify-buckets.ts'
import { chance } from '../simulation/random.ts'

// An experiment that a test and a drill share: bits flipped at random in a filled data directory, and what is served of it.

/** What came of one flipped bit. */
export interface FlippedBit {
  /** Below the data directory. */
  readonly file: string
  readonly byte: number
  readonly bit: number
  /**
   * `refused`: the start, or what was asked for, says clearly why not. `told`: what was damaged was passed over and told. `same`: every
   * answer is as before. All else is a failure, and says what was served, or thrown.
   */
  readonly outcome: 'refused' | 'told' | 'same' | 'WRONG'
  readonly because: string
}

/** Of every kind of answer, by what is asked, the parts in no order. */
type Answers = Readonly<Record<string, readonly string[]>>

const account = '111111111111' as AccountId // It is one.
const dayMs = 86_400_000
const startMs = Date.UTC(2026, 0, 2, 12)
const region = 'us-east-1'
const real = systemWorld()

function worldAt(nowMs: number) {
  return { ...real, nowMs: () => nowMs, every: () => () => undefined, after: () => () => undefined }
}

const quiet = (): void => undefined
const scope = { account, region: 'global' }
const secretOf = (id: string): string => `the secret of ${id}`
const archive = { archive: 'a1', day: '2026-01-01' }
const packed = { archive: 'a2', day: '2026-01-01' }

/** Fills a directory with some of everything, as a kill leaves it: the last commits are in the write-ahead log alone. */
export async function fillWithAll(target: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-bits-'))
  const world = worldAt(startMs)
  const seal = createSeal({
    ...rootKeysOf(loadRootKey({ kind: 'file' }, directory, real.randomBytes)),
    randomBytes: real.randomBytes,
  })
  const store = openStore({ directory, head: new Head() })
  const options = { directory, world, log: quiet }
  const trail = createAuditTrail({ ...options, store, worker: 0 })
  await trail.repaired
  const resource = `arn:aws:kms:${region}:${account}:key/1` as Arn // It is one.
  const record = (n: number): string =>
    trail.recordEvent({
      ...{ service: 'kms', name: 'RotateKey', account, region, nowMs: startMs + n * 1_000, resource },
      details: { number: String(n), text: 'é'.repeat(n * 3) },
    })
  for (let n = 0; n < 40; n += 1) {
    await store.transact((tx) => {
      const accessKeyId = `FILLED${n}`
      const sealedSecret = accessKeySecret.seal(seal, accessKeyId, secretOf(accessKeyId))
      tx.put(accessKeys, scope, accessKeyId, { accessKeyId, active: true, createdAtMs: n, sealedSecret })
      tx.record(record(n))
    })
    trail.append(record(100 + n))
    if (n === 25) checkpoint(directory)
  }
  trail.flush()

  const records = createRecordStore(options)
  const line = (n: number): string =>
    JSON.stringify({ accountId: account, endMs: startMs, n, text: 'x'.repeat(n) })
  for (let n = 0; n < 30; n += 1) records.append('flow', [line(n), line(1_000 + n)])
  await records.close()
  for (const daysAgo of [3, 2]) {
    const older = createRecordStore({ ...options, world: worldAt(startMs - daysAgo * dayMs) })
    for (let n = 0; n < 20; n += 1) older.append('web', [line(n)])
    await older.close()
  }
  await compressBefore(join(directory, 'telemetry', 'web'), '2026-01-02')

  const metrics = createMetricStore(options)
  for (let n = 0; n < 30; n += 1)
    metrics.add([
      {
        ...{ namespace: 'AWS/WAFV2', account, region, name: `Metric${n % 7}`, dimensions: [] },
        ...{ minuteMs: startMs - n * 60_000, count: n, sum: n, min: 0, max: n, unit: 'Count' },
      },
    ])
  metrics.close()

  const logs = createLogStore({ ...options, worker: 0, segmentBytesMax: 3_000 })
  for (let n = 0; n < 25; n += 1)
    await logs.append({
      ...{ group: 'g', stream: `s${n % 3}`, ingestedMs: startMs },
      events: [{ timestampMs: startMs + n, message: `message ${n} ${'m'.repeat(n * 9)}` }],
    })
  await logs.close()

  const code = openCodeStore(directory, () => 'new', world.nowMs)
  for (const text of ['one', 'other']) await code.put(Buffer.from(`the code of ${text} `.repeat(50)))
  const files = createEventArchive(directory)
  const events = Array.from({ length: 40 }, (_, n) => JSON.stringify({ id: n, detail: 'y'.repeat(n * 4) }))
  await files.append(archive, 0, events)
  await files.pack(packed, await files.append(packed, 0, events))

  const states = openStateFiles(join(directory, 'telemetry', 'detection'))
  const entities = Array.from({ length: 60 }, (_, n) => [`192.0.2.${n}`, { count: n }] as const)
  await states.write('d', { seen: { flow: entities.map((_, n) => n) }, memories: { ports: entities } })
  await states.writeCursors({ flow: { segment: 'x', end: 12 }, web: 7 })
  const bucket = join(directory, 'buckets', 'logs')
  mkdirSync(bucket, { recursive: true })
  const members = [0, 1, 2].map((n) => gzipSync(`${'a line of a log '.repeat(20)}${n}\n`))
  writeFileSync(join(bucket, 'access.log.gz'), Buffer.concat(members))

  cpSync(directory, target, { recursive: true })
  await trail.close()
  await store.close()
  rmSync(directory, { recursive: true })
}

function checkpoint(directory: string): void {
  const database = new DatabaseSync(join(directory, databaseFile))
  database.exec('PRAGMA wal_checkpoint(RESTART)')
  database.close()
}

/** How long an archive's day is; documents remember it. Units: bytes. */
type ArchiveBytes = Readonly<Record<string, number>>

/** All that is served of a directory after a start. Faults: what a start refuses with. */
async function readAll(directory: string, archiveBytes: ArchiveBytes): Promise<Answers> {
  const world = worldAt(startMs + 60_000)
  const randomBytes = real.randomBytes
  const seal = createSeal({
    ...rootKeysOf(loadRootKey({ kind: 'file' }, directory, randomBytes)),
    randomBytes,
  })
  checkDatabase(directory)
  const store = openStore({ directory, head: new Head() })
  const options = { directory, world, log: quiet }
  const trail = createAuditTrail({ ...options, store, worker: 0, onFailure: quiet })
  const logs = createLogStore({ ...options, worker: 0 })
  const records = createRecordStore(options)
  const metrics = createMetricStore(options)
  const code = openCodeStore(directory, () => 'new', world.nowMs)
  const files = createEventArchive(directory)
  const asks: Readonly<Record<string, () => Promise<readonly string[]>>> = {
    documents: () =>
      Promise.resolve(
        [...store.read.everywhere(accessKeys)].map(({ id, document }) => {
          const secret = accessKeySecret.open(seal, id, document.sealedSecret).toString()
          return JSON.stringify({ ...document, sealedSecret: secret })
        }),
      ),
    async lookup() {
      const page = await trail.query({ account, limit: 1_000 })
      return page.records.map(({ line }) => line)
    },
    arrivals: () => allOf((cursor) => trail.arrivals(cursor, 1e6)),
    flows: () => allOf((cursor) => records.arrivals('flow', cursor, 1e6)),
    web: () => allOf((cursor) => records.arrivals('web', cursor, 1e6)),
    async metrics() {
      const found = await metrics.find({ account, region, fromMs: 0, toMs: startMs + dayMs })
      return found.map((one) => JSON.stringify(one))
    },
    async logs() {
      const found: string[] = []
      for await (const { events } of logs.scan({ group: 'g', fromMs: 0, toMs: startMs + dayMs }))
        for (const { stream, timestampMs, message } of events)
          found.push(`${stream} ${timestampMs} ${message}`)
      return found
    },
    async code() {
      const names = readdirSync(join(directory, 'functions', 'code'))
      return Promise.all(names.map(async (digest) => (await code.get(digest)).toString('hex')))
    },
    async detection() {
      const states = openStateFiles(join(directory, 'telemetry', 'detection'))
      const cursors = Object.entries(await states.readCursors()).map((one) => JSON.stringify(one))
      const { seen = {}, memories = {} } = (await states.read('d')) ?? {}
      return [
        ...cursors,
        ...[seen.flow ?? [], memories['ports'] ?? []].flat().map((one) => JSON.stringify(one)),
      ]
    },
    async buckets() {
      const { damaged } = await verifyBuckets(join(directory, 'buckets'))
      for (const file of damaged) tellDamage({ file: join(directory, 'buckets', file), at: 0 })
      const path = join(directory, 'buckets', 'logs', 'access.log.gz')
      return damaged.length > 0 ? [] : [gunzipSync(readFileSync(path)).toString('hex')]
    },
    archive: () => eventsOf(files, archive, archiveBytes),
    packed: () => eventsOf(files, packed, archiveBytes),
  }
  try {
    await trail.repaired
    const answers: Record<string, readonly string[]> = {}
    for (const [what, ask] of Object.entries(asks)) answers[what] = await ask().catch(refusalOf)
    return answers
  } finally {
    await records.close()
    metrics.close()
    await logs.close()
    await store.close()
    await trail.close()
  }
}

async function allOf(ask: (cursor: SegmentCursor) => Promise<SegmentArrivals>): Promise<readonly string[]> {
  const found: string[] = []
  for (let cursor: SegmentCursor = {}, more = true; more;) {
    const arrived = await ask(cursor)
    found.push(...arrived.lines)
    ;({ cursor, more } = arrived)
  }
  return found
}

async function eventsOf(
  files: EventArchive,
  of: ArchiveDay,
  bytes: ArchiveBytes,
): Promise<readonly string[]> {
  const found: string[] = []
  const end = bytes[of.archive] ?? 0
  for (let from = 0; from < end;) {
    const piece = await files.read(of, { from, end, bytesMax: 5_000 })
    found.push(...piece.lines)
    from = piece.next
  }
  return found
}

/** An answer that says clearly why there is none. All other errors are failures. */
function refusalOf(error: unknown): readonly string[] {
  if (isClear(error)) return [`refused: ${error.message}`]
  throw error
}

function isClear(error: unknown): error is Error {
  const kinds = [RootKeyError, DamagedDatabase, UnknownSchema, SealBroken, DamagedCode]
  return (
    error instanceof Error &&
    (kinds.some((kind) => error instanceof kind) || / is damaged: /.test(error.message))
  )
}

/**
 * Flips bits in copies of a filled directory, one in each, of a file at random, and starts on the copy. Each outcome is told as it comes;
 * the same seed flips the same kinds of places.
 */
export async function flipBits({
  seed,
  flips,
  told = quiet,
}: {
  readonly seed: number
  readonly flips: number
  readonly told?: (outcome: FlippedBit) => void
}): Promise<readonly FlippedBit[]> {
  const place = mkdtempSync(join(tmpdir(), 'redoubt-bits-'))
  const [whole, copy] = [join(place, 'whole'), join(place, 'copy')]
  const outcomes: FlippedBit[] = []
  try {
    await fillWithAll(whole)
    const archiveBytes = archiveBytesOf(whole)
    const fresh = (): void => {
      rmSync(copy, { recursive: true, force: true })
      cpSync(whole, copy, { recursive: true })
    }
    fresh()
    const want = await readAll(copy, archiveBytes)
    const files = filesIn(whole)
    const { whole: below } = chance(seed)
    for (let n = 0; n < flips; n += 1) {
      const file = files[below(files.length)] ?? ''
      const [byte, bit] = [below(statSync(join(whole, file)).size), below(8)]
      fresh()
      flipOne(join(copy, file), byte, bit)
      const outcome = { file, byte, bit, ...(await outcomeOf(copy, want, archiveBytes)) }
      told(outcome)
      outcomes.push(outcome)
    }
    return outcomes
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

async function outcomeOf(
  directory: string,
  want: Answers,
  archiveBytes: ArchiveBytes,
): Promise<Pick<FlippedBit, 'outcome' | 'because'>> {
  const damages: string[] = []
  const stop = hearDamage(({ file, at }) => damages.push(`${relative(directory, file)} at ${at}`))
  try {
    const found = await readAll(directory, archiveBytes)
    const refusals: string[] = []
    let missing = 0
    for (const [what, parts] of Object.entries(want)) {
      const served = found[what] ?? []
      const [first] = served
      if (first?.startsWith('refused: ')) {
        refusals.push(first)
        continue
      }
      const left = [...parts]
      for (const part of served) {
        const at = left.indexOf(part)
        if (at < 0) return { outcome: 'WRONG', because: `${what} has ${part.slice(0, 300)}` }
        left.splice(at, 1)
      }
      if (left.length > 0 && damages.length === 0)
        return { outcome: 'WRONG', because: `${what} lacks ${left.length}, and nobody is told` }
      missing += left.length
    }
    if (refusals.length > 0) return { outcome: 'refused', because: refusals.join('; ') }
    if (missing > 0 || damages.length > 0)
      return { outcome: 'told', because: `${missing} passed over: ${damages.join(', ')}` }
    return { outcome: 'same', because: 'every answer is as before' }
  } catch (error) {
    if (isClear(error)) return { outcome: 'refused', because: error.message }
    return {
      outcome: 'WRONG',
      because: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }
  } finally {
    stop()
  }
}

export function flipOne(path: string, byte: number, bit: number): void {
  const bytes = readFileSync(path)
  bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit)
  writeFileSync(path, bytes)
}

/** All files that hold something, but for the lock's and the shared memory's, which a start makes anew. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/redoubt\.lock|-shm$/.test(entry.name))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((file) => statSync(join(directory, file)).size > 0)
    .sort()
}

function archiveBytesOf(directory: string): ArchiveBytes {
  const { size } = statSync(
    join(directory, 'telemetry', 'archives', archive.archive, `${archive.day}.summed.jsonl`),
  )
  return { [archive.archive]: size, [packed.archive]: size }
}
