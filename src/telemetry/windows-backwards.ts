import { openSegment } from './segment-file.ts'
import { blankAndTell } from './segment-lines.ts'
import { segmentFile, type SegmentName } from './segment-name.ts'

/** Whole lines of a segment, in its order. */
export interface Window {
  readonly bytes: Buffer
  /** Where in the segment the first byte is. */
  readonly start: number
}

const windowBytes = 256 * 1024
const newline = 0x0a
/** No line is longer (a record has 300 kB at most); what is, is no line of ours. */
const lineBytesMax = 16 * 1024 * 1024

/**
 * Reads a segment from its end, or from the line end `from`, to its beginning, a window of whole lines at a time. A last
 * line without newline is one that is being written, or that a crash tore: it is left out. A line that is not as it was written is blank,
 * and told. A segment that is gone has no windows.
 */
export async function* windowsBackwards(
  folder: string,
  name: SegmentName,
  from?: number,
): AsyncGenerator<Window, void, undefined> {
  const text = await openSegment(folder, name)
  if (!text) return
  try {
    let end = Math.min(from ?? Infinity, text.size) // A token that was forged may name any.
    let length = windowBytes
    while (end > 0) {
      const start = Math.max(0, end - length)
      const bytes = await text.read(start, end - start)
      const first = start === 0 ? 0 : bytes.indexOf(newline) + 1
      const last = bytes.lastIndexOf(newline) + 1
      if (first < last) {
        const lines = bytes.subarray(first, last)
        blankAndTell(lines, { folder, name, start: start + first })
        yield { bytes: lines, start: start + first }
        length = windowBytes
      } else if (start > 0) {
        // One line fills the window: look at more of it.
        length *= 2
        if (length > lineBytesMax)
          throw new Error(`${segmentFile(name)} has a line of more than ${lineBytesMax} bytes`)
        continue
      }
      end = start + first
    }
  } finally {
    await text.close()
  }
}
