import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** Segments that were converted together, and the accounts of which there is a file. */
export interface Converted {
  /** Names the files: each is `<account>/<name>.parquet`. */
  readonly name: string
  /** The UTC day that the segments began on. */
  readonly day: string
  readonly segments: readonly string[]
  readonly accounts: readonly string[]
}

/** What there is, whole and on disk; a file that it does not name is of a conversion that did not end. */
export async function readManifest(folder: string): Promise<readonly Converted[]> {
  try {
    return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as readonly Converted[] // Our own file.
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Replaces the manifest, at once and durably. */
export async function writeManifest(folder: string, all: readonly Converted[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'manifest.json')
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(all))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await sync(folder)
}

/** Brings a file, or the names in a folder, onto the disk. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
