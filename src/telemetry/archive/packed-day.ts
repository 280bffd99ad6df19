import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'

// A packed file: blocks of so many bytes of the plain one, each compressed by itself, so that any part can be read; then the lengths of the
// compressed blocks, how many there are, the bytes of the plain file (6 bytes), and `RARC`.

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** What a reader of few events reads too much at most. Units: bytes, of the plain file. */
const blockBytes = 256 * 1024
const trailer = 'RARC'
const endBytes = 4 + 6 + trailer.length

/** Writes the first `bytes` of a file as a packed one, onto the disk. */
export async function pack(from: FileHandle, bytes: number, path: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    const lengths: number[] = []
    for (let at = 0; at < bytes; at += blockBytes) {
      const packed = await compress(await readWhole(from, at, Math.min(blockBytes, bytes - at)))
      lengths.push(packed.length)
      await file.writeFile(packed)
    }
    const end = Buffer.alloc(lengths.length * 4 + endBytes)
    for (const [index, length] of lengths.entries()) end.writeUInt32BE(length, index * 4)
    end.writeUInt32BE(lengths.length, lengths.length * 4)
    end.writeUIntBE(bytes, lengths.length * 4 + 4, 6)
    end.write(trailer, lengths.length * 4 + 10)
    await file.writeFile(end)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A part of the plain file that was packed; less where that ends before. */
export async function readPacked(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { lengths, bytes } = await indexOf(file)
  const until = Math.min(from + length, bytes)
  if (from >= until) return Buffer.alloc(0)
  const [first, last] = [Math.floor(from / blockBytes), Math.floor((until - 1) / blockBytes)]
  let offset = lengths.slice(0, first).reduce((sum, one) => sum + one, 0)
  const blocks: Buffer[] = []
  for (const packed of lengths.slice(first, last + 1)) {
    blocks.push(await decompress(await readWhole(file, offset, packed), { maxOutputLength: blockBytes }))
    offset += packed
  }
  return Buffer.concat(blocks).subarray(from - first * blockBytes, until - first * blockBytes)
}

/** Writes the plain file again, onto the disk. */
export async function unpack(from: FileHandle, path: string): Promise<void> {
  const { bytes } = await indexOf(from)
  const file = await open(path, 'w', 0o600)
  try {
    for (let at = 0; at < bytes; at += blockBytes)
      await file.writeFile(await readPacked(from, at, blockBytes))
    await file.sync()
  } finally {
    await file.close()
  }
}

async function indexOf(
  file: FileHandle,
): Promise<{ readonly lengths: readonly number[]; readonly bytes: number }> {
  const { size } = await file.stat()
  const end = await readWhole(file, Math.max(0, size - endBytes), Math.min(size, endBytes))
  if (end.length < endBytes || end.toString('latin1', 10) !== trailer)
    throw new Error('a packed file has another end')
  const count = end.readUInt32BE(0)
  const index = await readWhole(file, size - endBytes - count * 4, count * 4)
  return {
    lengths: Array.from({ length: count }, (_, at) => index.readUInt32BE(at * 4)),
    bytes: end.readUIntBE(4, 6),
  }
}

async function readWhole(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  if (bytesRead < length) throw new Error('a file is shorter than it was')
  return buffer
}
