import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DamagedDatabase } from './checksums.ts'
import { databaseFile } from '../database-file.ts'
import { examineWal, type WalVerdict } from './wal-file.ts'

/** Something in the write-ahead log is not as it was written: what was committed from there on would be lost without a word. */
export class DamagedWal extends DamagedDatabase {
  constructor(path: string, { at, commitsLost }: WalVerdict & { readonly kind: 'damaged' }) {
    super(path)
    this.message =
      `${path} is damaged at byte ${at}, and ${commitsLost || 'some'} commits from there on would be lost: nothing is served; ` +
      'see what can be done with redoubt repair, or restore a backup into a new directory (redoubt restore)'
    this.name = 'DamagedWal'
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. Source: sqlite.org/rescode.html. */
const damageCodes: readonly number[] = [11, 26]

/** Entries follow one another without gaps. */
const missingEntries = 'SELECT coalesce(max(seq) - min(seq) + 1, 0) - count(*) AS missing FROM log'

function hasLog(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get() !== undefined
}

/** Looks at the write-ahead log that an unclean end left; changes nothing. */
export function examineWalOf(directory: string): WalVerdict {
  const path = join(directory, databaseFile)
  if (!existsSync(`${path}-wal`)) return { kind: 'whole' }
  return examineWal(readFileSync(`${path}-wal`), pageBytesOf(path))
}

/** Source: sqlite.org/fileformat2.html, section 1.3 (the database header, offset 16: 1 stands for 65536). */
function pageBytesOf(path: string): number {
  const head = Buffer.alloc(18)
  const file = openSync(path, 'r')
  readSync(file, head)
  closeSync(file)
  const bytes = head.readUInt16BE(16)
  // Of one that was never written, or is damaged, SQLite says more.
  return bytes === 1 ? 65_536 : bytes >= 512 && (bytes & (bytes - 1)) === 0 ? bytes : 4_096
}

/**
 * Has SQLite look at how all pages of a data directory's database hang together, before anybody opens it: a page that lost its place
 * takes documents along without a word. Before, it looks at the write-ahead log that an unclean end left: SQLite would forget all that
 * was committed behind a damaged place. Units: about a second for each gigabyte. What is in the pages has sums (`checksums.ts`).
 * Source: sqlite.org/pragma.html, quick_check.
 * Faults: DamagedWal; DamagedDatabase.
 */
export function checkDatabase(directory: string): void {
  const path = join(directory, databaseFile)
  if (!existsSync(path)) return
  const wal = examineWalOf(directory)
  if (wal.kind === 'damaged') throw new DamagedWal(`${path}-wal`, wal)
  try {
    const database = new DatabaseSync(path, { timeout: 5_000 })
    try {
      const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
      if (found !== 'ok') throw new DamagedDatabase(`${path} is damaged (${String(found).split('\n')[0]})`)
      if (hasLog(database) && database.prepare(missingEntries).get()?.['missing'] !== 0)
        throw new DamagedDatabase(`${path} is damaged (entries of the change log are missing)`)
    } finally {
      database.close()
    }
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error)) throw error
    if (!damageCodes.includes(Number(error.errcode) & 0xff)) throw error
    throw new DamagedDatabase(`${path} is damaged (${error.message})`)
  }
}
