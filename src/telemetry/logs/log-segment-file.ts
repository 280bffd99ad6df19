import { compareSegments, parseSegmentFile, segmentFile, type SegmentName } from '../segment-name.ts'

/** A segment is open while batches are appended to it, then closed: sorted, compressed, with an index at its end. */
export interface LogSegment {
  readonly name: SegmentName
  /** 0 while it is open; each time it is written anew, it has another file, so that no reader takes one for the other. */
  readonly generation: number
}

const form = /^(.+)\.(?:open|(\d{1,6})\.zst)$/

/** `2026-11-23-0-000001.open`, `2026-11-23-0-000001.1.zst`. */
export function logSegmentFile({ name, generation }: LogSegment): string {
  const stem = segmentFile(name).replace(/\.jsonl$/, '')
  return generation === 0 ? `${stem}.open` : `${stem}.${generation}.zst`
}

/** Reads the file name of a segment; undefined for any other file. */
function parseLogSegmentFile(file: string): LogSegment | undefined {
  const [, stem, generation = '0'] = form.exec(file) ?? []
  const name = stem === undefined ? undefined : parseSegmentFile(`${stem}.jsonl`)
  return name && { name, generation: Number(generation) }
}

/** The segments among files, oldest first, each as it was written last. */
export function logSegmentsAmong(files: readonly string[]): readonly LogSegment[] {
  const found = new Map<string, LogSegment>()
  for (const file of files) {
    const segment = parseLogSegmentFile(file)
    if (!segment) continue
    const key = segmentFile(segment.name)
    const known = found.get(key)
    if (!known || known.generation < segment.generation) found.set(key, segment)
  }
  return [...found.values()].sort((one, other) => compareSegments(one.name, other.name))
}

/** Files of segments that were written anew: what a crash left of a change that was done. */
export function outdatedFiles(files: readonly string[]): readonly string[] {
  const current = new Set(logSegmentsAmong(files).map(logSegmentFile))
  return files.filter((file) => parseLogSegmentFile(file) && !current.has(file))
}
