import { copyFileSync, constants, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkDatabase, databaseFile, examineWalOf, flip, lockDataDirectory } from '#core/store/index.ts'
import { BackupRefused } from '../backup/manifest.ts'

/**
 * Mends a write-ahead log in which one bit was flipped, where it is known which; else, with `drop`, lets go of what is from the damaged place
 * on. The log as it was stays beside it. Answers what was done, for the operator.
 * Faults: BackupRefused, with nothing changed; DirectoryInUse; DamagedDatabase where what is left is not whole.
 */
export function repairWal(directory: string, drop: boolean): string {
  const path = `${join(directory, databaseFile)}-wal`
  if (!existsSync(join(directory, databaseFile)))
    throw new BackupRefused(`${directory} is no data directory: name it with --data`)
  const unlock = lockDataDirectory(directory)
  try {
    const found = examineWalOf(directory)
    if (found.kind === 'whole')
      return 'The write-ahead log is whole: there is nothing to repair. redoubt verify looks at all else.'
    const { at, commitsLost, flipped } = found
    if (!flipped && !drop)
      throw new BackupRefused(
        `${path} is damaged at byte ${at} by more than one bit, or so that it cannot be told which: nothing was changed. ` +
          `Restore a backup, or run this again with --drop: ${commitsLost || 'an unknown number of'} commits from there on are then lost for good`,
      )
    const aside = `${path}.damaged`
    if (existsSync(aside))
      throw new BackupRefused(`${aside} is there from an earlier repair: move it elsewhere first`)
    copyFileSync(path, aside, constants.COPYFILE_EXCL)
    if (flipped) {
      const file = readFileSync(path)
      flip(file, flipped)
      writeFileSync(path, file, { flush: true })
    } else truncateSync(path, at)
    const after = examineWalOf(directory)
    if (after.kind === 'damaged')
      return `A bit was flipped back, and there is more damage at byte ${after.at}: move ${aside} elsewhere, and run this again.`
    checkDatabase(directory)
    return flipped
      ? `Bit ${flipped.bit} of byte ${flipped.byte} of the write-ahead log was flipped back: nothing is lost. The log as it was is ${aside}.`
      : `What was in the write-ahead log from byte ${at} on is dropped (${commitsLost || 'an unknown number of'} commits). The log as it was is ${aside}.`
  } finally {
    unlock()
  }
}
