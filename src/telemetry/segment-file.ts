import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { tellDamage } from './damage.ts'
import { segmentFile, type SegmentName } from './segment-name.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** What a compressed segment's file has behind its name. */
export const compressedExtension = '.zst'

/** No segment inflates to more: one is begun anew after 16 MiB, and a line has 16 MiB at most. Units: bytes. */
const segmentBytesMax = 64 * 1024 ** 2
/** What a segment holds when another is begun. Units: bytes. */
const usualBytes = 16 * 1024 ** 2

/** A compressed segment is frames of so much text each, so that what is behind a damaged one is not lost. Units: bytes. */
const frameBytes = 1024 ** 2
/** Source: RFC 8878, 3.1.1 (magic number of a frame; the checksum of its content is optional). */
const frameBegin = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/** Where a segment is while it is not compressed. */
export function segmentPath(folder: string, name: SegmentName): string {
  return join(folder, segmentFile(name))
}

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
  return bytes && inflated(await textOf(bytes, path))
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
    for (let at = 0; at === 0 || at < text.length; at += frameBytes)
      await file.writeFile(await compress(text.subarray(at, at + frameBytes), checked))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(aside, `${path}${compressedExtension}`)
  await rm(path)
}

/** The text of a compressed segment. In place of a damaged frame are blanks, so that all else keeps its place; it is told. */
async function textOf(bytes: Buffer, path: string): Promise<Buffer> {
  const whole = await inflate(bytes)
  if (whole) return whole
  const parts: Buffer[] = []
  for (let start = 0; start < bytes.length;) {
    const frame = await frameAt(bytes, start)
    if (!frame) tellDamage({ file: `${path}${compressedExtension}`, at: parts.length * frameBytes })
    parts.push(frame?.text ?? Buffer.alloc(frameBytes, ' '))
    start = frame?.end ?? nextFrame(bytes, start)
  }
  return Buffer.concat(parts).subarray(0, segmentBytesMax)
}

/** The frame that begins at a place; what looks like another one's beginning may be in it. */
async function frameAt(bytes: Buffer, start: number): Promise<{ text: Buffer; end: number } | undefined> {
  for (let end = nextFrame(bytes, start), tries = 0; tries < 3; end = nextFrame(bytes, end), tries += 1) {
    const text = await inflate(bytes.subarray(start, end))
    if (text) return { text, end }
    if (end === bytes.length) return undefined
  }
  return undefined
}

function nextFrame(bytes: Buffer, start: number): number {
  const found = bytes.indexOf(frameBegin, start + 1)
  return found < 0 ? bytes.length : found
}

/** Undefined for what is damaged. */
async function inflate(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    return await decompress(bytes, { maxOutputLength: segmentBytesMax })
  } catch (error) {
    // Only what is no whole, checked frame fails so.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
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
