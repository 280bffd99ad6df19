// Goal: the control socket takes commands from the directory's owner alone, and nothing malformed moves it.
// Method: the real socket in a throw-away directory, before a custody that only remembers what it was asked.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { noEdge } from '#core/edge-view.ts'
import type { Rotation } from '#core/root-key-custody.ts'
import { RootKeyError, type RootKeySource } from '#core/seal/index.ts'
import { askServer } from './control-client.ts'
import { listenForCommands } from './control-server.ts'
import { ReloadRefused } from './reload/successor.ts'
import { controlPath } from './control.ts'

const rotation: Rotation = { keyId: '0011223344556677', resumed: false, resealed: 2, kept: 1 }

const status = () => Promise.reject(new Error('nobody asks'))

async function rig(t: TestContext, fail?: Error) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-control-'))
  // What an earlier process left: a folder that is open to others, and a dead socket.
  mkdirSync(join(directory, 'control'))
  writeFileSync(controlPath(directory), '')
  const asked: unknown[] = []
  const logged: string[] = []
  const stop = await listenForCommands(
    directory,
    {
      edge: noEdge,
      status,
      reload: (wish) => {
        asked.push(wish)
        return Promise.reject(new ReloadRefused('not here'))
      },
      custody: {
        rotate: async (to, onProgress) => {
          asked.push(to)
          onProgress({ resealed: 1, total: 2 })
          if (fail) throw fail
          return rotation
        },
      },
    },
    ({ event }) => logged.push(event),
  )
  t.after(() => {
    stop('all')
    rmSync(directory, { recursive: true })
  })
  return { directory, asked, logged, stop }
}

/** Writes to the socket as it is; gives all that is answered. */
function raw(directory: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(controlPath(directory), () => socket.write(text))
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    socket.once('end', () => resolve(answer))
    socket.once('error', reject)
  })
}

test(
  'control: the folder is closed to others, whatever it was',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { directory } = await rig(t)
    assert.equal(statSync(join(directory, 'control')).mode & 0o777, 0o700)
    assert.equal(statSync(controlPath(directory)).mode & 0o777, 0o600)
  },
)

test('control: sources cross whole, and the answer comes back with its progress', async (t) => {
  const { directory, asked } = await rig(t)
  const sources: readonly (RootKeySource | undefined)[] = [
    undefined,
    { kind: 'file' },
    { kind: 'passphrase', passphrase: 'a "long" passphrase\n' },
    { kind: 'environment', value: 'AAAA' },
    { kind: 'pkcs11', module: 'm', token: 't', pin: 'p', key: 'k' },
  ]
  for (const to of sources) {
    const told: unknown[] = []
    const answer = await askServer(directory, { command: 'rotate-root', ...(to && { to }) }, (one) =>
      told.push(one),
    )
    assert.deepEqual(answer, rotation)
    assert.deepEqual(told, [{ resealed: 1, total: 2 }])
  }
  assert.deepEqual(asked, sources)
  assert.equal(asked.length, 5)
})

const malformed: readonly [name: string, line: string][] = [
  ['no JSON', 'rotate'],
  ['no object', '"rotate-root"'],
  ['nothing', 'null'],
  ['another command', '{"command":"stop"}'],
  ['a property of every object', '{"command":"rotate-root","to":{"kind":"constructor"}}'],
  ['a source without its members', '{"command":"rotate-root","to":{"kind":"pkcs11","module":"m"}}'],
  ['a source with more members', '{"command":"rotate-root","to":{"kind":"file","path":"/etc/passwd"}}'],
  ['a member that is no text', '{"command":"rotate-root","to":{"kind":"passphrase","passphrase":{}}}'],
  ['a source that is null', '{"command":"rotate-root","to":null}'],
  ['a time that is none', '{"command":"reload","waitMs":"60"}'],
  ['a time before now', '{"command":"reload","waitMs":-1}'],
  ['a time without an end', '{"command":"reload","waitMs":1e9}'],
]

test('control: malformed requests are refused, and begin nothing', async (t) => {
  const { directory, asked } = await rig(t)
  let ran = 0
  for (const [name, line] of malformed) {
    assert.match(await raw(directory, `${line}\n`), /^\{"kind":"refused","message":"[^"]+"\}\n$/, name)
    ran += 1
  }
  assert.match(await raw(directory, 'x'.repeat(70_000)), /"kind":"refused"/)
  assert.equal(ran, 12)
  assert.deepEqual(asked, [])
})

test('control: a refusal says why; a bug goes to the log and says nothing', async (t) => {
  const refused = await rig(t, new RootKeyError('give another one'))
  const ask = (directory: string) => askServer(directory, { command: 'rotate-root' }, () => undefined)
  await assert.rejects(ask(refused.directory), /^RootKeyError: give another one$/)
  assert.deepEqual(refused.logged, [])
  const broken = await rig(t, new Error('a detail'))
  await assert.rejects(ask(broken.directory), /the server failed; its log says why/)
  assert.deepEqual(broken.logged, ['bug'])
})

test('control: without a server there is no answer, and a path that is too long is told', async (t) => {
  const { directory, stop } = await rig(t)
  stop('all')
  assert.equal(await askServer(directory, { command: 'rotate-root' }, () => undefined), undefined)
  const long = join(directory, 'x'.repeat(120))
  mkdirSync(long)
  const logged: string[] = []
  const rotate = () => Promise.resolve(rotation)
  const none = {
    custody: { rotate },
    edge: noEdge,
    status,
    reload: () => Promise.reject(new Error('nobody asks')),
  }
  await listenForCommands(long, none, ({ event }) => logged.push(event))
  assert.deepEqual(logged, ['no-control-socket'])
  assert.equal(await askServer(long, { command: 'rotate-root' }, () => undefined), undefined)
})
