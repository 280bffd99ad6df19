// Goal: a function reaches nothing of Redoubt's, nor of another function's; what it leaves running ends with it; an environment is not
// used beyond its credentials. Method: a host with real processes; functions that try.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { functionRig } from '../../../test/functions/rig.ts'
import { skippedWithoutRoot } from '../../../test/set-up/root.ts'

/** That live. */
function processesOf(user: number): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        statSync(`/proc/${pid}`).uid === user &&
        !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
      )
    } catch {
      return false // It has ended meanwhile.
    }
  })
}

const tries = "import fs from 'node:fs'\nimport net from 'node:net'\n"

test('what a function cannot reach', { skip: skippedWithoutRoot }, async (t) => {
  const { run, directory } = functionRig(t)
  process.env['REDOUBT_TEST_SECRET'] = 'secret'
  t.after(() => delete process.env['REDOUBT_TEST_SECRET'])
  const place = mkdtempSync('/var/tmp/redoubt-data-')
  t.after(() => rmSync(place, { recursive: true, force: true }))
  const rootKey = join(place, 'root.key')
  writeFileSync(rootKey, 'key', { mode: 0o600 })
  mkdirSync(join(place, 'control'), { mode: 0o700 })
  const control = createServer().listen(join(place, 'control/socket'))
  t.after(() => control.close())
  const connect = (to: string) =>
    `await new Promise((resolve) => net.connect(${to}).once('connect', () => resolve('reached')).once('error', ({ code }) => resolve(code)))`
  const asOther = "'http://' + process.env.AWS_LAMBDA_RUNTIME_API.split('/', 1)[0]"
  const wrote =
    "import fs from 'node:fs'\nexport const handler = async () => fs.writeFileSync('/tmp/mine', 'mine')"
  assert.equal(await run('other', wrote), null)
  const workplace = `/var/tmp/redoubt-functions-${process.getuid?.() ?? 0}`
  const rows: readonly (readonly [string, string, string])[] = [
    ['the root key', `fs.readFileSync('${rootKey}', 'utf8')`, 'EACCES'],
    ['the data directory', `fs.readdirSync('${directory}').length`, 'ENOENT'],
    ["others' folders", `fs.readdirSync('${workplace}').length`, 'EACCES'],
    ["another's /tmp", "fs.readFileSync('/tmp/mine', 'utf8')", 'ENOENT'],
    ['its own code, to write', "fs.writeFileSync(process.env.LAMBDA_TASK_ROOT + '/index.mjs', '')", 'EROFS'],
    ["Redoubt's environment", "process.env.REDOUBT_TEST_SECRET ?? 'none'", 'none'],
    ["Redoubt's process", `process.kill(${process.pid}, 0)`, 'ESRCH'],
    ['the socket for commands', connect(`'${place}/control/socket'`), 'EACCES'],
    [
      'the work of another function',
      `await fetch(${asOther} + '/guessed/2018-06-01/runtime/invocation/next').then(({ status }) => status, () => 'cut')`,
      'cut',
    ],
    [
      "others' processes",
      "fs.readdirSync('/proc').filter((id) => Number(id) > 1 && Number(id) !== process.pid).length < 3",
      'true',
    ],
    ['being root', "process.setuid(0) ?? 'root'", 'EPERM'],
    [
      'mounts',
      "(await import('node:child_process')).spawnSync('mount', ['-t', 'tmpfs', 'x', '/tmp']).status === 0",
      'false',
    ],
    ["the machine's /dev/shm, to write", "fs.writeFileSync('/dev/shm/left', '')", 'EROFS'],
    ["the machine's /var/tmp, to write", "fs.writeFileSync('/var/tmp/left', '')", 'EROFS'],
    ["Redoubt's memory", `fs.openSync('/proc/${process.pid}/mem')`, 'ENOENT'],
    ["Redoubt's descriptors", `fs.readdirSync('/proc/${process.pid}/fd')`, 'ENOENT'],
    ["everybody's end", "process.kill(-1, 'SIGKILL')", 'ESRCH'],
  ]
  for (const [name, expression, want] of rows) {
    const source = `${tries}export const handler = async () => { try { return String(${expression}) } catch (error) { return error.code ?? error.message } }`
    assert.equal(await run('tries', source), want, name)
  }
  assert.equal(rows.length, 17)
})

test('what a function leaves running ends with it', { skip: skippedWithoutRoot }, async (t) => {
  const { run, host } = functionRig(t)
  const source = `import { spawn } from 'node:child_process'
export const handler = async () => { spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' }).unref(); return process.getuid() }`
  const user = (await run('leaves', source)) as number // What the function answers.
  const running = () => processesOf(user)
  assert.ok(running().length >= 2)
  await host.close()
  assert.deepEqual(running(), [])
})

test(
  'what a function leaves running does not run between its invocations',
  { skip: skippedWithoutRoot },
  async (t) => {
    const { run } = functionRig(t)
    const source = `import { spawn } from 'node:child_process'
import fs from 'node:fs'
const beats = () => fs.readFileSync('/tmp/beat', 'utf8').length
export const handler = async ({ leave, waitMs }) => {
  if (leave) spawn('/bin/sh', ['-c', 'while :; do echo >>/tmp/beat; sleep 0.02; done'], { detached: true, stdio: 'ignore' }).unref()
  await new Promise((done) => setTimeout(done, waitMs))
  return { user: process.getuid(), beats: beats() }
}`
    const { user } = (await run('leaves', source, { event: { leave: true, waitMs: 500 } })) as {
      user: number
    } // As above.
    const states = () =>
      processesOf(user).flatMap((pid) => {
        try {
          return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? []
        } catch {
          return [] // It has ended meanwhile.
        }
      })
    for (let look = 0; states().some((state) => state !== 'T'); look += 1) {
      assert.ok(look < 100, `they are ${states().join()}`)
      await sleep(50)
    }
    assert.ok(states().length >= 2)
    const beats = async (waitMs: number) =>
      ((await run('leaves', source, { event: { waitMs } })) as { beats: number }).beats // As above.
    const before = await beats(0)
    assert.ok((await beats(500)) > before + 5, 'it goes on with the next one')
  },
)

test('an environment whose credentials end soon is not used again', async (t) => {
  const source = 'let count = 0\nexport const handler = async () => ++count'
  const lasting = functionRig(t)
  assert.deepEqual([await lasting.run('work', source), await lasting.run('work', source)], [1, 2])
  assert.equal(lasting.provided(), 1)
  const ending = functionRig(t, { lifeMs: 301_000 })
  assert.deepEqual([await ending.run('work', source), await ending.run('work', source)], [1, 1])
  assert.equal(ending.provided(), 2)
})
