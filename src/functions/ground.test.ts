// Goal: what functions need looks new, however long the server has run: systems remove old files of /var/tmp.
// Method: a ground with code, all of which is made old.
import assert from 'node:assert/strict'
import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { zip } from '../../test/functions/zip.ts'
import { openCodeStore } from './code/code-store.ts'
import { layGround } from './ground.ts'

test('a refresh makes all look new but what functions wrote, and follows no link', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-functions-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const code = openCodeStore(directory, () => 'name', Date.now)
  const ground = await layGround({ code, node: process.execPath })
  t.after(() => ground.undo())
  const { digest } = await code.put(zip({ name: 'tmp-is-a-name/index.mjs', content: '1' }))
  const { task } = await ground.unpacked.acquire(digest, [])

  const elsewhere = join(directory, 'elsewhere')
  mkdirSync(elsewhere)
  symlinkSync(elsewhere, join(task, 'link'))
  const written = join(ground.folder, 'tmp-50000-00000000')
  mkdirSync(written)
  writeFileSync(join(written, 'file'), '')

  const { claim } = ground.users
  const kept = [...treeOf(ground.folder), ...(claim === undefined ? [] : [claim])]
  for (const path of [...kept, elsewhere]) lutimesSync(path, 1, 1)
  await ground.refresh()
  const old = [...kept, elsewhere].filter((path) => lstatSync(path).mtimeMs === 1_000)
  assert.deepEqual(old.sort(), [elsewhere, written, join(written, 'file')].sort())
  for (const name of ['redoubt_bootstrap.mjs', 'index.mjs', 'link'])
    assert.ok(
      kept.some((path) => path.endsWith(`/${name}`)),
      name,
    )
})

function treeOf(folder: string): readonly string[] {
  const within = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return [folder, ...within.map((name) => join(folder, name))]
}
