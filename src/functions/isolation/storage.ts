import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The bytes that a folder's files take on disk, or `too-many` beyond `entriesMax` files and folders. Links are not followed. */
export async function storageOf(folder: string, entriesMax: number): Promise<number | 'too-many'> {
  let bytes = 0
  let entries = 0
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      entries += 1
      if (entries > entriesMax) return 'too-many'
      const path = join(next, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile()) bytes += ((await stat(path).catch(() => undefined))?.blocks ?? 0) * 512
    }
  }
  return bytes
}
