import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, crc32, zstdCompress, zstdDecompress } from 'node:zlib'
import { tellDamage } from '../damage.ts'

// A packed file: blocks of so many bytes of the plain one, each compressed by itself, so that any part can be read; then the lengths of the
// compressed blocks, how many there are, the bytes of the plain file (6 bytes), the CRC-32 of all that since the last block, and `RARS`. An
// earlier version's end has no sum: `RARC`.

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** What a reader of few events reads too much at most. Units: bytes, of the plain file. */
const blockBytes = 256 * 1024
const [trailer, earlierTrailer] = ['RARS', 'RARC']
const numbersBytes = 4 + 6
const endBytes = numbersBytes + 4 + trailer.length
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/** Writes the first `bytes` of a file as a packed one, onto the disk. */
export async function pack(from: FileHandle, bytes: number, path: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    const lengths: number[] = []
    for (let at = 0; at < bytes; at += blockBytes) {
      const packed = await compress(await readWhole(from, at, Math.min(blockBytes, bytes - at)), checked)
      lengths.push(packed.length)
      await file.writeFile(packed)
    }
    const end = Buffer.alloc(lengths.length * 4 + endBytes)
    for (const [index, length] of lengths.entries()) end.writeUInt32BE(length, index * 4)
    end.writeUInt32BE(lengths.length, lengths.length * 4)
    end.writeUIntBE(bytes, lengths.length * 4 + 4, 6)
    end.writeUInt32BE(crc32(end.subarray(0, -8)), end.length - 8)
    end.write(trailer, end.length - 4)
    await file.writeFile(end)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * A part of the plain file that was packed; less where that ends before. A block that is damaged is told, and reads as blanks.
 * Faults: throws where the end of the file, which says what is where, is damaged.
 */
export async function readPacked(
  file: FileHandle,
  from: number,
  length: number,
  path: string,
): Promise<Buffer> {
  const { lengths, bytes } = await indexOf(file, path)
  const until = Math.min(from + length, bytes)
  if (from >= until) return Buffer.alloc(0)
  const [first, last] = [Math.floor(from / blockBytes), Math.floor((until - 1) / blockBytes)]
  let offset = lengths.slice(0, first).reduce((sum, one) => sum + one, 0)
  const blocks: Buffer[] = []
  for (let index = first; index <= last; index += 1) {
    const packed = lengths[index] ?? 0
    const block = await inflate(await readWhole(file, offset, packed))
    if (!block) tellDamage({ file: path, at: index * blockBytes })
    blocks.push(block ?? Buffer.alloc(Math.min(blockBytes, bytes - index * blockBytes), ' '))
    offset += packed
  }
  return Buffer.concat(blocks).subarray(from - first * blockBytes, until - first * blockBytes)
}

/** Writes the plain file again, onto the disk. */
export async function unpack(from: FileHandle, packedPath: string, path: string): Promise<void> {
  const { bytes } = await indexOf(from, packedPath)
  const file = await open(path, 'w', 0o600)
  try {
    for (let at = 0; at < bytes; at += blockBytes)
      await file.writeFile(await readPacked(from, at, blockBytes, packedPath))
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Undefined for what is damaged. */
async function inflate(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    return await decompress(bytes, { maxOutputLength: blockBytes })
  } catch {
    return undefined // ZSTD's codes: it is no whole frame.
  }
}

async function indexOf(
  file: FileHandle,
  path: string,
): Promise<{ readonly lengths: readonly number[]; readonly bytes: number }> {
  const { size } = await file.stat()
  const end = await readWhole(file, Math.max(0, size - endBytes), Math.min(size, endBytes))
  const said = end.toString('latin1', end.length - trailer.length)
  const isSummed = said === trailer
  if (end.length < endBytes || !(isSummed || said === earlierTrailer)) throw damagedEnd(path)
  const numbers = isSummed ? end : end.subarray(endBytes - numbersBytes - earlierTrailer.length)
  const count = numbers.readUInt32BE(0)
  const indexBytes = count * 4
  const start = size - numbers.length - indexBytes
  if (start < 0) throw damagedEnd(path)
  const index = await readWhole(file, start, indexBytes)
  if (isSummed && crc32(end.subarray(0, numbersBytes), crc32(index)) !== end.readUInt32BE(numbersBytes))
    throw damagedEnd(path)
  return {
    lengths: Array.from({ length: count }, (_, at) => index.readUInt32BE(at * 4)),
    bytes: numbers.readUIntBE(4, 6),
  }
}

function damagedEnd(path: string): Error {
  return new Error(`${path} is damaged: its end does not say what is in it; restore it from a backup`)
}

async function readWhole(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  if (bytesRead < length) throw new Error('a file is shorter than it was')
  return buffer
}
