import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

/** The data directory cannot be made, or not be used by this user. */
export class UnusableDirectory extends Error {
  constructor(directory: string, why: string) {
    super(`the data directory '${directory}' cannot be used: ${why}; name another with --data`)
    this.name = 'UnusableDirectory'
  }
}

/** A restore into the data directory was cut off: what is there is not all. */
export class UnfinishedRestore extends Error {
  constructor(directory: string) {
    super(`a restore into '${directory}' was cut off: remove the directory, and restore again`)
    this.name = 'UnfinishedRestore'
  }
}

/** What every process that takes a data directory, or a part of one, holds. */
export const lockFile = 'redoubt.lock'
const restoreMark = 'restore-unfinished'

/** Marks a directory as one that nobody may serve from until `endRestore`. */
export function beginRestore(directory: string): void {
  writeFileSync(join(directory, restoreMark), '', { mode: 0o600, flush: true })
}

/** Lets a restored directory be served from: all of it is there. */
export function endRestore(directory: string): void {
  rmSync(join(directory, restoreMark))
}

/**
 * Takes a data directory for this process, makes it (readable by its owner only) if need be, and gives what lets go of it. The
 * operating system lets go of it when the process dies, however it dies. Worker threads do not call this: they share it.
 * Faults: DirectoryInUse; UnfinishedRestore; UnusableDirectory.
 */
export function lockDataDirectory(directory: string): () => void {
  make(directory)
  if (existsSync(join(directory, restoreMark))) throw new UnfinishedRestore(directory)
  // An empty SQLite file with an exclusive transaction that never ends: Node offers no lock on files of its own.
  const lock = new DatabaseSync(join(directory, lockFile), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && error.message.includes('locked')) throw new DirectoryInUse(directory)
    throw error
  }
  return () => lock.close()
}

function make(directory: string): void {
  try {
    // Not recursive where it need not be: below /proc, Node's recursive mkdir never ends.
    if (!existsSync(directory))
      mkdirSync(directory, { recursive: !existsSync(dirname(directory)), mode: 0o700 })
    if (!statSync(directory).isDirectory()) throw new UnusableDirectory(directory, 'it is a file')
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new UnusableDirectory(directory, reasons[String(error.code)] ?? error.message)
    throw error
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there; run as the user whom it belongs to',
  EPERM: 'this user may not write there; run as the user whom it belongs to',
  EROFS: 'it is on a file system that is mounted read-only',
  ENOTDIR: 'a part of its path is a file',
  ENOSPC: 'the disk is full',
}
