// Goal: a root key that only a PKCS#11 token can unwrap; without the token, its PIN or its key nothing opens and nothing is changed.
// Method: SoftHSM, the software token that HSM users test with, and real servers and commands; each refusal is read by its words.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  administratorOf,
  type Credentials,
  directoryFor,
  serverFor,
  startServer,
  type TestServer,
} from '../server.ts'
import { findTokenSoftware } from '../set-up/token.ts'
import { send, signedQuery } from '../signed-call.ts'
import { rotateRoot } from './command.ts'
import { makeToken } from './token.ts'
import { keyIdsStored, noteOf } from './vault.ts'

const software = findTokenSoftware()
const skip = software.ready ? false : software.why

function token(folder: string) {
  assert.ok(software.ready) // Else the test was skipped.
  return makeToken(folder, software)
}

async function identify(server: TestServer, credentials: Credentials): Promise<void> {
  const { status } = await send(
    server,
    signedQuery(server, 'sts', { Action: 'GetCallerIdentity' }, credentials),
  )
  assert.equal(status, 200)
}

test('pkcs11: a new directory from a token: started twice, rotated, started again', { skip }, async (t) => {
  const directory = directoryFor(t)
  const { environment } = token(directoryFor(t))
  const first = await serverFor(t, { directory, environment })
  const administrator = administratorOf(first)
  const before = readFileSync(join(directory, 'root-key.json'), 'utf8')
  assert.equal(existsSync(join(directory, 'root.key')), false)
  await first.stop()
  const second = await serverFor(t, { directory, environment, workers: 2 })
  assert.equal(readFileSync(join(directory, 'root-key.json'), 'utf8'), before)
  await identify(second, administrator)

  const command = rotateRoot(directory) // The server has the token; the command needs nothing.
  assert.equal(await command.ended, 0, command.printed())
  await identify(second, administrator)
  await second.stop()
  const alone = rotateRoot(directory, { environment })
  assert.equal(await alone.ended, 0, alone.printed())
  assert.deepEqual(keyIdsStored(directory), [noteOf(directory).keyId])
  assert.equal(noteOf(directory).retired?.length, 2)
  await identify(await serverFor(t, { directory, environment }), administrator)
})

for (const served of [true, false]) {
  test(
    `pkcs11: from the file to the token, ${served ? 'served' : 'alone'}, and back`,
    { skip },
    async (t) => {
      const directory = directoryFor(t)
      const { environment } = token(directoryFor(t))
      // The server's own environment lacks the token but for its package and configuration, which no command can give it.
      const { SOFTHSM2_CONF = '', NODE_PATH = '' } = environment
      const first = await serverFor(t, { directory, environment: { SOFTHSM2_CONF, NODE_PATH } })
      const administrator = administratorOf(first)
      if (!served) await first.stop()

      const there = rotateRoot(directory, { environment, flags: ['--to', 'pkcs11'] })
      assert.equal(await there.ended, 0, there.printed())
      assert.match(there.printed(), /The next start needs the token in REDOUBT_PKCS11_MODULE/)
      assert.equal(existsSync(join(directory, 'root.key')), false, 'the old key is in the note, sealed')
      if (served) await identify(first, administrator)
      if (served) await first.stop()
      await assert.rejects(
        startServer({ directory }),
        /root\.key is missing.*or give the right|or give token and key/s,
      )
      const second = await serverFor(t, { directory, environment })
      await identify(second, administrator)
      if (!served) await second.stop()

      const back = rotateRoot(directory, { environment, flags: ['--to', 'file'] })
      assert.equal(await back.ended, 0, back.printed())
      if (served) await second.stop()
      await identify(await serverFor(t, { directory }), administrator)
    },
  )
}

type Refusal = readonly [
  name: string,
  change: (
    environment: Readonly<Record<string, string>>,
    directory: string,
  ) => Readonly<Record<string, string>>,
  want: RegExp,
]

const refusals: readonly Refusal[] = [
  [
    'a wrong PIN',
    (one) => ({ ...one, REDOUBT_PKCS11_PIN: 'not the PIN' }),
    /'redoubt' refused.*CKR_PIN_INCORRECT/,
  ],
  [
    'an unknown token',
    (one) => ({ ...one, REDOUBT_PKCS11_TOKEN: 'other' }),
    /no token has the label 'other' \(REDOUBT_PKCS11_TOKEN\); there are: 'redoubt'/,
  ],
  [
    'an unknown key',
    (one) => ({ ...one, REDOUBT_PKCS11_KEY: 'other' }),
    /has no secret key with the label 'other'.*pkcs11-tool --module/,
  ],
  [
    'two keys of one label',
    (one) => ({ ...one, REDOUBT_PKCS11_KEY: 'twice' }),
    /has more than one secret key/,
  ],
  [
    'another key',
    (one) => ({ ...one, REDOUBT_PKCS11_KEY: 'second' }),
    /'redoubt' refused to use the key 'second'/,
  ],
  [
    'a library that is none',
    (one, directory) => ({ ...one, REDOUBT_PKCS11_MODULE: join(directory, 'redoubt.db') }),
    /redoubt\.db \(REDOUBT_PKCS11_MODULE\) does not load/,
  ],
  [
    'a token that is named in part',
    ({ REDOUBT_PKCS11_KEY: _without, ...rest }) => rest,
    /needs REDOUBT_PKCS11_KEY in the environment/,
  ],
  [
    'a wrapped key that was changed',
    (one, directory) => {
      const path = join(directory, 'root-key.json')
      writeFileSync(path, readFileSync(path, 'utf8').replace(/("wrapped": ".{40})..../, '$1AAAA'))
      return one
    },
    /'redoubt' refused to use the key 'root'/,
  ],
]

test('pkcs11: what is wrong is told, and nothing is changed', { skip }, async (t) => {
  const directory = directoryFor(t)
  const { environment, makeKey } = token(directoryFor(t))
  for (const label of ['second', 'twice', 'twice']) makeKey(label)
  const first = await serverFor(t, { directory, environment })
  await first.stop()
  const note = readFileSync(join(directory, 'root-key.json'))
  let ran = 0
  for (const [name, change, want] of refusals) {
    const changed = change(environment, directory)
    const before = readFileSync(join(directory, 'root-key.json'))
    await assert.rejects(startServer({ directory, environment: changed }), want, name)
    assert.deepEqual(readFileSync(join(directory, 'root-key.json')), before, name)
    writeFileSync(join(directory, 'root-key.json'), note)
    ran += 1
  }
  assert.equal(ran, 8)
  await serverFor(t, { directory, environment })
})

test('pkcs11: without its package the operator is told what to install', async (t) => {
  const directory = directoryFor(t)
  const named = { MODULE: '/nowhere', TOKEN: 'a', PIN: 'b', KEY: 'c' }
  const environment = Object.fromEntries(
    Object.entries(named).map(([name, value]) => [`REDOUBT_PKCS11_${name}`, value]),
  )
  await assert.rejects(
    startServer({ directory, environment }),
    /pkcs11js, which is not installed: run npm install pkcs11js@2/,
  )
  assert.equal(existsSync(join(directory, 'root-key.json')), false)
  rmSync(join(directory, 'redoubt.lock'))
})
