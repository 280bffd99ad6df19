import { type FileHandle, open } from 'node:fs/promises'

/** Whole lines of a file, in the order of the file. */
export interface Window {
  readonly bytes: Buffer
  /** Where in the file the first byte is. */
  readonly start: number
}

const windowBytes = 256 * 1024
const newline = 0x0a
/** No line is longer (a record has 300 kB at most); what is, is no line of ours. */
const lineBytesMax = 16 * 1024 * 1024

/**
 * Reads a file of lines from its end, or from the line end `from`, to its beginning, a window of whole lines at a time. A last
 * line without newline is one that is being written, or that a crash tore: it is left out. A file that is gone has no windows.
 */
export async function* windowsBackwards(
  path: string,
  from?: number,
): AsyncGenerator<Window, void, undefined> {
  const file = await openIfPresent(path)
  if (!file) return
  try {
    let end = from ?? (await file.stat()).size
    let length = windowBytes
    while (end > 0) {
      const start = Math.max(0, end - length)
      const bytes = await readRange(file, start, end)
      const first = start === 0 ? 0 : bytes.indexOf(newline) + 1
      const last = bytes.lastIndexOf(newline) + 1
      if (first < last) {
        yield { bytes: bytes.subarray(first, last), start: start + first }
        length = windowBytes
      } else if (start > 0) {
        // One line fills the window: look at more of it.
        length *= 2
        if (length > lineBytesMax) throw new Error(`${path} has a line of more than ${lineBytesMax} bytes`)
        continue
      }
      end = start + first
    }
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

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) break // Shorter than it was: what is not there is not read.
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
