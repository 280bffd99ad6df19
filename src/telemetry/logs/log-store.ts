import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import type { SegmentName } from '../segment-name.ts'
import { dayOf } from '../segment-name.ts'
import { type ArrivalCursor, type Arrivals, arrivalsSince, arrivedSoFar } from './arrivals.ts'
import { Catalogue } from './catalogue.ts'
import type { Batch, ChunkHead } from './chunk.ts'
import { closeSegment, rewriteSegment } from './close-segment.ts'
import { logSegmentFile, logSegmentsAmong, outdatedFiles } from './log-segment-file.ts'
import { LogWriter } from './log-writer.ts'
import { type LogScan, type LogScanStep, scanLog } from './scan.ts'
import { type StreamSummary, together } from './summary.ts'

interface Options {
  /** The data directory. */
  readonly directory: string
  /** Which worker; each writes segments of its own, and reads those of all. */
  readonly worker: number
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly log: Log
  readonly segmentBytesMax?: number
}

/** Log events of all groups: appended in batches, found by group, stream and time. */
export interface LogStore {
  /** Answers once the batch is on disk. Faults: what the file system says; then no part of it is kept. */
  readonly append: (batch: Batch) => Promise<void>
  /** Reads a group in order, all workers' events merged. Faults: LogKeyMissing. */
  readonly scan: (scan: LogScan) => AsyncGenerator<LogScanStep>
  /** What a group's streams hold, by stream; what nobody wrote to is not there. */
  readonly summaries: (group: string) => Promise<ReadonlyMap<string, StreamSummary>>
  /** Where writing has come to, for a reader that begins now. */
  readonly arrived: () => Promise<ArrivalCursor>
  /** What arrived since. Faults: LogKeyMissing. */
  readonly arrivals: (asked: {
    readonly group: string
    readonly cursor: ArrivalCursor
    readonly bytesMax: number
    readonly keys?: ReadonlyMap<string, Buffer> | undefined
  }) => Promise<Arrivals>
  /** Removes what nobody wants any more; one worker does. Tells how many segments went or shrank. */
  readonly sweep: (wanted: (group: string) => { readonly sinceMs: number } | undefined) => Promise<number>
  readonly close: () => Promise<void>
}

const segmentBytesMax = 16 * 1024 * 1024
const lookEveryMs = 60_000
/** A segment of which as much is too old is written without it; without the events of groups that are gone, always. */
const staleShare = 0.5

/** Opens the log of a worker: what its last life left open is closed behind the scenes, without what a crash tore. */
export function createLogStore({ directory, worker, world, log, ...options }: Options): LogStore {
  const folder = join(directory, 'telemetry', 'logs')
  let closing: Promise<void> = Promise.resolve()
  let ended = false
  async function closeNow(name: SegmentName): Promise<void> {
    if (ended) return // The next start closes it.
    try {
      await closeSegment(folder, name)
    } catch (error) {
      const segment = logSegmentFile({ name, generation: 0 })
      log({ level: 'error', event: 'log-segment-not-closed', segment, reason: String(error) })
    }
  }
  const closeLater = (name: SegmentName): void => {
    closing = closing.then(() => closeNow(name))
  }
  const writer = new LogWriter({
    folder,
    worker,
    segmentBytesMax: options.segmentBytesMax ?? segmentBytesMax,
    nowMs: world.nowMs,
    randomBytes: world.randomBytes,
    onLeft: closeLater,
  })
  for (const { name, generation } of logSegmentsAmong(readdirSync(folder)))
    if (generation === 0 && name.worker === worker) closeLater(name)

  const catalogue = new Catalogue(folder)
  const list = () => catalogue.segments()
  const stopLooking = world.every(lookEveryMs, () => writer.leaveOld())

  return {
    append: (batch) => writer.append(batch),
    scan: (scan) => scanLog(folder, list, scan),
    async summaries(group) {
      const found = new Map<string, StreamSummary>()
      for (const { index } of await list())
        for (const [stream, summary] of Object.entries(index.summaries[group] ?? {}))
          found.set(stream, together(found.get(stream), summary))
      return found
    },
    arrived: async () => arrivedSoFar(await list()),
    arrivals: async (asked) => arrivalsSince(folder, await list(), asked),
    async sweep(wanted) {
      const isWanted = ({ group, maxMs }: ChunkHead) => {
        const since = wanted(group)?.sinceMs
        return since !== undefined && maxMs >= since
      }
      let swept = await closeLeftByOthers()
      for (const segment of await list()) {
        const { generation, index } = segment
        if (generation === 0) continue
        const kept = sumOf(index.chunks.filter(({ head }) => isWanted(head)))
        const ofNobody = index.chunks.some(({ head }) => wanted(head.group) === undefined)
        if (!ofNobody && kept > sumOf(index.chunks) * staleShare) continue
        await rewriteSegment(folder, segment, isWanted)
        swept += 1
      }
      for (const file of outdatedFiles(readdirSync(folder))) await rm(join(folder, file), { force: true })
      return swept
    },
    async close() {
      stopLooking()
      ended = true
      await writer.close()
      await closing
    },
  }

  /** There may have been more workers in an earlier life: nobody appends to a segment that began before yesterday. */
  async function closeLeftByOthers(): Promise<number> {
    const yesterday = dayOf(world.nowMs() - 86_400_000)
    let closed = 0
    for (const { name, generation } of logSegmentsAmong(readdirSync(folder))) {
      if (generation > 0 || name.worker === worker || name.day >= yesterday) continue
      await closeSegment(folder, name)
      closed += 1
    }
    return closed
  }
}

function sumOf(chunks: readonly { readonly length: number }[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}
