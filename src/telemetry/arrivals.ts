import { listSegments } from './retention.ts'
import { openSegment } from './segment-file.ts'
import { linesIn } from './segment-lines.ts'
import { compareSegments, parseSegmentFile, segmentFile, type SegmentName } from './segment-name.ts'
import { windowsBackwards } from './windows-backwards.ts'

/**
 * How far a reader has come: for each worker the segment, and up to which line end in it. Plain JSON, to be kept in a document. A worker
 * that it lacks is read from its beginning.
 */
export type SegmentCursor = Readonly<Record<string, { readonly segment: string; readonly end: number }>>

/** What came after a cursor, each worker's lines in the order of their writing. */
export interface SegmentArrivals {
  readonly lines: readonly string[]
  readonly cursor: SegmentCursor
  /** False once there was nothing else. */
  readonly more: boolean
}

/** At least so much of a worker's segments is looked at; more where one line is longer. Units: bytes. */
const windowBytesMin = 1024 * 1024
const newline = 0x0a

/** Where a reader begins that wants what is written from now on. */
export async function endOfSegments(folder: string): Promise<SegmentCursor> {
  const cursor: Record<string, { readonly segment: string; readonly end: number }> = {}
  // Oldest first: the newest of each worker stays.
  const newest = new Map((await listSegments(folder)).map((name) => [name.worker, name]))
  for (const [worker, name] of newest) {
    const segment = segmentFile(name)
    let end = 0
    for await (const { bytes, start } of windowsBackwards(folder, name)) {
      end = start + bytes.length
      break
    }
    cursor[worker] = { segment, end }
  }
  return cursor
}

/**
 * Reads what was written after a cursor, about `bytesMax` at most. Segments that are gone are passed over; half a line at the end of one
 * is being written, or was torn by a crash: it is left to the next time. Lines that are not as they were written are told and passed over.
 */
export async function arrivalsIn(
  folder: string,
  cursor: SegmentCursor,
  bytesMax: number,
): Promise<SegmentArrivals> {
  const workers = Map.groupBy(await listSegments(folder), ({ worker }) => worker)
  const share = Math.max(windowBytesMin, Math.floor(bytesMax / Math.max(workers.size, 1)))
  const lines: string[] = []
  const moved: Record<string, { readonly segment: string; readonly end: number }> = { ...cursor }
  let more = false
  for (const [worker, segments] of workers) {
    let left = share
    for (const { name, start } of remaining(segments, cursor[worker])) {
      if (left <= 0) {
        more = true
        break
      }
      const read = await linesAfter(folder, name, start, Math.max(left, windowBytesMin))
      lines.push(...read.lines)
      left -= read.bytes
      moved[worker] = { segment: segmentFile(name), end: start + read.bytes }
      if (!read.more) continue
      more = true
      break
    }
  }
  return { lines, cursor: moved, more }
}

function remaining(segments: readonly SegmentName[], from: SegmentCursor[string] | undefined) {
  const at = from && parseSegmentFile(from.segment)
  return segments.flatMap((name) => {
    const order = at ? compareSegments(name, at) : 1
    if (order < 0) return []
    return [{ name, start: order === 0 ? (from?.end ?? 0) : 0 }]
  })
}

async function linesAfter(
  folder: string,
  name: SegmentName,
  start: number,
  bytesMax: number,
): Promise<{ readonly lines: readonly string[]; readonly bytes: number; readonly more: boolean }> {
  const text = await openSegment(folder, name)
  if (!text) return { lines: [], bytes: 0, more: false }
  try {
    const left = text.size - start
    let wanted = Math.min(left, bytesMax)
    if (wanted <= 0) return { lines: [], bytes: 0, more: false }
    for (;;) {
      const read = await text.read(start, wanted)
      const bytes = read.lastIndexOf(newline) + 1
      // A line that is longer than the window would stand before all that follow it.
      if (bytes > 0 || wanted === left)
        return {
          lines: linesIn(read.subarray(0, bytes), { folder, name, start }),
          bytes,
          more: bytes > 0 && wanted < left,
        }
      wanted = Math.min(left, wanted * 2)
    }
  } finally {
    await text.close()
  }
}
