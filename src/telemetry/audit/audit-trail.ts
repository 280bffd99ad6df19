import type { AccountId } from '#core/arn.ts'
import type { AuditedCall, AuditTrail } from '#core/audit.ts'
import type { Log } from '#core/log.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { compressBefore, listSegmentsSync, type Retention, sweep } from '../retention.ts'
import { dayOf } from '../segment-name.ts'
import { SegmentWriter } from '../segment-writer.ts'
import { arrivalsIn, type SegmentArrivals, type SegmentCursor, endOfSegments } from '../arrivals.ts'
import { beginsAnew, emptyFolder, findBeginning, folderSince, removeEarlierFolders } from './beginning.ts'
import { isDataEvent } from './data-events.ts'
import { writeEvent } from './event-record.ts'
import { endOfWorker, forgetUnheard, takeOverHeard, unheardIn, writeHeard } from './heard.ts'
import { lowestMarker, removeMarkers, writeMarker } from './marker.ts'
import { type AuditPage, type AuditQuery, queryAudit } from './query.ts'
import { createRecorder } from './record.ts'
import { repair, repairWorker } from './repair.ts'
import { readRecord, type StoredRecord } from './stored-record.ts'

/** The trail of one worker, and the way into the trail of all of them. */
export interface QueryableAuditTrail extends AuditTrail {
  /**
   * Looks up records of all workers. Every call that was answered before is in it.
   * Faults: InvalidToken.
   */
  query(query: AuditQuery): Promise<AuditPage>
  /** Where whoever follows the trail begins: behind all that is written now. */
  end(): Promise<SegmentCursor>
  /** What was written after a cursor by any worker, about `bytesMax` at most; each record comes once. */
  arrivals(cursor: SegmentCursor, bytesMax: number): Promise<SegmentArrivals>
  /** The folder of the segments, once all that this worker was given is in them. */
  written(): Promise<string>
  /** Ends once the records that a crash left in the change log alone are in the segments again. */
  readonly repaired: Promise<void>
  /** Notes that all that was recorded so far has been acted on, once `settled` says so; after a crash the rest is `unheard`. */
  noteHeard(settled: () => Promise<void>): Promise<void>
  /** What the last run recorded and no note vouches for, for the first worker; taken to its end, it is never told again. */
  unheard(): AsyncIterable<string>
  /** Writes out what the disk takes; to be called after the store was closed. */
  close(): Promise<void>
}

export interface AuditTrailOptions {
  /** The data directory. */
  readonly directory: string
  readonly store: Store
  /** Counts from 0. Worker 0 begins before all others: it repairs what the last run left, and removes what is too old. */
  readonly worker: number
  readonly world: World
  readonly log: Log
  /** Default: 90 days, as LookupEvents reaches back in AWS, and 20 GiB. */
  readonly retention?: Retention
  /** Default: 16 MiB. */
  readonly segmentBytesMax?: number
  /** Default: nobody wants any, as in AWS until a trail or an event data store selects them. */
  readonly wantsDataEvent?: DataEventChoice
  /** Hears of background work that failed; the default ends the process, as for any bug. */
  readonly onFailure?: (error: unknown) => void
}

/**
 * Whether somebody wants the record of a data event that succeeded. `recordFor` makes it, as an account would get it: that has its price,
 * and most calls need not pay it.
 */
export type DataEventChoice = (call: AuditedCall, recordFor: (account: AccountId) => StoredRecord) => boolean

const retentionDefault: Retention = { days: 90, totalBytesMax: 20 * 1024 ** 3 }
const segmentBytesDefault = 16 * 1024 ** 2
/** How often a worker notes how far its segments reach; it bounds what a start after a crash has to look through. */
const markerEveryMs = 5000
const sweepEveryMs = 3_600_000
/** Whoever follows the trail has long read what is compressed. */
const compressAfterMs = 86_400_000

/**
 * Opens the audit trail. Records of calls that changed nothing are appended; those of changes are in the change log, committed with
 * the change, and come from there once the commit is done.
 * Source: docs/decisions/0005-records-commit-with-the-change.md.
 */
