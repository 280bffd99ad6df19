import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the kernel shows processes and devices of its own, and where each function has its own. */
const passedOver: ReadonlySet<string> = new Set(['/proc', '/sys', '/tmp'])
/** Looked at in one folder, and closed in all: each costs a start of a function a millisecond or so. */
const [entriesMax, placesMax] = [1_000, 50]

/**
 * Folders in which everybody may make files, at most two folders deep: `/var/tmp`, `/dev/shm`, `/run/lock`. What a function left there would
 * outlive it, fill the machine, and belong to whoever has its user next.
 */
export async function publicPlaces(root = '/'): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await foldersIn(root)) {
    const folder = join(root, name)
    if (passedOver.has(folder)) continue
    if (await isPublic(folder)) found.push(folder)
    else
      for (const within of await foldersIn(folder))
        if (await isPublic(join(folder, within))) found.push(join(folder, within))
  }
  return found.sort().slice(0, placesMax)
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .slice(0, entriesMax)
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return [] // Not to be listed, or gone.
  }
}

async function isPublic(folder: string): Promise<boolean> {
  try {
    return ((await lstat(folder)).mode & 0o002) !== 0
  } catch {
    return false // Gone.
  }
}
