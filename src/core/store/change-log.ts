import type { Written } from './overlay.ts'

/** One committed transaction, as the database keeps it. */
export interface LogEntry {
  /** Position in the log: 1, 2, 3 … without gaps. It is the version of the documents that the entry wrote. */
  readonly seq: number
  /** JSON: a list of [row, shelf, id, document], the document being null when it was deleted. */
  readonly changes: string
  /** Audit records, a line each; null for none. */
  readonly records: string | null
}

/** A document's row in the database. */
export interface DocumentRow {
  /** See `NumberedWrite`. */
  readonly row: number
  readonly shelf: string
  readonly id: string
  readonly version: number
  readonly body: string
}

/** What a document became; a body of null is a deletion. */
export interface RowChange {
  readonly row: number
  readonly shelf: string
  readonly id: string
  readonly body: string | null
}

/** A log entry together with what it does to the table of documents. */
export interface NewEntry extends LogEntry {
  readonly rows: readonly RowChange[]
}

/** A change as a replica applies it. */
export type LoggedChange = readonly [row: number, shelf: string, id: string, document: object | null]

/**
 * A write with the number of its document's row. Rows are numbered in the order in which documents are created, so that creating
 * appends to the table of documents: a table in the order of ids would have a page somewhere else rewritten for each, and slow
 * down as it grows (measured: a quarter of the speed with 100,000 documents).
 */
export interface NumberedWrite {
  readonly row: number
  readonly shelf: string
  readonly id: string
  readonly written: Written
}

/** Makes the log entry of a transaction. Each body's text is put in as it stands. */
export function newEntry(
  seq: number,
  writes: readonly NumberedWrite[],
  records: readonly string[],
): NewEntry {
  const rows: RowChange[] = []
  let changes = ''
  for (const { row, shelf, id, written } of writes) {
    const body = written === null ? null : written.body
    rows.push({ row, shelf, id, body })
    changes += `${changes === '' ? '[' : ',['}${row},${JSON.stringify(shelf)},${JSON.stringify(id)},${body ?? 'null'}]`
  }
  return { seq, changes: `[${changes}]`, records: records.length === 0 ? null : records.join('\n'), rows }
}

/** Reads an entry's changes. */
export function readChanges(entry: LogEntry): readonly LoggedChange[] {
  return JSON.parse(entry.changes) as LoggedChange[] // Written by `newEntry`, read from our own database.
}

/** Reads an entry's records. */
export function readRecords(entry: Pick<LogEntry, 'records'>): readonly string[] {
  return entry.records === null ? [] : entry.records.split('\n')
}
