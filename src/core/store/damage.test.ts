// Goal: whatever bit of the database is flipped, what was written is read, or nothing.
// Method: a small database; single bits flipped all over its file, one at a time, and the file opened as a start does. The few flips
// that change nothing (in space that is free) must read as before.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { checkDatabase, DamagedDatabase, databaseFile, Head, openStore, UnknownSchema } from './index.ts'
import { collection } from './collection.ts'

const notes = collection<{ readonly text: string }>({ service: 'test', type: 'note' })
const scope = { account: '111111111111', region: 'global' }

async function fill(directory: string): Promise<void> {
  const store = openStore({ directory, head: new Head() })
  for (let n = 0; n < 60; n += 1) {
    const tx = store.begin()
    tx.put(notes, scope, `note-${n}`, { text: `Allow ${'x'.repeat(7 * n)}` })
    tx.record(`{"eventID":"${n}"}`)
    await store.submit(tx, undefined, () => undefined)
  }
  await store.close()
  const database = new DatabaseSync(join(directory, databaseFile))
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
}

/** Everything that is served after a start. */
async function read(directory: string): Promise<string> {
  checkDatabase(directory)
  const store = openStore({ directory, head: new Head() })
  try {
    return JSON.stringify([store.snapshot(), await store.recordsSince(0)])
  } finally {
    await store.close()
  }
}

test('damage: no flipped bit of the database is served', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-damage-'))
  try {
    await fill(directory)
    const path = join(directory, databaseFile)
    const whole = readFileSync(path)
    const want = await read(directory)
    const told = new Map<string, number>()
    // A prime step, so that all places of pages have their turn; every bit of a byte has its own.
    for (let at = 16, n = 0; at < whole.length; at += 97, n += 1) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (n % 8))
      writeFileSync(path, bytes)
      for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
      const outcome = await read(directory).then(
        (found) => (found === want ? 'as it was' : `WRONG at ${at}`),
        (error: unknown) =>
          error instanceof DamagedDatabase || error instanceof UnknownSchema
            ? 'refused'
            : `UNCLEAR at ${at}: ${String(error)}`,
      )
      told.set(outcome, (told.get(outcome) ?? 0) + 1)
    }
    const { refused = 0, 'as it was': same = 0, ...others } = Object.fromEntries(told)
    assert.deepEqual(others, {})
    assert.ok(refused > 100, `${refused} refused, ${same} as it was`)
  } finally {
    rmSync(directory, { recursive: true })
  }
})
