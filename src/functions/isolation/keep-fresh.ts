import type { Dirent } from 'node:fs'
import { lutimes, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Makes a workplace look as if it were new: systems remove what lies in /var/tmp or /tmp and was not touched for weeks or days, while
 * functions' code may be as old as the server. Source: tmpfiles.d(5), "Age"; systemd's own tmp.conf has 30 and 10 days.
 *
 * What functions write by themselves keeps its times: it is theirs, and ends with them long before it is old.
 */
export async function keepFresh(folder: string): Promise<void> {
  await touch(folder)
  for (const entry of await entriesOf(folder)) if (!entry.name.startsWith('tmp-')) await freshen(entry)
}

/** Links are not followed. */
async function freshen(entry: Dirent): Promise<void> {
  const path = join(entry.parentPath, entry.name)
  await touch(path)
  if (entry.isDirectory()) for (const within of await entriesOf(path)) await freshen(within)
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await lutimes(path, now, now).catch(() => undefined) // It is gone.
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch {
    return [] // It is gone.
  }
}
