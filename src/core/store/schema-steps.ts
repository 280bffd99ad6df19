import type { DatabaseSync } from 'node:sqlite'
import { changesSum, documentSum, recordsSum } from './checksums.ts'

/** The tables of schema 1. Never changed: what came after is in `schemaSteps`. */
export const firstTables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE documents (
    row INTEGER PRIMARY KEY, shelf TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE log (seq INTEGER PRIMARY KEY, changes TEXT NOT NULL, records TEXT) STRICT;
  INSERT INTO meta VALUES ('schema', '1');`

/**
 * Changes the tables of one schema into those of the next, and what is in them. It runs once, at the first start of the version that
 * brought it, within a transaction, while nobody else reads or writes.
 */
export type SchemaStep = (database: DatabaseSync) => void

/** What is stored gets a sum, by which it is known whether it is what was written. */
const addSums: SchemaStep = (database) => {
  // The columns are declared so, in STRICT tables.
  database.function('document_sum', (row, shelf, id, version, body) =>
    documentSum({
      row: Number(row),
      shelf: String(shelf),
      id: String(id),
      version: Number(version),
      body: String(body),
    }),
  )
  database.function('changes_sum', (seq, changes) =>
    changesSum({ seq: Number(seq), changes: String(changes) }),
  )
  database.function('records_sum', (seq, records) =>
    recordsSum({ seq: Number(seq), records: records === null ? null : String(records) }),
  )
  database.exec(`
    ALTER TABLE documents ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
    UPDATE documents SET sum = document_sum(row, shelf, id, version, body);
    ALTER TABLE log ADD COLUMN changesSum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE log ADD COLUMN recordsSum INTEGER;
    UPDATE log SET changesSum = changes_sum(seq, changes), recordsSum = records_sum(seq, records);`)
}

/** In their order: the first makes schema 2 of schema 1. A step that was released is never changed; another follows it. */
export const schemaSteps: readonly SchemaStep[] = [addSums]
