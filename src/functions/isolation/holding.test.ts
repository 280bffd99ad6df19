// Goal: what an earlier life of this process left behind is not taken for its own: in a container it may have had the same id.
// Method: a place with a folder and a claim that bear the id of this process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { takeUserIds } from './user-ids.ts'
import { findWorkplace, makeWorkplace } from './workplace.ts'

const nobody = { passwd: [], running: new Set<number>() }

test('what an earlier life with the same id left goes, and what this one has stays', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'redoubt-place-'))
  t.after(() => rmSync(place, { recursive: true, force: true }))
  chmodSync(place, 0o755)
  const base = (await findWorkplace([place])) ?? ''
  mkdirSync(join(base, `run-${process.pid}-before`))
  mkdirSync(join(base, 'ids', `50000-${process.pid}-before`), { recursive: true })

  const first = await makeWorkplace([place])
  const second = await makeWorkplace([place])
  const runs = readdirSync(base).filter((name) => name.startsWith('run-'))
  assert.deepEqual(new Set(runs.map((name) => join(base, name))), new Set([first.folder, second.folder]))

  const claims = join(base, 'ids')
  const ids = [takeUserIds(claims, nobody), takeUserIds(claims, nobody)]
  assert.deepEqual(
    ids.map((one) => [one.first, one.isInherited]),
    [
      [50_000, true],
      [50_200, false],
    ],
  )
  for (const one of ids) one.release()
  assert.deepEqual(readdirSync(claims), [])
})

test('a block is passed over that somebody of this machine has, or as whom something runs that no claim explains', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-ids-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, `50600-${process.pid}-before`)) // Of an earlier life: what runs there is its own.
  const known = { passwd: [50_199], running: new Set([0, 50_200, 50_599, 50_600]) }
  const ids = takeUserIds(folder, known)
  assert.deepEqual([ids.first, ids.isInherited], [50_600, true])
  assert.equal(takeUserIds(folder, known).first, 50_800)
})

test("hosts in different places claim ids in one: else each would end the other's functions", async (t) => {
  const others = mkdtempSync(join(tmpdir(), 'redoubt-place-'))
  t.after(() => rmSync(others, { recursive: true, force: true }))
  chmodSync(others, 0o755)
  const [one, two] = [await makeWorkplace(), await makeWorkplace([others])]
  t.after(() => rmSync(one.folder, { recursive: true, force: true }))
  assert.equal(one.claims, two.claims)
})

test('processes that start at once over what dead ones left have ids of their own', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-ids-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'exit')
  for (let first = 50_000; first < 52_000; first += 200) mkdirSync(join(folder, `${first}-${dead.pid}-left`))

  const program = `
    const { takeUserIds } = await import(${JSON.stringify(new URL('user-ids.ts', import.meta.url).href)})
    while (Date.now() < ${Date.now() + 2_000});
    console.log(takeUserIds(${JSON.stringify(folder)}, { passwd: [], running: new Set() }).first)
    setInterval(() => undefined, 1_000)`
  const taken = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program])
      t.after(() => child.kill('SIGKILL'))
      const [said] = (await once(child.stdout, 'data')) as [Buffer] // A stream without encoding.
      return Number(said.toString())
    }),
  )
  assert.equal(new Set(taken).size, 6, taken.join())
})
