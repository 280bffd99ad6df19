import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { listSegments } from '../retention.ts'
import { compareSegments, parseSegmentFile, segmentFile, type SegmentName } from '../segment-name.ts'
import { windowsBackwards } from '../windows-backwards.ts'

/**
 * How far a reader has come: for each worker the segment, and up to which line end in it. Plain JSON, to be kept in a document. A worker
 * that it lacks is read from its beginning.
 */
export type AuditCursor = Readonly<Record<string, { readonly segment: string; readonly end: number }>>

/** What came after a cursor, each worker's lines in the order of their writing. */
export interface AuditArrivals {
  readonly lines: readonly string[]
  readonly cursor: AuditCursor
  /** False once there was nothing else. */
  readonly more: boolean
}

/** At least so much of a worker's segments is looked at: no record is longer. Units: bytes. */
const windowBytesMin = 1024 * 1024
const newline = 0x0a

/** Where a reader begins that wants what is written from now on. */
export async function endOfAudit(folder: string): Promise<AuditCursor> {
  const cursor: Record<string, { readonly segment: string; readonly end: number }> = {}
  // Oldest first: the newest of each worker stays.
  const newest = new Map((await listSegments(folder)).map((name) => [name.worker, name]))
  for (const [worker, name] of newest) {
    const segment = segmentFile(name)
    let end = 0
    for await (const { bytes, start } of windowsBackwards(join(folder, segment))) {
      end = start + bytes.length
      break
    }
    cursor[worker] = { segment, end }
  }
  return cursor
}

/**
 * Reads what was written after a cursor, about `bytesMax` at most. Segments that are gone are passed over; half a line at the end of one
 * is being written, or was torn by a crash: it is left to the next time.
 */
export async function auditArrivals(
  folder: string,
  cursor: AuditCursor,
  bytesMax: number,
): Promise<AuditArrivals> {
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
      const read = await linesAfter(join(folder, segmentFile(name)), start, Math.max(left, windowBytesMin))
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

function remaining(segments: readonly SegmentName[], from: AuditCursor[string] | undefined) {
  const at = from && parseSegmentFile(from.segment)
  return segments.flatMap((name) => {
    const order = at ? compareSegments(name, at) : 1
    if (order < 0) return []
    return [{ name, start: order === 0 ? (from?.end ?? 0) : 0 }]
  })
}

async function linesAfter(
  path: string,
  start: number,
  bytesMax: number,
): Promise<{ readonly lines: readonly string[]; readonly bytes: number; readonly more: boolean }> {
  const file = await openIfPresent(path)
  if (!file) return { lines: [], bytes: 0, more: false }
  try {
    const { size } = await file.stat()
    const wanted = Math.min(size - start, bytesMax)
    if (wanted <= 0) return { lines: [], bytes: 0, more: false }
    const buffer = Buffer.allocUnsafe(wanted)
    const { bytesRead } = await file.read(buffer, 0, wanted, start)
    const bytes = buffer.subarray(0, bytesRead).lastIndexOf(newline) + 1
    const text = buffer.subarray(0, Math.max(bytes - 1, 0)).toString('utf8')
    return { lines: bytes === 0 ? [] : text.split('\n'), bytes, more: bytes > 0 && start + wanted < size }
  } finally {
    await file.close()
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
