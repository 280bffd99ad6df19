import { createReadStream, type Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

/** What was found in the buckets' folder. */
export interface BucketsVerdict {
  /** Compressed files, which is all that Redoubt writes there: they carry sums of their text. Of what else lies there nobody can say. */
  readonly files: number
  /** Paths of those that are not as they were written. */
  readonly damaged: readonly string[]
}

/** Looks at a file so often while somebody adds to it. */
const looksMax = 5

/** Unpacks every compressed file below a folder, and keeps nothing of it; the edge may be adding to some. */
export async function verifyBuckets(folder: string): Promise<BucketsVerdict> {
  const damaged: string[] = []
  let files = 0
  for (const entry of await entriesOf(folder)) {
    if (!entry.isFile() || !entry.name.endsWith('.gz')) continue
    const path = join(entry.parentPath, entry.name)
    files += 1
    if (!(await isWhole(path))) damaged.push(relative(folder, path))
  }
  return { files, damaged: damaged.sort() }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function isWhole(path: string): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    try {
      const { size } = await stat(path)
      if ((await unpackedBytes(path, size)) === size) return true
      // What was added meanwhile may not have been all there.
      if ((await stat(path)).size === size || look === looksMax) return false
    } catch (error) {
      if (isMissing(error)) return true // It was taken away meanwhile.
      throw error
    }
  }
}

/** How much of a file could be unpacked: the library takes a damaged beginning of a later part for something else, and stops before it. */
async function unpackedBytes(path: string, size: number): Promise<number> {
  if (size === 0) return 0
  const unpack = createGunzip()
  try {
    await pipeline(createReadStream(path, { end: size - 1 }), unpack, nowhere())
    return unpack.bytesWritten
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) return -1
    throw error
  }
}

const nowhere = (): Writable => new Writable({ write: (_piece, _encoding, done) => done() })

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
