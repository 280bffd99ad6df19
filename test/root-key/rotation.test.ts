// Goal: the root key can be exchanged under a serving server with several workers, and kill -9 at any moment, of the server, of the
// command or of both, loses no secret and no session token.
// Method: a server of two workers and the real command over one data directory with thousands of sealed documents; after each kill
// the directory is opened, every secret in it too, and a new server is called with all credentials there ever were.
import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  administratorOf,
  type Credentials,
  directoryFor,
  serverFor,
  startServer,
  type TestServer,
} from '../server.ts'
import { send, signedQuery } from '../signed-call.ts'
import { rotateRoot, type RotateCommand } from './command.ts'
import { fill, inspect, keyIdsStored, noteOf } from './vault.ts'

const filled = 3000

async function call(
  server: Pick<TestServer, 'url' | 'port'>,
  service: 'iam' | 'sts',
  parameters: Readonly<Record<string, string>>,
  credentials: Credentials,
): Promise<string> {
  const { status, body } = await send(server, signedQuery(server, service, parameters, credentials))
  assert.equal(status, 200, body)
  return body
}

async function session(server: TestServer, credentials: Credentials): Promise<Credentials> {
  const body = await call(server, 'sts', { Action: 'GetSessionToken' }, credentials)
  const member = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(body)?.[1] ?? ''
  return {
    accessKeyId: member('AccessKeyId'),
    secretAccessKey: member('SecretAccessKey'),
    sessionToken: member('SessionToken'),
  }
}

async function identify(server: TestServer, all: readonly Credentials[]): Promise<void> {
  assert.ok(all.length > 0)
  for (const credentials of all) await call(server, 'sts', { Action: 'GetCallerIdentity' }, credentials)
}

test('rotation: a server of two workers serves on, and nothing is left under the old key', async (t) => {
  const directory = directoryFor(t)
  const first = await serverFor(t, { directory })
  const administrator = administratorOf(first)
  await first.stop()
  await fill(directory, filled)
  const old = noteOf(directory).keyId
  const server = await serverFor(t, { directory, workers: 2 })
  const before = await session(server, administrator)

  const command = rotateRoot(directory)
  const sessions: Credentials[] = [before]
  let calls = 0
  const client = async (name: string): Promise<void> => {
    for (let n = 0; !command.isOver(); n += 1) {
      await call(server, 'iam', { Action: 'CreateUser', UserName: `${name}-${n}` }, administrator)
      await call(server, 'iam', { Action: 'CreateAccessKey', UserName: `${name}-${n}` }, administrator)
      const made = await session(server, administrator)
      await identify(server, [made, made]) // Two calls, which two workers may answer.
      sessions.push(made)
      calls += 5
    }
  }
  await Promise.all(['one', 'two', 'three'].map(client))
  assert.equal(await command.ended, 0, command.printed())
  assert.ok(calls > 30, `only ${calls} calls were made meanwhile`)
  assert.match(command.printed(), /sealed anew: 64 of 30\d\d documents\n/)
  assert.match(
    command.printed(),
    /Everything is sealed under the new root key [0-9a-f]{16}\.\n1 earlier root keys/,
  )
  assert.match(command.printed(), /Back up now: redoubt\.db and root-key\.json in/)

  const { keyId, unfinished = false } = noteOf(directory)
  assert.notEqual(keyId, old)
  assert.equal(unfinished, false)
  assert.deepEqual(keyIdsStored(directory), [keyId])
  await identify(server, sessions)
  await server.stop()
  const again = await serverFor(t, { directory, workers: 2 })
  await identify(again, [administrator, ...sessions])
  assert.equal((await again.stop(), await inspect(directory)).filled, filled)
})

test('rotation: only who may enter the data directory reaches the server', async (t) => {
  const directory = directoryFor(t)
  await serverFor(t, { directory })
  const mode = (path: string): number => statSync(join(directory, path)).mode & 0o777
  assert.deepEqual([mode('control'), mode('control/socket'), mode('root.key')], [0o700, 0o600, 0o600])
})

