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

  const ids = [takeUserIds(first.claims, []), takeUserIds(first.claims, [])]
  assert.deepEqual(
    ids.map((one) => one.first),
    [50_000, 50_200],
  )
  for (const one of ids) one.release()
  assert.deepEqual(readdirSync(first.claims), [])
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
    console.log(takeUserIds(${JSON.stringify(folder)}, []).first)
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
