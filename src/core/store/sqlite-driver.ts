import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { DocumentRow, LogEntry, NewEntry } from './change-log.ts'
import { changesSum, DamagedDatabase, documentSum, recordsSum } from './checksums.ts'
import { type Driver, isGap, logEntriesKept, type Missed, type Snapshot } from './driver.ts'
import type { Head } from './head.ts'
import { prepareSchema } from './sqlite-schema.ts'

/** How long a writer waits for another's commit at most before it tries again. */
const lockWaitMsMax = 20

/** Log entries that are trimmed at a time. */
const trimStep = 512

/** How the SQLite driver is opened. */
export interface SqliteOptions {
  readonly path: string
  /** Shared by all worker threads that have the file open. */
  readonly head: Head
  readonly entriesKept?: number
  /** How often the lock is tried. Default: for 20 seconds in all. */
  readonly lockAttemptsMax?: number
}

/**
 * Documents and change log in one SQLite file, for the worker threads of one process: a connection each, WAL, and every commit
 * group synced to disk before it returns.
 * Source: sqlite.org/wal.html; sqlite.org/pragma.html, synchronous.
 */
export class SqliteDriver implements Driver {
  readonly #database: DatabaseSync
  readonly #head: Head
  readonly #entriesKept: number
  readonly #lockAttemptsMax: number
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #lastSeq: StatementSync
  readonly #logAfter: StatementSync
  readonly #recordsAfter: StatementSync
  readonly #append: StatementSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #trim: StatementSync

  constructor({ path, head, entriesKept = logEntriesKept, lockAttemptsMax = 1000 }: SqliteOptions) {
    this.#head = head
    this.#entriesKept = entriesKept
    this.#lockAttemptsMax = lockAttemptsMax
    // No busy timeout: SQLite would sleep in growing steps, while `#patiently` is woken when the lock is free.
    this.#database = new DatabaseSync(path, { timeout: 0 })
    this.#patiently(() => {
      this.#database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000',
      )
      this.#database.exec('BEGIN IMMEDIATE')
    })
    this.#inTransaction(() => {
      prepareSchema(this.#database, path)
      this.#database.exec('COMMIT')
    })
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE')
    this.#commit = this.#database.prepare('COMMIT')
    this.#lastSeq = this.#database.prepare('SELECT max(seq) AS seq FROM log')
    this.#logAfter = this.#database.prepare(
      'SELECT seq, changes, records, changesSum, recordsSum FROM log WHERE seq > ? ORDER BY seq',
    )
    this.#recordsAfter = this.#database.prepare(
      'SELECT seq, records, recordsSum FROM log WHERE seq > ? AND records IS NOT NULL ORDER BY seq',
    )
    this.#append = this.#database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?)')
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)')
    this.#delete = this.#database.prepare('DELETE FROM documents WHERE row = ?')
    this.#trim = this.#database.prepare('DELETE FROM log WHERE seq <= ?')
  }

  snapshot(): Snapshot {
    if (this.#database.isTransaction)
      return { kind: 'snapshot', seq: this.#seq(), documents: this.#documents() }
    this.#database.exec('BEGIN')
    return { kind: 'snapshot', seq: this.#patiently(() => this.#seq()), documents: this.#documentsThenEnd() }
  }

  missedSince(seq: number): Missed {
    const entries = this.#patiently(() => this.#logAfter.all(seq)) as unknown as SummedEntry[] // The columns selected.
    for (const entry of entries) {
      assertWhole(changesSum(entry) === entry.changesSum, `entry ${entry.seq}`)
      assertWhole(recordsSum(entry) === entry.recordsSum, `the records of entry ${entry.seq}`)
    }
    return isGap(seq, entries) ? this.snapshot() : { kind: 'entries', entries }
  }

  commitGroup(since: number, decide: (missed: Missed) => readonly NewEntry[]): void {
    this.#patiently(() => this.#begin.run())
    this.#inTransaction(() => {
      const entries = decide(this.missedSince(since))
      for (const entry of entries) this.#write(entry)
      if (entries.length > 0) this.#commit.run()
    })
  }

  recordsSince(seq: number): readonly Pick<LogEntry, 'seq' | 'records'>[] {
    const found = this.#patiently(() => this.#recordsAfter.all(seq)) as unknown as SummedEntry[] // The columns selected.
    for (const entry of found)
      assertWhole(recordsSum(entry) === entry.recordsSum, `the records of entry ${entry.seq}`)
    return found
  }

  /** What the connection is set to. Source: sqlite.org/pragma.html (2 is FULL). */
  durability(): { readonly journal: unknown; readonly synchronous: unknown } {
    return {
      journal: this.#database.prepare('PRAGMA journal_mode').get()?.['journal_mode'],
      synchronous: this.#database.prepare('PRAGMA synchronous').get()?.['synchronous'],
    }
  }

  close(): void {
    this.#database.close()
  }

  #write({ seq, changes, records, rows }: NewEntry): void {
    this.#append.run(seq, changes, records, changesSum({ seq, changes }), recordsSum({ seq, records }))
    for (const { row, shelf, id, body } of rows) {
      if (body === null) this.#delete.run(row)
      else this.#put.run(row, shelf, id, seq, body, documentSum({ row, shelf, id, version: seq, body }))
    }
    if (seq % trimStep === 0 && seq > this.#entriesKept) this.#trim.run(seq - this.#entriesKept)
  }

  /** Runs what must end in a COMMIT; whatever is still open afterwards is rolled back, and the next writer is woken. */
  #inTransaction(work: () => void): void {
    try {
      work()
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      this.#head.release()
    }
  }

  #seq(): number {
    return Number(this.#lastSeq.get()?.['seq'] ?? 0)
  }

  *#documents(): Generator<DocumentRow, void, undefined> {
    const all = this.#database.prepare('SELECT row, shelf, id, version, body, sum FROM documents')
    // The columns selected.
    for (const row of all.iterate() as unknown as Iterable<DocumentRow & { readonly sum: number }>) {
      assertWhole(documentSum(row) === row.sum, `${row.shelf}/${row.id}`)
      yield row
    }
  }

  *#documentsThenEnd(): Generator<DocumentRow, void, undefined> {
    try {
      yield* this.#documents()
    } finally {
      this.#database.exec('COMMIT')
    }
  }

  /** Tries until no other connection is in the way; bounded, so that a stuck process answers with a failure at last. */
  #patiently<T>(attempt: () => T): T {
    for (let attempts = 1; ; attempts++) {
      const releases = this.#head.releases
      try {
        return attempt()
      } catch (error) {
        if (!isBusy(error) || attempts >= this.#lockAttemptsMax) throw error
        this.#head.waitForRelease(releases, lockWaitMsMax)
      }
    }
  }
}

/** An entry as the table has it. */
interface SummedEntry extends LogEntry {
  readonly changesSum: number
  readonly recordsSum: number | null
}

function assertWhole(isWhole: boolean, what: string): void {
  if (!isWhole) throw new DamagedDatabase(`the database is damaged: ${what} is not as it was written`)
}

/** SQLITE_BUSY in any of its extended forms. Source: sqlite.org/rescode.html. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}
