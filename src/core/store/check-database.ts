import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DamagedDatabase } from './checksums.ts'
import { databaseFile } from './database-file.ts'

/** SQLITE_CORRUPT and SQLITE_NOTADB. Source: sqlite.org/rescode.html. */
const damageCodes: readonly number[] = [11, 26]

/**
 * Has SQLite look at how all pages of a data directory's database hang together, before anybody opens it: a page that lost its place
 * takes documents along without a word. Units: about a second for each gigabyte. What is in the pages has sums (`checksums.ts`).
 * Source: sqlite.org/pragma.html, quick_check.
 * Faults: DamagedDatabase.
 */
export function checkDatabase(directory: string): void {
  const path = join(directory, databaseFile)
  if (!existsSync(path)) return
  try {
    const database = new DatabaseSync(path, { timeout: 5_000 })
    try {
      const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
      if (found !== 'ok') throw new DamagedDatabase(`${path} is damaged (${String(found).split('\n')[0]})`)
    } finally {
      database.close()
    }
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error)) throw error
    if (!damageCodes.includes(Number(error.errcode) & 0xff)) throw error
    throw new DamagedDatabase(`${path} is damaged (${error.message})`)
  }
}