test('rotation: commands are refused with what to do', async (t) => {
  const [empty, directory] = [directoryFor(t), directoryFor(t)]
  const none = rotateRoot(empty)
  assert.equal(await none.ended, 1)
  assert.match(none.printed(), /^redoubt: .* is no data directory: name it with --data\n$/)

  const value = Buffer.alloc(32, 1).toString('base64')
  const environment = { REDOUBT_ROOT_KEY: value }
  const server = await serverFor(t, { directory, environment })
  const same = rotateRoot(directory)
  assert.equal(await same.ended, 1)
  assert.match(same.printed(), /is or was in use here: give another one in REDOUBT_NEW_ROOT_KEY/)
  const next = Buffer.alloc(32, 2).toString('base64')
  const both = rotateRoot(directory, { environment: { REDOUBT_NEW_ROOT_KEY: next }, flags: ['--to', 'file'] })
  assert.equal(await both.ended, 1)
  assert.match(both.printed(), /give one of --to, REDOUBT_NEW_ROOT_KEY and REDOUBT_NEW_PASSPHRASE/)

  const moved = rotateRoot(directory, { environment: { REDOUBT_NEW_ROOT_KEY: next } })
  assert.equal(await moved.ended, 0, moved.printed())
  assert.match(moved.printed(), /The next start needs it in REDOUBT_ROOT_KEY\./)
  assert.ok(!moved.printed().includes(next) && !server.logged().includes(next))
  await server.stop()
  await assert.rejects(startServer({ directory, environment }), /give the right REDOUBT_ROOT_KEY/)
  await serverFor(t, { directory, environment: { REDOUBT_ROOT_KEY: next } })
})

/** Some dozens find no more than these, beside the test that cuts a rotation off between any two writes. `KILLS=100` for a longer look. */
const kills = Number(process.env['KILLS'] ?? 12)
const ways = ['the server', 'the command', 'both', 'the command alone'] as const

test(`rotation: ${kills} times kill -9, and everything opens`, { timeout: 540_000 }, async (t) => {
  const directory = directoryFor(t)
  const first = await serverFor(t, { directory })
  const administrator = administratorOf(first)
  const credentials = [administrator, await session(first, administrator)]
  await first.stop()
  await fill(directory, filled)

  const killed = { amid: 0, total: 0 }
  let server = await startServer({ directory, workers: 2 })
  for (let kill = 0; kill < kills; kill += 1) {
    const way = ways[kill % ways.length]
    if (way === 'the command alone') await server.stop()
    const before = noteOf(directory)
    const command = rotateRoot(directory)
    await begun(command, directory, before.keyId, kill % 8 < 4)
    await pause(Math.random() * 60)
    if (way !== 'the server') command.child.kill('SIGKILL')
    if (way !== 'the command') await server.kill()
    await command.ended
    await server.kill()

    // What a start finds, and then a start.
    const found = await inspect(directory)
    assert.equal(found.filled, filled)
    if (found.unfinished) killed.amid += 1
    if (noteOf(directory).keyId !== before.keyId) killed.total += 1
    server = await startServer({ directory, workers: 2 })
    await identify(server, credentials)
    credentials.push(await session(server, administrator))
    assert.ok(!server.logged().includes('"event":"bug"'), server.logged())
  }

  const last = rotateRoot(directory)
  assert.equal(await last.ended, 0, last.printed())
  const { keyId, unfinished = false } = noteOf(directory)
  assert.equal(unfinished, false)
  assert.deepEqual(keyIdsStored(directory), [keyId])
  await identify(server, credentials)
  await server.stop()
  assert.ok(!existsSync(join(directory, 'root.key.next')))
  assert.equal((await inspect(directory)).filled, filled)
  console.log(`${kills} kills: ${killed.amid} amid sealing anew, ${killed.total} after another key was noted`)
  assert.ok(killed.amid >= kills / 6 && credentials.length === kills + 2)
})

/** Waits until the command has begun: until it makes a key, or, with `early` false, until it seals anew. */
async function begun(
  command: RotateCommand,
  directory: string,
  keyId: string,
  early: boolean,
): Promise<void> {
  while (!command.isOver()) {
    if (early && (existsSync(join(directory, 'root.key.next')) || noteOf(directory).keyId !== keyId)) return
    if (command.printed().includes('sealed anew')) return
    await pause(1)
  }
}
