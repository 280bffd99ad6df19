import type { SegmentName } from '../segment-name.ts'
import type { IndexedSegment } from './catalogue.ts'
import { ChunkReader, SegmentMoved } from './chunk-reader.ts'
import type { StoredLogEvent } from './log-event.ts'

/** Up to which batch a reader has read what each worker wrote; a worker that is missing, nothing of. */
export type ArrivalCursor = Readonly<Record<string, ArrivalPosition>>

export interface ArrivalPosition {
  readonly day: string
  readonly index: number
  readonly batch: number
}

export interface Arrivals {
  /** Of each worker in the order in which they arrived; batches are whole. */
  readonly events: readonly StoredLogEvent[]
  readonly cursor: ArrivalCursor
  /** Whether a limit cut it short. */
  readonly more: boolean
}

/** Where all workers' writing has come to. */
export function arrivedSoFar(segments: readonly IndexedSegment[]): ArrivalCursor {
  const cursor: Record<string, ArrivalPosition> = {}
  for (const { name, index } of segments)
    cursor[name.worker] = positionIn(name, lastBatch(index.chunks.map(({ head }) => head)))
  return cursor
}

/**
 * The events of a group that arrived behind a cursor: how filters read along. A limit is passed by one batch at most.
 * Faults: LogKeyMissing.
 */
export async function arrivalsSince(
  folder: string,
  segments: readonly IndexedSegment[],
  {
    group,
    cursor,
    bytesMax,
    keys,
  }: {
    readonly group: string
    readonly cursor: ArrivalCursor
    readonly bytesMax: number
    readonly keys?: ReadonlyMap<string, Buffer> | undefined
  },
): Promise<Arrivals> {
  const reader = new ChunkReader(folder, keys)
  const after: Record<string, ArrivalPosition> = { ...cursor }
  const events: StoredLogEvent[] = []
  let bytes = 0
  try {
    for (const segment of segments) {
      const { name, index } = segment
      const since = batchSince(name, after[name.worker])
      if (since === undefined) continue
      const last = lastBatch(index.chunks.map(({ head }) => head))
      const fresh = index.chunks.filter(({ head }) => head.group === group && head.batches[1] > since)
      const found: StoredLogEvent[] = []
      // One after the other: the reader opens each file once.
      for (const placed of fresh) for (const event of await reader.read(segment, placed)) found.push(event)
      const sorted = found
        .filter(({ batch }) => batch > since)
        .sort((one, other) => one.batch - other.batch || one.at - other.at)
      for (const [position, event] of sorted.entries()) {
        const begins = position === 0 || sorted[position - 1]?.batch !== event.batch
        if (begins && bytes >= bytesMax) {
          const before = sorted[position - 1]
          if (before) after[name.worker] = positionIn(name, before.batch)
          return { events, cursor: after, more: true }
        }
        bytes += event.message.length
        events.push(event)
      }
      after[name.worker] = positionIn(name, Math.max(last, since))
    }
    return { events, cursor: after, more: false }
  } catch (error) {
    // What is closed meanwhile is read the next time.
    if (error instanceof SegmentMoved) return { events: [], cursor, more: true }
    throw error
  } finally {
    await reader.close()
  }
}

/** Behind which batch of a segment there is something to read; undefined where the cursor is past all of it. */
function batchSince(name: SegmentName, position: ArrivalPosition | undefined): number | undefined {
  if (!position || position.day < name.day) return 0
  if (position.day > name.day || position.index > name.index) return undefined
  return position.index < name.index ? 0 : position.batch
}

function positionIn({ day, index }: SegmentName, batch: number): ArrivalPosition {
  return { day, index, batch }
}

function lastBatch(heads: readonly { readonly batches: readonly [number, number] }[]): number {
  return heads.reduce((last, { batches }) => Math.max(last, batches[1]), 0)
}
