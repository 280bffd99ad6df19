// Goal: what an earlier life of this process left behind is not taken for its own: in a container it may have had the same id.
// Method: a place with a folder and a claim that bear the id of this process.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { takeUserIds } from './user-ids.ts'
import { findWorkplace, makeWorkplace } from './workplace.ts'

test('what an earlier life with the same id left goes, and what this one has stays', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'redoubt-place-'))
  t.after(() => rmSync(place, { recursive: true, force: true }))
  chmodSync(place, 0o755)
  const base = (await findWorkplace([place])) ?? ''
  mkdirSync(join(base, `run-${process.pid}-before`))
  mkdirSync(join(base, 'ids'))
  writeFileSync(join(base, 'ids', '50000'), String(process.pid))

  const first = await makeWorkplace([place])
  const second = await makeWorkplace([place])
  const runs = readdirSync(base).filter((name) => name.startsWith('run-'))
  assert.deepEqual(new Set(runs.map((name) => join(base, name))), new Set([first.folder, second.folder]))

  const ids = [takeUserIds(first.claims, []), takeUserIds(first.claims, [])]
  assert.deepEqual(
    ids.map((one) => one.first),
    [50_000, 50_200],
  )
  for (const one of ids) one.release()
  assert.deepEqual(readdirSync(first.claims), [])
})