export function createAuditTrail(options: AuditTrailOptions): QueryableAuditTrail {
  const { directory, store, worker, world, log, retention = retentionDefault } = options
  const {
    segmentBytesMax = segmentBytesDefault,
    onFailure = throwUncaught,
    wantsDataEvent = () => false,
  } = options
  let folder = folderSince(directory, findBeginning(store.read))
  let writer = openWriter()
  const record = createRecorder(world.randomBytes)

  const first = folder
  if (worker === 0) takeOverHeard(first, repairWorker)
  const before = worker === 0 ? listSegmentsSync(first) : []
  writeHeard(folder, worker, endOfWorker(folder, worker))
  let heardEnd = ''
  const repaired = worker === 0 ? begin() : Promise.resolve()
  let marked = worker === 0 ? -1 : store.seq // Worker 0 has yet to repair up to here.
  if (worker !== 0) writeMarker(folder, worker, marked)
  let emptied: Promise<unknown> = Promise.resolve()
  const unfollow = store.tail((change) => {
    if (beginsAnew(change)) beginAnew(change.seq)
    if (change.own) for (const line of change.records) writer.append(line)
  })
  const stopMarking = world.every(markerEveryMs, () => unlessDiskFails(mark))
  const stopSweeping = worker === 0 ? world.every(sweepEveryMs, () => void sweepNow()) : () => undefined

  function openWriter(): SegmentWriter {
    return new SegmentWriter({ folder, worker, segmentBytesMax, nowMs: world.nowMs })
  }

  /** Takes over from the last run, of which nobody else is here yet. */
  async function begin(): Promise<void> {
    const inherited = folder
    const base = Math.max(lowestMarker(folder), findBeginning(store.read)?.afterSeq ?? 0)
    removeMarkers(folder)
    writeMarker(folder, worker, base)
    const until = store.seq
    const segments = listSegmentsSync(folder)
    // Asked for at once: what commits from now on is not the last run's.
    const entries = store.recordsSince(base)
    const lines = (await entries).flatMap(({ seq, records }) => (seq <= until ? records : []))
    await repair({ folder: inherited, segments, segmentBytesMax }, lines)
    await sweep(inherited, retention, world.nowMs())
    // A reset in the meantime was not heard by all yet: what it left is removed as every reset's is.
    if (inherited === folder) await removeEarlierFolders(directory, folder)
  }
  let isRepaired = worker !== 0
  repaired.then(() => (isRepaired = true), onFailure)

  /** Leaves what was recorded behind, written or not. Each worker does so before it answers a call from after the reset. */
  function beginAnew(seq: number): void {
    const left = folder
    writer.abandon()
    folder = folderSince(directory, findBeginning(store.read))
    writer = openWriter()
    writeMarker(folder, worker, seq)
    writeHeard(folder, worker, endOfWorker(folder, worker))
    marked = seq
    if (worker === 0)
      emptied = Promise.all([emptied, repaired.then(() => emptyFolder(left))]).catch(onFailure)
  }

  function mark(): void {
    const { seq } = store
    if (!isRepaired || seq === marked) return
    writer.flush()
    writer.sync()
    writeMarker(folder, worker, seq)
    marked = seq
  }

  /** A disk that fails is no reason to end: calls are refused meanwhile, and a start repairs what no marker vouches for. */
  function unlessDiskFails(task: () => void): void {
    try {
      task()
    } catch (error) {
      if (!isSystemError(error)) throw error
      log({ level: 'error', event: 'records-not-written', reason: String(error) })
    }
  }

  function sweepNow(): Promise<unknown> {
    const nowMs = world.nowMs()
    return sweep(folder, retention, nowMs)
      .then(() => compressBefore(folder, dayOf(nowMs - compressAfterMs)))
      .catch((error: unknown) => {
        // The next sweep tries again.
        if (isSystemError(error)) log({ level: 'error', event: 'records-not-swept', reason: String(error) })
        else onFailure(error)
      })
  }

  async function* unheard(): AsyncGenerator<string, void, undefined> {
    await repaired
    const mended = listSegmentsSync(first).filter((name) => name.worker === repairWorker)
    yield* unheardIn(first, [...before.filter((name) => name.worker !== repairWorker), ...mended])
    forgetUnheard(first)
  }

  return {
    keeps: (call) =>
      call.fault !== undefined ||
      !isDataEvent(call.envelope.service, call.envelope.operation) ||
      wantsDataEvent(call, (account) => readRecord(record({ ...call, account }))),
    record,
    recordEvent: (event) => writeEvent(world.randomBytes, event),
    append: (line) => writer.append(line),
    flush: () => writer.flush(),
    repaired,
    async noteHeard(settled) {
      writer.flush()
      const [noted, position] = [folder, writer.position]
      if (!position) return
      const end = `${noted} ${JSON.stringify(position)}`
      if (end === heardEnd) return
      await settled()
      // A reset meanwhile left all of that behind.
      if (noted !== folder) return
      writeHeard(noted, worker, position)
      heardEnd = end
    },
    unheard,
    async query(query) {
      await repaired
      writer.flush()
      return queryAudit(folder, query)
    },
    async end() {
      await repaired
      writer.flush()
      return endOfSegments(folder)
    },
    async arrivals(cursor, bytesMax) {
      await repaired
      writer.flush()
      return arrivalsIn(folder, cursor, bytesMax)
    },
    async written() {
      await repaired
      writer.flush()
      return folder
    },
    async close() {
      stopMarking()
      stopSweeping()
      unfollow()
      await repaired
      await emptied
      unlessDiskFails(mark)
      unlessDiskFails(() => writer.close())
    },
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error instanceof Error
      ? error
      : new Error('something that is no Error was thrown', { cause: error })
  })
}
