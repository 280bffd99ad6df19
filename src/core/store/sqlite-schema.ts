import type { DatabaseSync } from 'node:sqlite'
import { firstTables, type SchemaStep, schemaSteps } from './schema-steps.ts'

/** The file holds something that this version of Redoubt cannot read. */
export class UnknownSchema extends Error {
  constructor(path: string, found: string, known: number) {
    super(
      `${path} has schema ${found}, and this version of Redoubt knows schemas up to ${known}: use the version that wrote it, ` +
        'or a later one; nothing was changed',
    )
    this.name = 'UnknownSchema'
  }
}

/**
 * Brings a database's tables up to this version of Redoubt: those of a new one too, so that there is one way to each schema. Refuses
 * one whose tables it does not know. Call it within a transaction that holds the write lock: a crash leaves the old schema or the new.
 * Faults: UnknownSchema.
 */
export function prepareSchema(
  database: DatabaseSync,
  path: string,
  steps: readonly SchemaStep[] = schemaSteps,
): void {
  const newest = 1 + steps.length
  if (isEmpty(database)) database.exec(firstTables)
  const found = schemaOf(database)
  if (found === undefined || !/^\d{1,6}$/.test(found) || Number(found) < 1 || Number(found) > newest)
    throw new UnknownSchema(path, String(found), newest)
  if (Number(found) === newest) return
  for (const step of steps.slice(Number(found) - 1)) step(database)
  database.prepare("UPDATE meta SET value = ? WHERE name = 'schema'").run(String(newest))
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table'").get() === undefined
}

function schemaOf(database: DatabaseSync): string | undefined {
  const hasMeta = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get()
  const row = hasMeta && database.prepare("SELECT value FROM meta WHERE name = 'schema'").get()
  return row && String(row['value'])
}
