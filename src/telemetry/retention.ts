import { readdirSync } from 'node:fs'
import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { compareSegments, dayOf, parseSegmentFile, type SegmentName, segmentFile } from './segment-name.ts'

/** What a kind of telemetry may keep. */
export interface Retention {
  readonly days: number
  /** All segments of the kind together; the oldest go first. */
  readonly totalBytesMax: number
}

const dayMs = 86_400_000

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
  return files.flatMap((file) => parseSegmentFile(file) ?? []).sort(compareSegments)
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
  const newest = new Map(names.map((name) => [name.worker, name]))
  const sizes = await Promise.all(names.map((name) => sizeOf(join(folder, segmentFile(name)))))
  let total = sizes.reduce((sum, size) => sum + size, 0)
  const removed: string[] = []
  for (const [position, name] of names.entries()) {
    if (name.day >= oldestDay && total <= totalBytesMax) break
    if (newest.get(name.worker) === name) continue
    const file = segmentFile(name)
    await unlink(join(folder, file)).catch(ifMissing(undefined))
    total -= sizes[position] ?? 0
    removed.push(file)
  }
  return removed
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(ifMissing(undefined))
  return found?.size ?? 0
}

function ifMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise
    throw error
  }
}
