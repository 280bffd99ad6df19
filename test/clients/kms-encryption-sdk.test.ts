// Goal: the AWS Encryption SDK encrypts files under keys of this KMS, in JavaScript and in Python, and each opens what the other made.
// Method: a file of several frames goes both ways between the two; what must not open is tried with each.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { buildClient, CommitmentPolicy, getClient, KMS, KmsKeyringNode } from '@aws-crypto/client-node'
import { administratorOf, type Credentials, directoryFor, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { environment, run } from './aws-cli.ts'
import { allowed } from './expect.ts'
import { sdk } from './sdk.ts'

const python = findPython(pythonClients)
const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

/** One of the two: files in, files out, or an error that says why not. */
interface EncryptionSdk {
  encrypt(from: string, to: string, context: Readonly<Record<string, string>>): Promise<void>
  /** Refuses a message that has another encryption context. */
  decrypt(from: string, to: string, context: Readonly<Record<string, string>>): Promise<void>
}

interface Place {
  readonly url: string
  readonly as: Credentials
  readonly keyArn: string
}

function ofJavaScript({ url, as, keyArn }: Place): EncryptionSdk {
  // `never`: the library's types of a client were written without exactOptionalPropertyTypes.
  const clientProvider = getClient(KMS as never, { endpoint: url, credentials: { ...as }, maxAttempts: 1 })
  const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId: keyArn })
  return {
    async encrypt(from, to, context) {
      const { result } = await encrypt(keyring, readFileSync(from), { encryptionContext: { ...context } })
      writeFileSync(to, result)
    },
    async decrypt(from, to, context) {
      const { plaintext, messageHeader } = await decrypt(keyring, readFileSync(from))
      for (const [name, value] of Object.entries(context))
        if (messageHeader.encryptionContext[name] !== value) throw new Error('another encryption context')
      writeFileSync(to, plaintext)
    },
  }
}

function ofPython({ url, as, keyArn }: Place): EncryptionSdk {
  assert.ok(python.ready, 'the test is skipped where Python is missing')
  const script = join(import.meta.dirname, 'encryption-sdk.py')
  const go =
    (way: 'encrypt' | 'decrypt') =>
    async (from: string, to: string, context: Readonly<Record<string, string>>): Promise<void> => {
      const pairs = Object.entries(context).map(([name, value]) => `${name}=${value}`)
      const env = environment(url, as, 'us-east-1')
      const { code, stderr } = await run(python.python, [script, way, keyArn, from, to, ...pairs], env)
      if (code !== 0) throw new Error(stderr)
    }
  return { encrypt: go('encrypt'), decrypt: go('decrypt') }
}

const context = { tenant: 'blue', purpose: 'straße' }

async function scene(t: TestContext) {
  const server = await serverFor(t)
  const [client, as] = [sdk(t, server.url), administratorOf(server)]
  const { KeyMetadata } = allowed(await client.call('kms', 'CreateKey', {}, as))
  const place = { url: server.url, as, keyArn: KeyMetadata?.Arn ?? '' }
  const directory = directoryFor(t)
  const file = (name: string): string => join(directory, name)
  const content = randomBytes(20_000) // Frames are 4 KiB.
  writeFileSync(file('plain'), content)
  return { client, as, place, file, content }
}

const makers = { JavaScript: ofJavaScript, Python: ofPython } as const
const rows: readonly [from: keyof typeof makers, to: keyof typeof makers][] = [
  ['JavaScript', 'JavaScript'],
  ['JavaScript', 'Python'],
  ['Python', 'JavaScript'],
  ['Python', 'Python'],
]

for (const [from, to] of rows) {
  const skip = from === to && from === 'JavaScript' ? false : !python.ready && python.why
  test(
    `encryption SDK: what ${from} encrypted, ${to} decrypts, as long as the key is enabled`,
    { skip },
    async (t) => {
      const { client, as, place, file, content } = await scene(t)
      const KeyId = place.keyArn
      await makers[from](place).encrypt(file('plain'), file('sealed'), context)
      assert.ok(!readFileSync(file('sealed')).includes(content.subarray(0, 64)))
      const opener = makers[to](place)
      await opener.decrypt(file('sealed'), file('opened'), context)
      assert.deepEqual(readFileSync(file('opened')), content)

      await assert.rejects(
        opener.decrypt(file('sealed'), file('never'), { ...context, tenant: 'red' }),
        /another encryption context/,
      )
      // The context stands in the message's head: changed there, KMS no longer opens the data key.
      const changed = readFileSync(file('sealed'))
      const at = changed.indexOf('blue')
      assert.ok(at > 0)
      changed.write('pink', at)
      writeFileSync(file('changed'), changed)
      await assert.rejects(
        opener.decrypt(file('changed'), file('never'), {}),
        /InvalidCiphertext|unable to decrypt/i,
      )

      allowed(await client.call('kms', 'DisableKey', { KeyId }, as))
      await assert.rejects(
        opener.decrypt(file('sealed'), file('never'), context),
        /is disabled|unable to decrypt/i,
      )
      await assert.rejects(
        opener.encrypt(file('plain'), file('never'), context),
        /is disabled|DisabledException/,
      )
      allowed(await client.call('kms', 'EnableKey', { KeyId }, as))
      await opener.decrypt(file('sealed'), file('again'), context)
      assert.deepEqual(readFileSync(file('again')), content)
    },
  )
}
