import { mkdirSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDataDirectory } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { Rejection } from '#engines/detect/index.ts'
import { SegmentWriter } from '../segment-writer.ts'
import { identityOf, openJournal } from './journal.ts'
import { type AnyRecord, type IngestKind, kinds, recordLine } from './kinds.ts'
import { linesOf } from './lines.ts'
import { parquetLinesOf } from './parquet-lines.ts'

/** What is to be ingested. */
export interface IngestOptions {
  /** The data directory. Whether a server runs on it makes no difference. */
  readonly directory: string
  readonly kind: IngestKind
  /** Files and folders; of folders all files below. */
  readonly paths: readonly string[]
  /** Whose the records are to be; their own account's where it is absent. */
  readonly account?: string | undefined
  /** The format of flow logs without a line that names their fields. */
  readonly format?: string | undefined
  /** Files may still be being written: a last line without an end is left for the next time. */
  readonly growing?: boolean | undefined
}

/** Why something of a file was not taken. */
export type Reason = Rejection | 'torn file'

/** How far it has come. Units: bytes as they are in the files. */
export interface IngestProgress {
  readonly files: number
  readonly filesOf: number
  readonly bytes: number
  readonly bytesOf: number
  readonly records: number
}

/** What came of the files that were taken: what was kept, what was not, and why. */
export interface Ingested {
  readonly files: number
  readonly records: number
  readonly rejected: ReadonlyMap<Reason, number>
  /** Records, by the account that they are of. */
  readonly accounts: ReadonlyMap<string, number>
  /** Lines that an earlier run has taken. */
  readonly taken: number
}

/** Segments of the server have the number 0. */
const ingestWorker = 1
const segmentBytesMax = 16 * 1024 ** 2
/** So much is written, and noted, at a time. */
const batchLines = 5_000
const accountsMax = 1_000

/**
 * Writes records of files to the segments that detection follows, and nothing of it twice: a run that was cut off goes on where it was, and a
 * file that has grown is read on.
 * State: records are on disk before the journal says so; after a crash in between, at most one batch comes twice (detection knows records by id).
 * Faults: DirectoryInUse while another one ingests; throws what the file system says.
 */
export async function ingest(
  options: IngestOptions,
  world: Pick<World, 'nowMs'>,
  onProgress: (progress: IngestProgress) => void,
): Promise<Ingested> {
  const { directory, kind, paths } = options
  const telemetry = join(directory, 'telemetry')
  const place = join(telemetry, 'ingest')
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const unlock = lockDataDirectory(place)
  const journal = openJournal(place)
  const folder = join(telemetry, kinds[kind].keptAs)
  const writer = new SegmentWriter({ folder, worker: ingestWorker, segmentBytesMax, nowMs: world.nowMs })
  const counted = new Counted()
  const files = await filesIn(paths)
  const bytesOf = files.reduce((sum, { size }) => sum + size, 0)
  let [done, bytes] = [0, 0]
  const tell = (): void =>
    onProgress({ files: done, filesOf: files.length, bytes, bytesOf, records: counted.records })
  try {
    for (const { path } of files) {
      const identity = await identityOf(kind, path)
      await ingestFile(path, options, {
        ...{ writer, counted, nowMs: world.nowMs(), from: journal.linesOf(identity) },
        onBytes: (count) => (bytes += count),
        onBatch(lines) {
          writer.flush()
          writer.sync()
          journal.note(identity, lines)
          tell()
        },
      })
      done += 1
      tell()
    }
  } finally {
    writer.close()
    journal.close()
    unlock()
  }
  const { records, rejected, accounts, taken } = counted
  return { files: files.length, records, rejected, accounts, taken }
}

interface Around {
  readonly writer: SegmentWriter
  readonly counted: Counted
  readonly nowMs: number
  /** Lines that were taken before. */
  readonly from: number
  readonly onBytes: (count: number) => void
  readonly onBatch: (lines: number) => void
}

async function ingestFile(path: string, options: IngestOptions, around: Around): Promise<void> {
  const { counted, nowMs, from, onBytes, onBatch } = around
  const { reader, of } = kinds[options.kind]
  const read = reader(options.format, nowMs)
  const isParquet = options.kind === 'flow' && path.endsWith('.parquet')
  let lines = 0
  let noted = from
  for await (const piece of isParquet ? parquetLinesOf(path) : linesOf(path, onBytes)) {
    // Neither counts as taken: the rest may come.
    if (piece.kind === 'torn') counted.reject('torn file')
    if (piece.kind === 'torn' || (piece.kind === 'line' && piece.isOpen && options.growing)) break
    lines += 1
    if (piece.kind === 'too long') {
      if (lines > from) counted.reject(piece.kind)
      continue
    }
    // Lines that were taken before are read all the same: the first one may name the fields.
    const all = read(piece.text)
    if (lines <= from) {
      counted.taken += 1
      continue
    }
    for (const one of all) {
      if ('rejected' in one) {
        counted.reject(one.rejected)
        continue
      }
      const record = options.account === undefined ? one.record : of(options.account, one.record as never) // Of its kind.
      keep(record, around)
    }
    if (lines - noted < batchLines) continue
    onBatch(lines)
    noted = lines
  }
  if (lines > noted) onBatch(lines)
}

function keep(record: AnyRecord, { writer, counted }: Pick<Around, 'writer' | 'counted'>): void {
  const line = recordLine(record)
  if (line === undefined) {
    counted.reject('too long')
    return
  }
  writer.append(line)
  counted.accept(record)
}

class Counted {
  records = 0
  taken = 0
  readonly rejected = new Map<Reason, number>()
  readonly accounts = new Map<string, number>()

  accept(record: AnyRecord): void {
    this.records += 1
    const account = accountOf(record)
    if (this.accounts.has(account) || this.accounts.size < accountsMax)
      this.accounts.set(account, (this.accounts.get(account) ?? 0) + 1)
  }

  reject(reason: Reason): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1)
  }
}

function accountOf(record: AnyRecord): string {
  if ('accountId' in record) return record.accountId
  return record.recipientAccountId ?? record.userIdentity?.accountId ?? 'unknown'
}

/** Files in the order of their paths, which AWS makes the order of time. */
async function filesIn(paths: readonly string[]): Promise<readonly { path: string; size: number }[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const { size } = await stat(path)
      if (!(await stat(path)).isDirectory()) return [{ path, size }]
      const below = await readdir(path, { recursive: true, withFileTypes: true })
      return Promise.all(
        below
          .filter((one) => one.isFile())
          .map(async ({ parentPath, name }) => {
            const file = join(parentPath, name)
            return { path: file, size: (await stat(file)).size }
          }),
      )
    }),
  )
  return found.flat().toSorted((one, other) => (one.path < other.path ? -1 : 1))
}
