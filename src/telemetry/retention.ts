import { readdirSync } from 'node:fs'
import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { compressedExtension, compressSegment } from './segment-file.ts'
import { compareSegments, dayOf, parseSegmentFile, type SegmentName, segmentFile } from './segment-name.ts'

/** What a kind of telemetry may keep. */
export interface Retention {
  readonly days: number
  /** All segments of the kind together; the oldest go first. */
  readonly totalBytesMax: number
}

const dayMs = 86_400_000
const noSegment: SegmentName = { day: '', worker: 0, index: 0 }

/** The segments of a folder, oldest first; a folder that is not there has none. */
export async function listSegments(folder: string): Promise<readonly SegmentName[]> {
  const files = await readdir(folder).catch(ifMissing<string[]>([]))
  return segmentsAmong(files)
}

/** As `listSegments`, at once: before another worker can begin one. */
export function listSegmentsSync(folder: string): readonly SegmentName[] {
  return segmentsAmong(readdirSync(folder))
}

function segmentsAmong(files: readonly string[]): readonly SegmentName[] {
  const names = files.flatMap((file) => parseSegmentFile(file) ?? []).sort(compareSegments)
  // A crash between compressing one and removing what it was made of leaves two files of one segment.
  return names.filter((name, at) => compareSegments(name, names[at - 1] ?? noSegment) !== 0)
}

/**
 * Removes the segments that are older than the retention, or too much, oldest first, and tells which. The newest segment of each
 * worker stays, as it may be open.
 */
export async function sweep(
  folder: string,
  { days, totalBytesMax }: Retention,
  nowMs: number,
): Promise<readonly string[]> {
  const oldestDay = dayOf(nowMs - days * dayMs)
  const names = await listSegments(folder)
  const newest = newestOfWorkers(names)
  const sizes = await Promise.all(names.map((name) => sizeOf(join(folder, segmentFile(name)))))
  let total = sizes.reduce((sum, size) => sum + size, 0)
  const removed: string[] = []
  for (const [position, name] of names.entries()) {
    if (name.day >= oldestDay && total <= totalBytesMax) break
    if (newest.has(name)) continue
    const file = segmentFile(name)
    for (const path of pathsOf(join(folder, file))) await unlink(path).catch(ifMissing(undefined))
    total -= sizes[position] ?? 0
    removed.push(file)
  }
  return removed
}

/**
 * Compresses the segments of days before `day`, but for the newest of each worker, as it may be open.
 * Faults: throws what the file system says; what is compressed then stays so.
 */
export async function compressBefore(folder: string, day: string): Promise<void> {
  const names = await listSegments(folder)
  const newest = newestOfWorkers(names)
  for (const name of names) if (name.day < day && !newest.has(name)) await compressSegment(folder, name)
}

function newestOfWorkers(names: readonly SegmentName[]): ReadonlySet<SegmentName> {
  return new Set(new Map(names.map((name) => [name.worker, name])).values())
}

async function sizeOf(path: string): Promise<number> {
  const found = await Promise.all(pathsOf(path).map((one) => stat(one).catch(ifMissing(undefined))))
  return found.reduce((sum, one) => sum + (one?.size ?? 0), 0)
}

function pathsOf(path: string): readonly string[] {
  return [path, `${path}${compressedExtension}`]
}

function ifMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise
    throw error
  }
}
