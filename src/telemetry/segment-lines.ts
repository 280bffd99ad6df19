import { tellDamage } from './damage.ts'
import { blankDamaged, withoutSum } from './line-sums.ts'
import { openSegment, segmentPath } from './segment-file.ts'
import type { SegmentName } from './segment-name.ts'

/** Where bytes of a segment's text are from. */
export interface Place {
  readonly folder: string
  readonly name: SegmentName
  /** Units: bytes of the text. */
  readonly start: number
}

/** Blanks the lines of a segment that are not as they were written, and tells of each. An earlier version's lines nobody can check. */
export function blankAndTell(bytes: Buffer, { folder, name, start }: Place): void {
  if (!name.summed) return
  blankDamaged(bytes, (at) => tellDamage({ file: segmentPath(folder, name), at: start + at }))
}

/** What was appended, of the whole lines that bytes of a segment hold; what is damaged is told and passed over. */
export function linesIn(bytes: Buffer, place: Place): readonly string[] {
  blankAndTell(bytes, place)
  const { summed } = place.name
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith(' ') ? [] : [summed ? withoutSum(line) : line]))
}

/** The whole lines of a segment from the line end `start` on, up to the line end `end`; none of one that is gone. */
export async function linesOfSegment(
  folder: string,
  name: SegmentName,
  start = 0,
  end = Infinity,
): Promise<readonly string[]> {
  const text = await openSegment(folder, name)
  if (!text) return []
  try {
    const bytes = await text.read(start, Math.min(text.size, end) - start)
    return linesIn(bytes.subarray(0, bytes.lastIndexOf('\n') + 1), { folder, name, start })
  } finally {
    await text.close()
  }
}
