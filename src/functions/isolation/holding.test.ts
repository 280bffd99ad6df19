// Goal: what an earlier life of this process left behind is not taken for its own: in a container it may have had the same id.
// Method: a place with a folder and a claim that bear the id of this process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isAnyKnown } from './known-ids.ts'
import { takeUserIds } from './user-ids.ts'
import { findWorkplace, makeWorkplace } from './workplace.ts'

const nobody = { isAnyKnown: () => Promise.resolve(false), running: () => new Set<number>() }

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
  const ids = [await takeUserIds(claims, nobody), await takeUserIds(claims, nobody)]
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

test('a block is passed over that somebody of this machine has, or as whom something runs that no claim explains', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-ids-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, `50600-${process.pid}-before`)) // Of an earlier life: what runs there is its own.
  const known = {
    isAnyKnown: (ids: readonly number[]) => Promise.resolve(ids.includes(50_199)),
    running: () => new Set([0, 50_200, 50_599, 50_600]),
  }
  const ids = await takeUserIds(folder, known)
  assert.deepEqual([ids.first, ids.isInherited], [50_600, true])
  assert.equal((await takeUserIds(folder, known)).first, 50_800)
})

test('ids are known by users and by groups, of the files and of whatever else the machine asks; what cannot be asked is told', async () => {
  const files = ['passwd', 'group'].map((name) => readFileSync(`/etc/${name}`, 'utf8'))
  const [user, group] = files.map((text) => Number(text.trimEnd().split('\n').at(-1)?.split(':')[2]))
  assert.ok(user !== undefined && group !== undefined)
  const rows: readonly [ids: readonly number[], want: boolean][] = [
    [[59_997, user], true],
    [[group, 59_997], true],
    [[59_996, 59_997], false],
  ]
  for (const [ids, want] of rows)
    for (const getent of ['getent', '/nowhere/getent'])
      assert.equal(await isAnyKnown(ids, getent), want, `${getent} ${ids.join()}`)
  await assert.rejects(isAnyKnown([59_997], '/bin/false'), /Command failed/)
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
    const nobody = { isAnyKnown: () => Promise.resolve(false), running: () => new Set() }
    const taken = await takeUserIds(${JSON.stringify(folder)}, nobody)
    console.log(taken.first)
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
