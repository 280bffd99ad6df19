// Goal: a database of an older version is brought up to this one, once, whole or not at all; one of a later version is left alone.
// Method: steps of the test's own over files that are made here, a step that fails, and a process that is killed within one.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { firstTables, type SchemaStep } from './schema-steps.ts'
import { prepareSchema } from './sqlite-schema.ts'

const addColour: SchemaStep = (database) =>
  database.exec("ALTER TABLE documents ADD COLUMN colour TEXT NOT NULL DEFAULT 'none'")
const paintRed: SchemaStep = (database) => database.exec("UPDATE documents SET colour = 'red'")

/** A database as the first version wrote it. */
function older(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-schema-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'redoubt.db')
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA journal_mode = WAL; ${firstTables}
    INSERT INTO documents VALUES (1, 'a/b/c/d', 'one', 1, '{}'), (2, 'a/b/c/d', 'two', 2, '{}');`)
  database.close()
  return path
}

/** Prepares a file as the driver does. */
function prepare(path: string, steps: readonly SchemaStep[]): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('BEGIN IMMEDIATE')
    prepareSchema(database, path, steps)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}

function content(path: string): { readonly schema: unknown; readonly documents: readonly unknown[] } {
  const database = new DatabaseSync(path)
  const schema = database.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.['value']
  const documents = database
    .prepare('SELECT * FROM documents ORDER BY row')
    .all()
    .map(({ id, colour }) => [id, colour])
  database.close()
  return { schema, documents }
}

const old = {
  schema: '1',
  documents: [
    ['one', undefined],
    ['two', undefined],
  ],
}
const upToDate = {
  schema: '3',
  documents: [
    ['one', 'red'],
    ['two', 'red'],
  ],
}

test('schema: an older file takes the steps that it lacks, each once', (t) => {
  const path = older(t)
  prepare(path, [addColour])
  assert.equal(content(path).schema, '2')
  prepare(path, [addColour, paintRed]) // A column that is added twice is a failure.
  assert.deepEqual(content(path), upToDate)
  prepare(path, [addColour, paintRed])
  assert.deepEqual(content(path), upToDate)
})

test('schema: a new file has the tables of an older one that was brought up', (t) => {
  const [path, fresh] = [older(t), `${older(t)}.new`]
  for (const each of [path, fresh]) prepare(each, [addColour, paintRed])
  const tables = (file: string): unknown => {
    const database = new DatabaseSync(file)
    const all = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
    database.close()
    return all
  }
  assert.deepEqual(tables(fresh), tables(path))
})

test('schema: a step that fails changes nothing', (t) => {
  const path = older(t)
  const fails: SchemaStep = () => {
    throw new RangeError('a bug')
  }
  assert.throws(() => prepare(path, [addColour, paintRed, fails]), RangeError)
  assert.deepEqual(content(path), old)
})

test('schema: killed within a step, the file is the old one, and the next start does it all', async (t) => {
  const path = older(t)
  const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href)
  const program = `
    import { DatabaseSync } from 'node:sqlite'
    import { writeSync } from 'node:fs'
    import { prepareSchema } from ${module('./sqlite-schema.ts')}
    const database = new DatabaseSync(process.argv[1])
    database.exec('PRAGMA cache_size = 1; BEGIN IMMEDIATE')
    prepareSchema(database, process.argv[1], [(each) => {
      each.exec("ALTER TABLE documents ADD COLUMN colour TEXT NOT NULL DEFAULT 'half'")
      const insert = each.prepare("INSERT INTO documents VALUES (NULL, 'a/b/c/d', ?, 3, '{}', 'half')")
      for (let n = 0; n < 5000; n += 1) insert.run('more' + n) // More than fits the cache: it reaches the files.
      writeSync(1, 'within')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }])`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path])
  await once(child.stdout, 'data')
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  assert.deepEqual(content(path), old)
  prepare(path, [addColour, paintRed])
  assert.deepEqual(content(path), upToDate)
})

const refused: readonly [name: string, change: string, want: RegExp][] = [
  [
    'a later version',
    "UPDATE meta SET value = '4'",
    /has schema 4, .*up to 3: use the version that wrote it, or a later/,
  ],
  ['no version', 'DELETE FROM meta', /has schema undefined/],
  ['no number', "UPDATE meta SET value = '1; x'", /has schema 1; x/],
  ['none at all', 'DROP TABLE meta', /has schema undefined/],
  ['nought', "UPDATE meta SET value = '0'", /has schema 0/],
]

test('schema: what is not known is refused, and left as it is', (t) => {
  let ran = 0
  for (const [name, change, want] of refused) {
    const path = older(t)
    const database = new DatabaseSync(path)
    database.exec(change)
    database.close()
    assert.throws(() => prepare(path, [addColour, paintRed]), want, name)
    const after = new DatabaseSync(path)
    assert.equal(Object.keys(after.prepare('SELECT * FROM documents').get() ?? {}).length, 5, name)
    after.close()
    ran += 1
  }
  assert.equal(ran, 5)
})
