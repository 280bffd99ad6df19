// Goal: what is particular to the SQLite file: its durability settings, its schema, its lock. What all drivers share is in
// test/store/conformance.test.ts.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Head } from './head.ts'
import { databaseFile, lockDataDirectory, openStore } from './index.ts'
import { SqliteDriver } from './sqlite-driver.ts'
import { UnknownSchema } from './sqlite-schema.ts'

/** A data directory for one test. */
function withDirectory(check: (directory: string, path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-sqlite-'))
  try {
    check(directory, join(directory, databaseFile))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('a database that a newer version wrote is refused, and left as it is', () => {
  withDirectory((_, path) => {
    new SqliteDriver({ path, head: new Head() }).close()
    const other = new DatabaseSync(path)
    const schema = String(other.prepare('SELECT value FROM meta').get()?.['value'])
    other.exec("UPDATE meta SET value = '99'")
    assert.throws(() => new SqliteDriver({ path, head: new Head() }), UnknownSchema)
    other.exec(`UPDATE meta SET value = '${schema}'`)
    new SqliteDriver({ path, head: new Head() }).close()
    other.exec('DROP TABLE meta')
    assert.throws(() => new SqliteDriver({ path, head: new Head() }), UnknownSchema)
    other.close()
  })
})

test('commits are synced: write-ahead log, synchronous FULL', () => {
  withDirectory((_, path) => {
    const driver = new SqliteDriver({ path, head: new Head() })
    assert.deepEqual(driver.durability(), { journal: 'wal', synchronous: 2 })
    driver.close()
  })
})

test('a writer that finds the lock taken waits, and gives up with the reason', () => {
  withDirectory((_, path) => {
    const driver = new SqliteDriver({ path, head: new Head(), lockAttemptsMax: 3 })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    assert.throws(() => driver.commitGroup(0, () => []), { errcode: 5 })
    assert.deepEqual(driver.missedSince(0), { kind: 'entries', entries: [] }, 'readers do not wait')
    other.exec('ROLLBACK')
    driver.commitGroup(0, () => [{ seq: 1, changes: '[]', records: null, rows: [] }])
    const missed = driver.missedSince(0)
    assert.equal(missed.kind === 'entries' && missed.entries.length, 1)
    other.close()
    driver.close()
  })
})

test('whoever waits for the lock is woken when it is free, also after a failure', () => {
  withDirectory((_, path) => {
    const head = new Head()
    const driver = new SqliteDriver({ path, head })
    const before = head.releases
    driver.commitGroup(0, () => [])
    assert.throws(() =>
      driver.commitGroup(0, () => {
        throw new RangeError('a bug')
      }),
    )
    assert.equal(head.releases, before + 2)
    driver.close()
  })
})

test('a data directory is for its owner alone', () => {
  withDirectory((parent) => {
    const directory = join(parent, 'deep', 'data')
    const unlock = lockDataDirectory(directory)
    const store = openStore({ directory, head: new Head() })
    assert.equal(statSync(directory).mode & 0o077, 0)
    void store.close()
    unlock()
  })
})
