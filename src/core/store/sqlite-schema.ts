import type { DatabaseSync } from 'node:sqlite'

/** Raised with every change to the tables, together with the step that brings an older file up to it. */
const schemaVersion = 1

const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE documents (
    row INTEGER PRIMARY KEY, shelf TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE log (seq INTEGER PRIMARY KEY, changes TEXT NOT NULL, records TEXT) STRICT;
  INSERT INTO meta VALUES ('schema', '${schemaVersion}');`

/** The file holds something that this version of Redoubt cannot read. */
export class UnknownSchema extends Error {
  constructor(path: string, found: string) {
    super(
      `${path} has schema ${found}, and this version of Redoubt knows ${schemaVersion}: use the version that wrote it`,
    )
    this.name = 'UnknownSchema'
  }
}

/** Makes the tables of a new database; refuses one whose tables it does not know. Call it with the write lock held. */
export function prepareSchema(database: DatabaseSync, path: string): void {
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  if (names.length === 0) {
    database.exec(tables)
    return
  }
  const found = names.some(({ name }) => name === 'meta')
    ? database.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.['value']
    : undefined
  if (found !== String(schemaVersion)) throw new UnknownSchema(path, String(found))
}
