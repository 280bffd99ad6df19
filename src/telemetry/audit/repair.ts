import assert from 'node:assert/strict'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentFile, type SegmentName } from '../segment-name.ts'
import { SegmentWriter } from '../segment-writer.ts'
import { windowsBackwards } from '../windows-backwards.ts'
import { readRecord, type StoredRecord } from './stored-record.ts'
import { disorderMs, WorkerStream } from './worker-stream.ts'

/** Stands for a worker in the names of segments that a repair wrote; no worker has this number. */
export const repairWorker = 9999

/** What the last run left. */
export interface LeftBehind {
  readonly folder: string
  /** Its segments, and no other: what is being written now must not be touched. */
  readonly segments: readonly SegmentName[]
  readonly segmentBytesMax: number
}

interface Lost {
  readonly line: string
  readonly record: StoredRecord
}

/**
 * Brings the segments up to the change log after a crash: cuts off lines that were torn, and appends those of `lines` (records that
 * committed with a change) which no segment has. Tells how many it appended.
 */
export async function repair(left: LeftBehind, lines: readonly string[]): Promise<number> {
  await cutTornLines(left)
  const lost = await withoutWritten(left, new Map(lines.map(parse)))
  if (lost.length === 0) return 0
  const { folder, segmentBytesMax } = left

  let timeMs = 0
  // The writer's clock shows each record's own time, so that the record stands in a segment of its own day.
  const writer = new SegmentWriter({ folder, worker: repairWorker, segmentBytesMax, nowMs: () => timeMs })
  for (const { line, record } of lost) {
    timeMs = Date.parse(record.eventTime)
    writer.append(line)
    writer.flush()
  }
  writer.close()
  return lost.length
}

function parse(line: string): readonly [string, Lost] {
  const record = readRecord(line)
  return [record.eventID, { line, record }]
}

/** Those of the records that are in no segment, oldest first. */
async function withoutWritten(
  { folder, segments }: LeftBehind,
  candidates: Map<string, Lost>,
): Promise<readonly Lost[]> {
  const times = [...candidates.values()].map(({ record }) => Date.parse(record.eventTime))
  const oldestMs = times.reduce((oldest, timeMs) => Math.min(oldest, timeMs), Number.MAX_SAFE_INTEGER)
  const workers = Map.groupBy(segments, ({ worker }) => worker)
  for (const names of workers.values()) {
    if (candidates.size === 0) break
    const stream = new WorkerStream(folder, names, {
      texts: ['"eventID":"'],
      startMs: oldestMs - disorderMs,
      endMs: Number.MAX_SAFE_INTEGER,
      matches: ({ eventID }) => candidates.delete(eventID),
    })
    while (!stream.exhausted && candidates.size > 0) await stream.readOn()
    await stream.pause()
  }
  return [...candidates.values()].sort((a, b) => (a.record.eventTime < b.record.eventTime ? -1 : 1))
}

/** A crash can leave half a line at the end of a segment that was open. Its record, if it changed anything, is in the log. */
async function cutTornLines({ folder, segments }: LeftBehind): Promise<void> {
  for (const name of segments) {
    const file = await openToCut(join(folder, segmentFile(name)))
    if (!file) continue
    try {
      const { size } = await file.stat()
      const last = Buffer.alloc(1)
      if (size === 0 || ((await file.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] === 0x0a))
        continue
      let end = 0
      for await (const { bytes, start } of windowsBackwards(folder, name)) {
        end = start + bytes.length
        break
      }
      assert.ok(end < size)
      await file.truncate(end)
    } finally {
      await file.close()
    }
  }
}

/** A segment that is compressed was whole. */
async function openToCut(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
