// Goal: whatever bit of the database is flipped, what was written is read, or nothing.
// Method: a small database; single bits flipped all over its file, one at a time, and the file opened as a start does. The few flips
// that change nothing (in space that is free) must read as before. Whole rows that are gone leave nothing with a sum: what is looked at
// there is that entries follow one another.
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

test('damage: a change log that lost entries is not served', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-damage-'))
  try {
    await fill(directory)
    const path = join(directory, databaseFile)
    const whole = readFileSync(path)
    const seqs = withDatabase(path, (database) =>
      database
        .prepare('SELECT seq FROM log ORDER BY seq')
        .all()
        .map(({ seq }) => Number(seq)),
    )
    assert.ok(seqs.length >= 3, `${seqs.length} entries`)
    const middle = seqs[Math.floor(seqs.length / 2)] ?? 0
    const rows: readonly [name: string, lost: string, isRefused: boolean][] = [
      ['one in the middle', `seq = ${middle}`, true],
      ['all between the first and the last', `seq NOT IN (${seqs[0]}, ${seqs.at(-1)})`, true],
      // Old entries may be forgotten: what they did is in the documents.
      ['the oldest', `seq = ${seqs[0]}`, false],
    ]
    for (const [name, lost, isRefused] of rows) {
      writeFileSync(path, whole)
      withDatabase(path, (database) => database.exec(`DELETE FROM log WHERE ${lost}`))
      const look = (): void => checkDatabase(directory)
      if (isRefused)
        assert.throws(
          look,
          { name: 'DamagedDatabase', message: /entries of the change log are missing/ },
          name,
        )
      else assert.doesNotThrow(look, name)
    }
    assert.equal(rows.length, 3)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

function withDatabase<Result>(path: string, task: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(path)
  try {
    return task(database)
  } finally {
    database.close()
  }
}
