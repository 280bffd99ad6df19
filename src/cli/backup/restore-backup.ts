import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beginRestore, databaseFile, endRestore, openStill } from '#core/store/index.ts'
import { copyHashed } from './hashed-copy.ts'
import type { OnStep } from './make-backup.ts'
import { BackupRefused, type Manifest, readManifest } from './manifest.ts'

/**
 * Makes a data directory of a backup, each file checked as it is copied. Cut off anywhere, it leaves a directory that no server takes;
 * where a file is not as it was backed up, nothing is left.
 * Faults: BackupRefused; what the file system says.
 */
export async function restoreBackup(folder: string, directory: string, onStep: OnStep): Promise<Manifest> {
  const manifest = readManifest(folder)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (contentOf(directory).length > 0)
    throw new BackupRefused(`${directory} is not empty: name a new directory with --data`)
  beginRestore(directory)
  try {
    for (const [position, file] of manifest.files.entries()) {
      onStep('files', position, manifest.files.length)
      const copied = await copyHashed(join(folder, file.path), join(directory, file.path))
      if (copied?.bytes !== file.bytes || copied.sha256 !== file.sha256)
        throw new BackupRefused(
          `${file.path} is ${copied ? 'not as it was backed up' : 'missing'}: nothing was restored; use another backup`,
        )
    }
    refuseDamaged(join(directory, databaseFile))
  } catch (error) {
    for (const name of contentOf(directory)) rmSync(join(directory, name), { recursive: true, force: true })
    throw error
  }
  endRestore(directory)
  return manifest
}

/** What is in a directory, but for what a file system of its own has. */
function contentOf(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => name !== 'lost+found')
}

function refuseDamaged(path: string): void {
  const database = openStill(path)
  const [problem] = database.problems()
  database.close()
  if (problem !== undefined)
    throw new BackupRefused(
      `${databaseFile} is damaged (${problem}): nothing was restored; use another backup`,
    )
}
