// Goal: a server that finds its data directory damaged says what and does not start.
// Method: the real command over directories in which one file was changed.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { redoubt } from '../command.ts'
import { fill } from '../root-key/vault.ts'
import { directoryFor } from '../server.ts'

/** Changes the byte at which a text begins. */
function flipAt(path: string, text: string): void {
  const bytes = readFileSync(path)
  const at = bytes.indexOf(text)
  assert.ok(at >= 0, `${text} is in ${path}`)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

/** As a bit that was flipped on the disk: the sum stays. */
function changeDocument(directory: string): void {
  const database = new DatabaseSync(join(directory, 'redoubt.db'))
  database.exec(
    `UPDATE documents SET body = replace(body, 'active":true', 'active":trud') WHERE id = 'FILLED1'`,
  )
  database.close()
}

const rows: readonly [name: string, damage: (directory: string) => void, want: RegExp][] = [
  [
    'a document',
    changeDocument,
    /the database is damaged: 999999999999\/global\/iam\/access-key\/FILLED\d is not as it was written: .*redoubt restore/,
  ],
  [
    'the head of the database',
    (at) => flipAt(join(at, 'redoubt.db'), 'SQLite format'),
    /redoubt\.db is damaged \(.*\): nothing is served from it; restore a backup/,
  ],
  [
    'the id of the root key',
    (at) => flipAt(join(at, 'root-key.json'), 'keyId'),
    /root-key\.json is damaged; restore it from a backup/,
  ],
  [
    'the root key',
    (at) => writeFileSync(join(at, 'root.key'), Buffer.alloc(32, 7).toString('base64')),
    /sealed under root key [0-9a-f]{16}, and this is root key/,
  ],
]

test('damaged: a start says which file is damaged and what to do, and does not serve', async (t) => {
  let ran = 0
  for (const [name, damage, want] of rows) {
    const directory = directoryFor(t)
    await fill(directory, 3)
    for (const suffix of ['-wal', '-shm']) rmSync(join(directory, `redoubt.db${suffix}`), { force: true })
    damage(directory)
    const { ended, printed } = await redoubt(['serve', '--port', '0', '--data', directory, '--workers', '1'])
    assert.equal(ended, 1, name)
    assert.match(printed, /^redoubt: [^\n]*\n$/, `${name}: one line`)
    assert.match(printed, want, name)
    ran += 1
  }
  assert.equal(ran, 4)
})
