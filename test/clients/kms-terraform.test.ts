// Goal: Terraform with the official AWS provider manages keys here as it does on AWS, and what it applied is what is enforced.
// Method: examples/terraform/kms, unchanged, is applied, planned (which must find nothing to do), changed and destroyed; between these,
// calls of the application's user and of its worker show that key policy and grant hold.
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { devAdministrator } from '../server.ts'
import { allowed, denied, refused } from './expect.ts'
import { sdk } from './sdk.ts'
import { terraformTest } from './terraform-steps.ts'

const resources = 10

terraformTest(
  'terraform: keys are applied, planned empty, changed, enforced and destroyed',
  { example: 'kms' },
  async ({ server, apply, change, destroy, output }, t) => {
    const client = sdk(t, server.url)
    await apply(resources)

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

    await change(3, '-var=team=green', '-var=rotation_days=180')
    const status = await client.call('kms', 'GetKeyRotationStatus', { KeyId }, devAdministrator)
    assert.equal(allowed(status).RotationPeriodInDays, 180)

    await destroy(resources)
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
