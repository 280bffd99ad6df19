// Goal: Terraform with the official AWS provider manages keys here as it does on AWS, and what it applied is what is enforced.
// Method: examples/terraform/kms, unchanged, is applied, planned (which must find nothing to do), changed and destroyed; between these,
// calls of the application's user and of its worker show that key policy and grant hold.
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { devAdministrator, directoryFor, serverFor } from '../server.ts'
import { findTerraform, openWorkspace } from '../set-up/terraform.ts'
import { allowed, denied, refused } from './expect.ts'
import { sdk } from './sdk.ts'
import { expecting, nothingToDo, somethingToDo } from './terraform-steps.ts'

const terraform = findTerraform()
const example = join(import.meta.dirname, '../../examples/terraform/kms')
const resources = 10

test(
  'terraform: keys are applied, planned empty, changed, enforced and destroyed',
  { skip: !terraform.ready && terraform.why, timeout: 5 * 60_000 },
  async (t) => {
    assert.ok(terraform.ready)
    const server = await serverFor(t, { dev: true })
    const client = sdk(t, server.url)
    const workspace = openWorkspace(directoryFor(t), example, {
      mirror: terraform.mirror,
      url: server.url,
      credentials: devAdministrator,
    })
    const { succeed, plan } = expecting(t, workspace)
    await succeed('init')
    assert.match(await succeed('apply'), new RegExp(`${resources} added, 0 changed, 0 destroyed`))
    assert.equal(await plan(), nothingToDo)

    const output = async (name: string): Promise<string> => (await succeed('output', '-raw', name)).trim()
    assert.equal(await output('password'), 'correct horse battery staple')
    createPublicKey(await output('releases_public_key')) // Throws unless it is one.
    const application = {
      accessKeyId: await output('application_access_key_id'),
      secretAccessKey: await output('application_secret_access_key'),
    }
    const KeyId = await output('secrets_key_arn')
    const CiphertextBlob = new Uint8Array(Buffer.from(await output('password_ciphertext'), 'base64'))
    const EncryptionContext = { purpose: 'configuration' }
    const decrypt = () =>
      client.call('kms', 'Decrypt', { CiphertextBlob, KeyId, EncryptionContext }, application)
    const opened = allowed(await decrypt())
    assert.equal(Buffer.from(opened.Plaintext ?? '').toString(), 'correct horse battery staple')
    denied(
      await client.call('kms', 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, application),
      'arn:aws:iam::000000000000:user/application',
      'kms:GenerateDataKey',
      KeyId,
      'identity-based policy',
    )

    const input = { RoleArn: await output('worker_role_arn'), RoleSessionName: 'one' }
    const { Credentials: session } = allowed(await client.call('sts', 'AssumeRole', input, application))
    const worker = {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
      sessionToken: session?.SessionToken ?? '',
    }
    allowed(await client.call('kms', 'Decrypt', { CiphertextBlob, KeyId, EncryptionContext }, worker))

    const change = ['-var=team=green', '-var=rotation_days=180']
    assert.equal(await plan(...change), somethingToDo)
    assert.match(await succeed('apply', ...change), /0 added, 3 changed, 0 destroyed/)
    assert.equal(await plan(...change), nothingToDo)
    const status = await client.call('kms', 'GetKeyRotationStatus', { KeyId }, devAdministrator)
    assert.equal(allowed(status).RotationPeriodInDays, 180)

    assert.match(await succeed('destroy', ...change), new RegExp(`${resources} destroyed`))
    refused(
      await decrypt(),
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
    const { Keys = [] } = allowed(await client.call('kms', 'ListKeys', {}, devAdministrator))
    assert.equal(Keys.length, 3)
    for (const key of Keys) {
      const { KeyMetadata } = allowed(
        await client.call('kms', 'DescribeKey', { KeyId: key.KeyId ?? '' }, devAdministrator),
      )
      assert.equal(KeyMetadata?.KeyState, 'PendingDeletion')
    }
    const { Aliases } = allowed(await client.call('kms', 'ListAliases', {}, devAdministrator))
    assert.deepEqual(Aliases, [])
  },
)
