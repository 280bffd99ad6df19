// Goal: environments come and go without using up what there is of users and groups, and what one leaves ends nothing but itself.
// Method: a host with real processes, of which the bounds are made small.
import assert from 'node:assert/strict'
import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { functionRig } from '../../test/functions/rig.ts'
import { bounds } from './quotas.ts'

const source = (answer: string) => `export const handler = async () => ${answer}`

function bounded(t: TestContext, environments: number): void {
  const { environments: before } = bounds
  Object.assign(bounds, { environments })
  t.after(() => Object.assign(bounds, { environments: before }))
}

test('host: one that is idle makes room where there are no more, at once', async (t) => {
  bounded(t, 1)
  const { run } = functionRig(t)
  for (const answer of ['1', '2', '3'])
    assert.equal(await run(`work-${answer}`, source(answer)), Number(answer))
})

test('host: what was unpacked for an environment that gets no credentials is free again', async (t) => {
  bounded(t, process.getuid?.() === 0 ? 198 : 2) // Two groups are left of its 200 ids, or as many as environments.
  let fails = true
  const { run, invoke } = functionRig(t, {
    log: ({ level, event, reason }) =>
      level === 'error' && assert.equal(`${event} ${String(reason)}`, 'function-not-started Error: not now'),
    provided: () => (fails ? Promise.reject(new Error('not now')) : undefined),
  })
  for (const answer of ['1', '2', '3'])
    assert.equal((await invoke('work', source(answer))).kind, 'unavailable')
  fails = false
  assert.equal(await run('work', source('4')), 4)
})

test('host: a folder that cannot be named is removed with what it is in', async (t) => {
  const { run, host } = functionRig(t)
  const leaves = `import fs from 'node:fs'
export const handler = async () => {
  process.chdir(process.env.TMPDIR)
  for (let left = 20; left > 0; left -= 1) { fs.mkdirSync('a'.repeat(255)); process.chdir('a'.repeat(255)) }
  process.exit(1)
}`
  const told = await run('leaves', leaves)
  assert.match(JSON.stringify(told), /Runtime exited with error/)
  assert.equal(await run('work', source('42')), 42)
  await host.close()
  const base = `/var/tmp/redoubt-functions-${process.getuid?.() ?? 0}`
  assert.deepEqual(
    readdirSync(base).filter((name) => name.startsWith(`run-${process.pid}-`)),
    [],
  )
})

test('host: what functions need is made to look new again and again, for as long as it is open', async (t) => {
  const { refreshMs } = bounds
  Object.assign(bounds, { refreshMs: 20 })
  t.after(() => Object.assign(bounds, { refreshMs }))
  const { run, host } = functionRig(t)
  assert.equal(await run('work', source('42')), 42)
  const base = `/var/tmp/redoubt-functions-${process.getuid?.() ?? 0}`
  const folder = join(base, readdirSync(base).find((name) => name.startsWith(`run-${process.pid}-`)) ?? '')
  const bootstrap = join(folder, 'redoubt_bootstrap.mjs')
  for (let turn = 0; turn < 2; turn += 1) {
    utimesSync(bootstrap, 1, 1)
    for (let left = 100; statSync(bootstrap).mtimeMs === 1_000 && left > 0; left -= 1) await sleep(20)
    assert.ok(statSync(bootstrap).mtimeMs > 1_000)
  }
  await host.close()
})
