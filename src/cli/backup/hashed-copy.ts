import { createHash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What a file holds, in short. */
export interface Digest {
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** Units: bytes. */
const pieceBytes = 1024 ** 2

/**
 * Copies a file up to the end that it has when it is opened, on to the disk; undefined where it is gone. Only its owner may read the
 * copy. INVARIANT: nothing that exists is written over.
 */
export async function copyHashed(from: string, to: string): Promise<Digest | undefined> {
  const source = await openIfThere(from)
  if (!source) return undefined
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    const target = await open(to, 'wx', 0o600)
    try {
      const digest = await throughPieces(source, (piece) => target.writeFile(piece))
      await target.sync()
      return digest
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Reads a file to its end; undefined where there is none. */
export async function digestOf(path: string): Promise<Digest | undefined> {
  const source = await openIfThere(path)
  if (!source) return undefined
  try {
    return await throughPieces(source, () => Promise.resolve())
  } finally {
    await source.close()
  }
}

type File = Awaited<ReturnType<typeof open>>

async function throughPieces(file: File, each: (piece: Buffer) => Promise<void>): Promise<Digest> {
  const { size } = await file.stat()
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(pieceBytes)
  let bytes = 0
  while (bytes < size) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, size - bytes), bytes)
    if (bytesRead === 0) break // It was cut meanwhile.
    const piece = buffer.subarray(0, bytesRead)
    hash.update(piece)
    await each(piece)
    bytes += bytesRead
  }
  return { bytes, sha256: hash.digest('hex') }
}

async function openIfThere(path: string): Promise<File | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
