// Goal: a function reaches nothing of Redoubt's, nor of another function's; what it leaves running ends with it; an environment is not
// used beyond its credentials. Method: a host with real processes; functions that try.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import { systemWorld } from '#core/world.ts'
import { zip } from '../../../test/functions/zip.ts'
import { createFunctionHost, type FunctionSpec, openCodeStore } from '../index.ts'
import { skippedWithoutRoot } from '../../../test/set-up/root.ts'

function rig(t: TestContext, lifeMs = 3_600_000) {
  const world = systemWorld()
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-isolation-'))
  const code = openCodeStore(directory, () => world.randomBytes(4).toString('hex'), world.nowMs)
  let provided = 0
  const host = createFunctionHost({
    world,
    log: ({ level, ...entry }) => assert.notEqual(level, 'error', JSON.stringify(entry)),
    code,
    sink: () => undefined,
    endpointUrl: () => undefined,
    allowUnconfined: true,
    provide: () => {
      provided += 1
      const credentials = {
        accessKeyId: 'ASIA',
        secretAccessKey: 's',
        sessionToken: 't',
        expiresAtMs: world.nowMs() + lifeMs,
      }
      return Promise.resolve({ ok: true, credentials, variables: {} })
    },
  })
  t.after(async () => {
    await host.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const run = async (functionName: string, source: string, event: unknown = {}) => {
    const { digest } = await code.put(zip({ name: 'index.mjs', content: source }))
    const spec: FunctionSpec = {
      key: digest,
      functionArn: `arn:aws:lambda:us-east-1:111122223333:function:${functionName}` as Arn, // Written out.
      account: '111122223333' as AccountId, // Twelve digits.
      functionName,
      version: '$LATEST',
      region: 'us-east-1',
      roleArn: 'arn:aws:iam::111122223333:role/runner',
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      timeoutSec: 10,
      memoryMiB: 128,
      storageMiB: 512,
      code: digest,
      layers: [],
      logGroup: '/aws/lambda/work',
    }
    const payload = Buffer.from(JSON.stringify(event))
    const outcome = await host.invoke(spec, {
      requestId: 'request',
      payload,
      invokedArn: spec.functionArn,
      traceHeader: 'Root=1',
    })
    assert.ok('payload' in outcome, JSON.stringify(outcome))
    return JSON.parse(Buffer.from(outcome.payload).toString('utf8')) as unknown
  }
  return { run, directory, host, provided: () => provided }
}

const tries = "import fs from 'node:fs'\nimport net from 'node:net'\n"

test('what a function cannot reach', { skip: skippedWithoutRoot }, async (t) => {
  const { run, directory } = rig(t)
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
    ['its own code, to write', "fs.writeFileSync(process.env.LAMBDA_TASK_ROOT + '/index.mjs', '')", 'EACCES'],
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
  ]
  for (const [name, expression, want] of rows) {
    const source = `${tries}export const handler = async () => { try { return String(${expression}) } catch (error) { return error.code ?? error.message } }`
    assert.equal(await run('tries', source), want, name)
  }
  assert.equal(rows.length, 12)
})

test('what a function leaves running ends with it', { skip: skippedWithoutRoot }, async (t) => {
  const { run, host } = rig(t)
  const source = `import { spawn } from 'node:child_process'
export const handler = async () => { spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' }).unref(); return process.getuid() }`
  const user = (await run('leaves', source)) as number // What the function answers.
  const running = () =>
    readdirSync('/proc').filter((pid) => {
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
  assert.ok(running().length >= 2)
  await host.close()
  assert.deepEqual(running(), [])
})

test('an environment whose credentials end soon is not used again', async (t) => {
  const source = 'let count = 0\nexport const handler = async () => ++count'
  const lasting = rig(t)
  assert.deepEqual([await lasting.run('work', source), await lasting.run('work', source)], [1, 2])
  assert.equal(lasting.provided(), 1)
  const ending = rig(t, 301_000)
  assert.deepEqual([await ending.run('work', source), await ending.run('work', source)], [1, 1])
  assert.equal(ending.provided(), 2)
})
