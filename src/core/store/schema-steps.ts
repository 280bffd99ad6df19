import type { DatabaseSync } from 'node:sqlite'

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

/** In their order: the first makes schema 2 of schema 1. A step that was released is never changed; another follows it. */
export const schemaSteps: readonly SchemaStep[] = []
