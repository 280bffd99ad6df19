import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { listSegmentsSync } from '../retention.ts'
import { linesOfSegment } from '../segment-lines.ts'
import { compareSegments, parseSegmentFile, segmentFile, type SegmentName } from '../segment-name.ts'

// How far into its segments a worker's records have been acted on, one note a worker: `0.heard`. What the last run left is `0.unheard`
// until all behind it has been acted on too, so that a crash meanwhile forgets none of it.

/** The end of a worker's records, as far as they matter; no segment: their beginning. */
export interface HeardPosition {
  readonly segment: SegmentName | undefined
  readonly end: number
}

const form = /^(\d{1,4})\.(heard|unheard)$/

export function writeHeard(folder: string, worker: number, position: HeardPosition): void {
  write(folder, `${worker}.heard`, position)
}

/** Where a worker's segments end now: from there on its new records count. */
export function endOfWorker(folder: string, worker: number): HeardPosition {
  const segment = listSegmentsSync(folder).findLast((name) => name.worker === worker)
  return { segment, end: segment ? statSync(join(folder, segmentFile(segment))).size : 0 }
}

/**
 * Takes over the notes of the last run, before anybody writes others. `repairer` is the worker whose segments begin to matter now, as what
 * is lost is written there. Nothing is taken over where nobody has left a note.
 */
export function takeOverHeard(folder: string, repairer: number): void {
  const notes = notesIn(folder)
  for (const { worker, file, kind } of notes) {
    if (kind === 'unheard') continue
    const older = join(folder, `${worker}.unheard`)
    if (existsSync(older)) rmSync(join(folder, file), { force: true })
    else renameSync(join(folder, file), older)
  }
  const own = `${repairer}.unheard`
  if (notes.length > 0 && !existsSync(join(folder, own))) write(folder, own, endOfWorker(folder, repairer))
}

/** Records behind the notes that were taken over, in segments of then. Lines, the order of each worker. */
export async function* unheardIn(
  folder: string,
  segments: readonly SegmentName[],
): AsyncGenerator<string, void, undefined> {
  for (const { worker, file, kind } of notesIn(folder)) {
    if (kind !== 'unheard') continue
    const { segment, end } = read(join(folder, file))
    for (const name of segments) {
      const order = segment ? compareSegments(name, segment) : 1
      if (name.worker !== worker || order < 0) continue
      // Retention, or a reset, may have removed it.
      yield* await linesOfSegment(folder, name, order === 0 ? end : 0)
    }
  }
}

/** Forgets what was taken over: all of it has been acted on. */
export function forgetUnheard(folder: string): void {
  for (const { file, kind } of notesIn(folder))
    if (kind === 'unheard') rmSync(join(folder, file), { force: true })
}

function notesIn(folder: string) {
  return readdirSync(folder).flatMap((file) => {
    const [, worker, kind] = form.exec(file) ?? []
    return worker === undefined ? [] : [{ worker: Number(worker), file, kind }]
  })
}

function write(folder: string, file: string, { segment, end }: HeardPosition): void {
  const path = join(folder, file)
  const text = `${segment ? segmentFile(segment) : '-'} ${end}`
  writeFileSync(`${path}.new`, `${text} ${crc32(text)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** A note that is damaged makes more be acted on again. */
function read(path: string): HeardPosition {
  const [, text = '', name = '', end = '', sum] =
    /^((\S+) (\d+))(?: (\d+))?\n$/.exec(readFileSync(path, 'utf8')) ?? []
  // Without a sum it is an earlier version's.
  if (sum !== undefined && Number(sum) !== crc32(text)) return { segment: undefined, end: 0 }
  const segment = parseSegmentFile(name)
  const bytes = Number(end)
  return segment && Number.isSafeInteger(bytes) && bytes >= 0
    ? { segment, end: bytes }
    : { segment: undefined, end: 0 }
}
