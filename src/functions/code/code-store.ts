import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

/** An archive that is not as it was put: none of it runs. */
export class DamagedCode extends Error {
  constructor(path: string) {
    super(`${path} is damaged: update the function's code, or restore the file from a backup`)
    this.name = 'DamagedCode'
  }
}

/**
 * Archives of code, each in a file that is named by its digest; documents refer to them. They lie in the data directory, which only
 * Redoubt may enter.
 */
export interface CodeStore {
  /** Keeps an archive; it is on disk when the promise is kept. */
  put(bytes: Uint8Array): Promise<CodeDigest>
  /** Faults: DamagedCode. */
  get(digest: string): Promise<Buffer>
  /** Removes what `isUsed` does not know and what has not been put for a while: one that is being put has no document yet. */
  sweep(isUsed: (digest: string) => boolean, nowMs: number): Promise<void>
}

export interface CodeDigest {
  /** The SHA-256 in hexadecimal: the name of the file. */
  readonly digest: string
  /** The same in base64, as AWS shows it. */
  readonly sha256: string
  readonly bytes: number
}

/** Units: milliseconds. No call takes longer between its code and its document. */
const unusedForMs = 3_600_000

/** What a code package is known by: its digest in the two spellings that are needed, and its size. */
export function codeDigest(bytes: Uint8Array): CodeDigest {
  const hash = createHash('sha256').update(bytes).digest()
  return { digest: hash.toString('hex'), sha256: hash.toString('base64'), bytes: bytes.length }
}

/** Opens the archives of a data directory. `unique` names files that are not whole yet. */
export function openCodeStore(directory: string, unique: () => string, nowMs: () => number): CodeStore {
  const folder = join(directory, 'functions', 'code')
  const pathOf = (digest: string): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error('no digest')
    return join(folder, digest)
  }

  async function exists(path: string): Promise<boolean> {
    const now = new Date(nowMs())
    try {
      await utimes(path, now, now) // Put again: it counts as new.
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  /** False also where a sweep took it away just now. */
  async function isWhole(path: string, digest: string): Promise<boolean> {
    try {
      return codeDigest(await readFile(path)).digest === digest
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  async function isStale(path: string, atMs: number): Promise<boolean> {
    return atMs - (await stat(path)).mtimeMs > unusedForMs
  }

  return {
    async put(bytes) {
      const code = codeDigest(bytes)
      const path = pathOf(code.digest)
      if ((await exists(path)) && (await isWhole(path, code.digest))) return code
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const partial = `${path}.${unique()}`
      const file = await open(partial, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(partial, path)
      const parent = await open(folder)
      try {
        await parent.sync()
      } finally {
        await parent.close()
      }
      return code
    },

    async get(digest) {
      const path = pathOf(digest)
      const bytes = await readFile(path)
      if (codeDigest(bytes).digest !== digest) throw new DamagedCode(path)
      return bytes
    },

    async sweep(isUsed, nowMs) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        const path = join(folder, name)
        if (isUsed(name) || !(await isStale(path, nowMs))) continue
        // Out of the way first: who puts it meanwhile finds none and writes it, or has made this one new, which then comes back.
        const swept = `${path}.${unique()}`
        await rename(path, swept)
        if (await isStale(swept, nowMs)) await rm(swept, { force: true })
        else await rename(swept, path)
      }
    },
  }
}
