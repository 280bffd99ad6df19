import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { arrivalsIn, endOfSegments, type SegmentArrivals, type SegmentCursor } from '../arrivals.ts'
import { compressBefore, type Retention, sweep } from '../retention.ts'
import { dayOf } from '../segment-name.ts'
import { SegmentWriter } from '../segment-writer.ts'

/** What is kept beside the audit trail: flows, DNS queries, web requests, and CloudTrail records that came from elsewhere. */
export const recordKinds = ['flow', 'dns', 'web', 'ingested'] as const
export type RecordKind = (typeof recordKinds)[number]

/** Records of all kinds but the audit trail's, each a line of JSON. One worker writes; another one that follows asks it. */
export interface RecordStore {
  /**
   * Keeps records: with the operating system once it returns, which a killed process cannot take with it.
   * Faults: throws what the file system says (ENOSPC); the next call tries again.
   */
  append(kind: RecordKind, lines: readonly string[]): void
  /** Where whoever follows a kind begins: behind all that is written now. */
  end(kind: RecordKind): Promise<SegmentCursor>
  /** What was written after a cursor, about `bytesMax` at most. */
  arrivals(kind: RecordKind, cursor: SegmentCursor, bytesMax: number): Promise<SegmentArrivals>
  /** Tells when there is more of a kind; the answer stops it. */
  onArrival(kind: RecordKind, tell: () => void): () => void
  /** The folder of a kind's segments. */
  folder(kind: RecordKind): string
  close(): Promise<void>
}

interface Options {
  /** The data directory. */
  readonly directory: string
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly log: Log
  /** Of each kind. Default: 30 days, and 5 GiB. */
  readonly retention?: Retention
  readonly segmentBytesMax?: number
}

const retentionDefault: Retention = { days: 30, totalBytesMax: 5 * 1024 ** 3 }
const segmentBytesDefault = 16 * 1024 ** 2
const sweepEveryMs = 3_600_000
/** Whoever follows has long read what is compressed. */
const compressAfterMs = 86_400_000

/** Opens the records of a data directory for its one writer. */
export function createRecordStore({
  directory,
  world,
  log,
  retention = retentionDefault,
  segmentBytesMax = segmentBytesDefault,
}: Options): RecordStore {
  const folder = (kind: RecordKind): string => join(directory, 'telemetry', kind)
  const writers = new Map<RecordKind, SegmentWriter>()
  const listeners = new Map<RecordKind, Set<() => void>>()
  let sweeping: Promise<void> = Promise.resolve()

  function writerOf(kind: RecordKind): SegmentWriter {
    const known = writers.get(kind)
    if (known) return known
    const made = new SegmentWriter({ folder: folder(kind), worker: 0, segmentBytesMax, nowMs: world.nowMs })
    writers.set(kind, made)
    return made
  }

  async function sweepAll(): Promise<void> {
    const nowMs = world.nowMs()
    for (const kind of recordKinds)
      try {
        await sweep(folder(kind), retention, nowMs)
        await compressBefore(folder(kind), dayOf(nowMs - compressAfterMs))
      } catch (error) {
        log({ level: 'error', event: 'records-not-swept', kind, reason: String(error) })
      }
  }

  const stopSweeping = world.every(sweepEveryMs, () => {
    sweeping = sweeping.then(sweepAll)
  })
  return {
    append(kind, lines) {
      if (lines.length === 0) return
      const writer = writerOf(kind)
      for (const line of lines) writer.append(line)
      writer.flush()
      for (const tell of listeners.get(kind) ?? []) tell()
    },
    end: (kind) => endOfSegments(folder(kind)),
    arrivals: (kind, cursor, bytesMax) => arrivalsIn(folder(kind), cursor, bytesMax),
    onArrival(kind, tell) {
      const told = listeners.get(kind) ?? new Set()
      listeners.set(kind, told)
      told.add(tell)
      return () => void told.delete(tell)
    },
    folder,
    async close() {
      stopSweeping()
      await sweeping
      for (const writer of writers.values()) writer.close()
    },
  }
}
