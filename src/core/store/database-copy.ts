import { closeSync, fsyncSync, openSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import type { DocumentRow, LogEntry } from './change-log.ts'
import { changesSum, DamagedDatabase, documentSum, recordsSum } from './checksums.ts'
import { parseShelf } from './key.ts'
import type { KeyedDocument } from './store-reader.ts'

/** Pages copied at a time; writers are not held up in between, nor meanwhile. */
const pagesAtATime = 1_000

/** How far a copy has come. Units: pages of the database. */
export interface CopyProgress {
  readonly copied: number
  readonly total: number
}

/**
 * Copies a database as it is at one moment, while others write to it: everything whose commit ended before the call is in the copy,
 * and nothing that began after it. Gives the log sequence of that moment.
 * Source: sqlite.org/backup.html; sqlite.org/isolation.html (a read transaction in WAL mode sees one state).
 */
export async function copyDatabase(
  path: string,
  target: string,
  onProgress: (progress: CopyProgress) => void = () => undefined,
): Promise<number> {
  const source = new DatabaseSync(path, { timeout: 5_000 })
  let seq: number
  try {
    source.exec('BEGIN') // With its first read it has the state that the copy is made of.
    seq = Number(source.prepare('SELECT max(seq) AS seq FROM log').get()?.['seq'] ?? 0)
    await backup(source, target, {
      rate: pagesAtATime,
      progress: ({ totalPages, remainingPages }) =>
        onProgress({ copied: totalPages - remainingPages, total: totalPages }),
    })
    source.exec('ROLLBACK')
  } finally {
    source.close()
  }
  settle(target)
  return seq
}

/** Makes the copy one file that can be read where nothing can be written, and brings it to the disk. */
function settle(target: string): void {
  const copy = new DatabaseSync(target)
  copy.exec('PRAGMA journal_mode = DELETE')
  copy.close()
  const file = openSync(target, 'r+')
  fsyncSync(file)
  closeSync(file)
}

/** A database that nobody writes to, opened to be looked through. */
export interface StillDatabase {
  /** What SQLite finds wrong with the file, or else what the change log's sums do; none when it is whole. Source: sqlite.org/pragma.html, integrity_check. */
  readonly problems: () => readonly string[]
  readonly documents: () => Iterable<KeyedDocument>
  readonly close: () => void
}

/** Faults: what SQLite throws, also while the documents are read, where the file is no whole database. */
export function openStill(path: string): StillDatabase {
  const database = new DatabaseSync(path, { readOnly: true })
  return {
    problems: () => {
      const found = database.prepare('PRAGMA integrity_check(10)').all()
      const lines = found.map((row) => String(row['integrity_check'])).filter((line) => line !== 'ok')
      return lines.length > 0 ? lines : damagedEntries(database)
    },
    *documents() {
      // All columns: a backup of an older version has no sums.
      for (const found of database.prepare('SELECT * FROM documents').iterate()) {
        const row = found as unknown as DocumentRow & { readonly sum?: number } // Every schema has these columns.
        if (row.sum !== undefined && documentSum(row) !== row.sum)
          throw new DamagedDatabase(`${row.shelf}/${row.id} is not as it was written`)
        const document = JSON.parse(row.body) as object // Transaction.put made this text from an object.
        yield { ...parseShelf(row.shelf), id: row.id, document }
      }
    },
    close: () => database.close(),
  }
}

function damagedEntries(database: DatabaseSync): readonly string[] {
  const lines: string[] = []
  // All columns: a backup of an older version has no sums.
  for (const found of database.prepare('SELECT * FROM log').iterate()) {
    const entry = found as unknown as LogEntry & {
      readonly changesSum?: number
      readonly recordsSum?: number | null
    } // Likewise.
    if (entry.changesSum === undefined) return []
    if (changesSum(entry) !== entry.changesSum || recordsSum(entry) !== entry.recordsSum)
      lines.push(`entry ${entry.seq} of the change log is not as it was written`)
  }
  return lines.slice(0, 10)
}
