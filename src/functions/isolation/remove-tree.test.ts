// Goal: whatever strangers' code leaves in its folder is counted, or told as too much, and goes. Method: trees that hide what they hold.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { removeTree } from './remove-tree.ts'
import { storageOf } from './storage.ts'

/** Twenty folders in each other, each as long a name as there can be: no path says where the last is. */
function deep(folder: string): void {
  const source =
    "const fs = require('node:fs'); for (let left = 20; left > 0; left -= 1) { fs.mkdirSync('a'.repeat(255)); process.chdir('a'.repeat(255)) } fs.writeFileSync('file', 'text')"
  execFileSync(process.execPath, ['-e', source], { cwd: folder })
}

const bytes = (folder: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name])
const large = Buffer.alloc(100_000, 1)

const rows: readonly (readonly [
  name: string,
  make: (folder: string) => void,
  isMuch: (found: unknown) => boolean,
])[] = [
  ['deeper than a path', deep, (found) => found === 'too-many'],
  [
    'a name that is no text',
    (folder) => {
      mkdirSync(bytes(folder, Buffer.from([0xff])))
      writeFileSync(bytes(folder, Buffer.from([0xff, 0x2f, 0xfe])), large)
    },
    (found) => Number(found) >= large.length,
  ],
  [
    'a folder that lets nobody in',
    (folder) => {
      mkdirSync(join(folder, 'closed'))
      writeFileSync(join(folder, 'closed', 'file'), large)
      chmodSync(join(folder, 'closed'), 0)
    },
    (found) => found === 'too-many' || Number(found) >= large.length, // Root is let in.
  ],
  [
    'nothing out of the way',
    (folder) => writeFileSync(join(folder, 'file'), large),
    (found) => Number(found) >= large.length,
  ],
]

test('what a function leaves in its folder is seen, and is removed', async (t) => {
  for (const [name, make, isMuch] of rows) {
    const place = mkdtempSync(join(tmpdir(), 'redoubt-tree-'))
    t.after(() => {
      if (existsSync(place)) execFileSync('rm', ['-rf', place])
    })
    const folder = join(place, 'tmp')
    mkdirSync(folder)
    make(folder)
    const found = await storageOf(folder, 1_000)
    assert.ok(isMuch(found), `${name}: ${found}`)
    await removeTree(folder)
    assert.deepEqual(readdirSync(place), [], name)
    rmSync(place, { recursive: true })
  }
  assert.equal(rows.length, 4)
})
