// Goal: sops keeps a team's secrets in a file under a key of this KMS, and opens them for as long as the key lets it.
// Method: the program itself, with nothing but AWS_ENDPOINT_URL to lead it here.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { administratorOf, directoryFor, serverFor } from '../server.ts'
import { findSops } from '../set-up/sops.ts'
import { environment, run } from './aws-cli.ts'
import { allowed } from './expect.ts'
import { sdk } from './sdk.ts'

const sops = findSops()
const secrets = 'database:\n    user: shop\n    password: correct horse battery staple\n'

test('sops encrypts and decrypts a YAML file', { skip: !sops.ready && sops.why }, async (t) => {
  assert.ok(sops.ready)
  const server = await serverFor(t)
  const [client, as] = [sdk(t, server.url), administratorOf(server)]
  const { KeyMetadata } = allowed(await client.call('kms', 'CreateKey', {}, as))
  const KeyId = KeyMetadata?.Arn ?? ''
  const directory = directoryFor(t)
  const env = { ...environment(server.url, as, 'us-east-1'), HOME: directory }
  const file = join(directory, 'secrets.yaml')
  writeFileSync(file, secrets)
  const open = () => run(sops.program, ['decrypt', file], env)

  const context = ['--kms', KeyId, '--encryption-context', 'team:blue']
  const sealed = await run(sops.program, ['encrypt', ...context, '--in-place', file], env)
  assert.equal(sealed.code, 0, sealed.stderr)
  const kept = readFileSync(file, 'utf8')
  assert.ok(kept.includes(KeyId) && kept.includes('password: ENC[AES256_GCM,'))
  assert.ok(!kept.includes('correct horse'))

  const opened = await open()
  assert.deepEqual([opened.code, opened.stdout], [0, secrets], opened.stderr)

  allowed(await client.call('kms', 'DisableKey', { KeyId }, as))
  const refused = await open()
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /DisabledException/)
  assert.equal(refused.stdout, '')
  allowed(await client.call('kms', 'EnableKey', { KeyId }, as))

  // The encryption context stands in the file, and is part of what KMS authenticates.
  writeFileSync(file, kept.replace('team: blue', 'team: red'))
  const wrong = await open()
  assert.notEqual(wrong.code, 0)
  assert.match(wrong.stderr, /InvalidCiphertextException/)
  writeFileSync(file, kept)
  assert.equal((await open()).stdout, secrets)
})
