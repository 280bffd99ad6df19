import { readdir, stat } from 'node:fs/promises'

/**
 * The bytes that a folder's files take on disk, or `too-many` beyond `entriesMax` files and folders, and where some cannot be looked at.
 * Links are not followed. Names are bytes: they may be no text.
 */
export async function storageOf(folder: string, entriesMax: number): Promise<number | 'too-many'> {
  let bytes = 0
  let entries = 0
  const folders = [Buffer.from(folder)]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const found = await looked(readdir(next, { withFileTypes: true, encoding: 'buffer' }))
    if (found === 'hidden') return 'too-many'
    for (const entry of found ?? []) {
      entries += 1
      if (entries > entriesMax) return 'too-many'
      const path = Buffer.concat([next, Buffer.from('/'), entry.name])
      if (entry.isDirectory()) folders.push(path)
      if (!entry.isFile()) continue
      const file = await looked(stat(path))
      if (file === 'hidden') return 'too-many'
      bytes += (file?.blocks ?? 0) * 512
    }
  }
  return bytes
}

/** What hides what it holds: a path that is too long, a folder that lets nobody in. */
const hiding: readonly unknown[] = ['ENAMETOOLONG', 'EACCES']

/** Undefined: it is gone. */
async function looked<Found>(found: Promise<Found>): Promise<Found | 'hidden' | undefined> {
  try {
    return await found
  } catch (error) {
    return hiding.includes((error as NodeJS.ErrnoException).code) ? 'hidden' : undefined
  }
}
