import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process has the data directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string) {
    super(
      `another Redoubt process uses the data directory '${directory}': stop it, or choose another directory with --data`,
    )
    this.name = 'DirectoryInUse'
  }
}

/**
 * Takes a data directory for this process, makes it (readable by its owner only) if need be, and gives what lets go of it. The
 * operating system lets go of it when the process dies, however it dies. Worker threads do not call this: they share it.
 * Faults: DirectoryInUse.
 */
export function lockDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  // An empty SQLite file with an exclusive transaction that never ends: Node offers no lock on files of its own.
  const lock = new DatabaseSync(join(directory, 'redoubt.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && error.message.includes('locked')) throw new DirectoryInUse(directory)
    throw error
  }
  return () => lock.close()
}
