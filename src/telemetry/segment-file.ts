import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { segmentFile, type SegmentName } from './segment-name.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** What a compressed segment's file has behind its name. */
export const compressedExtension = '.zst'

/** No segment inflates to more: one is begun anew after 16 MiB, and a line has 16 MiB at most. Units: bytes. */
const segmentBytesMax = 64 * 1024 ** 2
/** What a segment holds when another is begun. Units: bytes. */
const usualBytes = 16 * 1024 ** 2

/** The text of a segment, as it was written, compressed meanwhile or not. */
export interface SegmentText {
  /** Units: bytes. */
  readonly size: number
  /** What is there of a range. */
  readonly read: (start: number, length: number) => Promise<Buffer>
  readonly close: () => Promise<void>
}

/** Opens a segment; one that is gone is undefined. */
export async function openSegment(folder: string, name: SegmentName): Promise<SegmentText | undefined> {
  const path = join(folder, segmentFile(name))
  const file = await ifThere(open(path, 'r'))
  if (file) return plain(file, (await file.stat()).size)
  const bytes = await ifThere(readFile(`${path}${compressedExtension}`))
  return bytes && inflated(await decompress(bytes, { maxOutputLength: segmentBytesMax }))
}

/** Where a segment's file is now, compressed or not, for whoever reads files by other means. Units: bytes of its text at most. */
export async function segmentPlace(
  folder: string,
  name: SegmentName,
): Promise<{ readonly path: string; readonly bytesMax: number }> {
  const path = join(folder, segmentFile(name))
  const found = await ifThere(stat(path))
  return found
    ? { path, bytesMax: found.size }
    : { path: `${path}${compressedExtension}`, bytesMax: usualBytes }
}

/** Compresses a segment to which nothing is written any more. A crash meanwhile leaves both files, or the old one alone. */
export async function compressSegment(folder: string, name: SegmentName): Promise<void> {
  const path = join(folder, segmentFile(name))
  const text = await ifThere(readFile(path))
  if (text === undefined) return
  const aside = `${path}${compressedExtension}.new`
  const file = await open(aside, 'w', 0o600)
  try {
    await file.writeFile(await compress(text))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(aside, `${path}${compressedExtension}`)
  await rm(path)
}

function plain(file: FileHandle, size: number): SegmentText {
  return {
    size,
    async read(start, length) {
      const bytes = Buffer.allocUnsafe(Math.max(length, 0))
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
        if (bytesRead === 0) break // Shorter than it was: what is not there is not read.
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    },
    close: () => file.close(),
  }
}

function inflated(text: Buffer): SegmentText {
  return {
    size: text.length,
    read: (start, length) => Promise.resolve(text.subarray(start, start + length)),
    close: () => Promise.resolve(),
  }
}

async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
