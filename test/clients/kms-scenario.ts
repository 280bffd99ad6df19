import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, createPublicKey, randomBytes, verify } from 'node:crypto'
import type { Credentials, TestServer } from '../server.ts'
import { asAdministrator } from './administrator.ts'
import type { Client } from './client.ts'
import { allowed, denied, policy, refused } from './expect.ts'

/** Who plays, and what the steps so far have made. */
export interface KmsStage {
  readonly client: Client
  readonly account: string
  readonly administrator: Credentials
  readonly bobArn: string
  bob: Credentials
  keyId: string
  keyArn: string
  ciphertext: Uint8Array
  /** Keys that sign and authenticate, by their spec. */
  readonly furtherArns: Map<string, string>
  /** Everything that must never be in the trail. */
  readonly secrets: Uint8Array[]
}

type Step = readonly [name: string, play: (stage: KmsStage) => Promise<void>]

/** What the scenario encrypts, and for whom. */
const plaintext = new Uint8Array(Buffer.from('attack at dawn, from the north'))
export const encryptionContext = { tenant: 'blue', purpose: 'straße +/=7' } as const
const alias = 'alias/clients/blue'

const disabled = (arn: string): string => `${arn} is disabled.`
const pendingDeletion = (arn: string): string => `${arn} is pending deletion.`

/** Sets the stage: asks who the administrator is. */
export async function setKmsStage(client: Client, server: TestServer): Promise<KmsStage> {
  const stage = await asAdministrator(client, server)
  const { account, administrator } = stage
  return {
    ...stage,
    bobArn: `arn:aws:iam::${account}:user/bob`,
    bob: administrator,
    keyId: '',
    keyArn: '',
    ciphertext: new Uint8Array(),
    furtherArns: new Map(),
    secrets: [plaintext],
  }
}

/** Encrypting, and who may: each step stands on those before it. */
const encryption: readonly Step[] = [
  [
    'an administrator makes a key with tags, and an alias for it',
    async (stage) => {
      const { client, administrator, account } = stage
      const Tags = [{ TagKey: 'team', TagValue: 'blue' }]
      const made = await client.call(
        'kms',
        'CreateKey',
        { Description: 'of the scenario', Tags },
        administrator,
      )
      const { KeyMetadata } = allowed(made)
      assert.ok(KeyMetadata?.Arn !== undefined)
      assert.equal(KeyMetadata.Arn, `arn:aws:kms:us-east-1:${account}:key/${KeyMetadata.KeyId}`)
      assert.equal(KeyMetadata.KeyState, 'Enabled')
      stage.keyId = KeyMetadata.KeyId
      stage.keyArn = KeyMetadata.Arn

      const input = { AliasName: alias, TargetKeyId: stage.keyId }
      allowed(await client.call('kms', 'CreateAlias', input, administrator))
      const described = allowed(await client.call('kms', 'DescribeKey', { KeyId: alias }, administrator))
      assert.equal(described.KeyMetadata?.Arn, stage.keyArn)
      const listed = await client.call('kms', 'ListResourceTags', { KeyId: stage.keyId }, administrator)
      assert.deepEqual(allowed(listed).Tags, Tags)
    },
  ],
  [
    'what is encrypted comes back',
    async (stage) => {
      const { client, administrator, keyArn } = stage
      const input = { KeyId: alias, Plaintext: plaintext, EncryptionContext: encryptionContext }
      const { CiphertextBlob, KeyId } = allowed(await client.call('kms', 'Encrypt', input, administrator))
      assert.equal(KeyId, keyArn)
      assert.ok(CiphertextBlob && CiphertextBlob.length > plaintext.length)
      stage.ciphertext = CiphertextBlob
      assert.deepEqual(await decrypted(stage, administrator), plaintext)
    },
  ],
  [
    'another encryption context, or none, opens nothing',
    async (stage) => {
      const { client, administrator, ciphertext } = stage
      for (const EncryptionContext of [{ ...encryptionContext, tenant: 'red' }, {}]) {
        const input = { CiphertextBlob: ciphertext, EncryptionContext }
        const answer = await client.call('kms', 'Decrypt', input, administrator)
        assert.ok(!answer.ok)
        assert.equal(answer.code, 'InvalidCiphertextException') // The message is empty; clients make their own of it.
      }
    },
  ],
  [
    'a second user is denied',
    async (stage) => {
      const { client, administrator, bobArn, keyArn } = stage
      allowed(await client.call('iam', 'CreateUser', { UserName: 'bob' }, administrator))
      const { AccessKey } = allowed(
        await client.call('iam', 'CreateAccessKey', { UserName: 'bob' }, administrator),
      )
      stage.bob = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
      denied(await decryptAs(stage, stage.bob), bobArn, 'kms:Decrypt', keyArn, 'identity-based policy')
    },
  ],
  [
    'the key policy lets the user in from the next call on, for one tenant',
    async (stage) => {
      const { client, administrator, account, bob, bobArn, keyId, keyArn } = stage
      const Policy = policy(
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Principal: { AWS: bobArn },
          Action: ['kms:Encrypt', 'kms:Decrypt'],
          Resource: '*',
          Condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'blue' } },
        },
      )
      allowed(await client.call('kms', 'PutKeyPolicy', { KeyId: keyId, Policy }, administrator))
      assert.deepEqual(await decrypted(stage, bob), plaintext)

      const red = { KeyId: keyArn, Plaintext: plaintext, EncryptionContext: { tenant: 'red' } }
      const answer = await client.call('kms', 'Encrypt', red, bob)
      denied(answer, bobArn, 'kms:Encrypt', keyArn, 'identity-based policy')
    },
  ],
  [
    'a disabled key refuses everybody from the next call on',
    async (stage) => {
      const { client, administrator, bob, keyId, keyArn } = stage
      allowed(await client.call('kms', 'DisableKey', { KeyId: keyId }, administrator))
      for (const who of [bob, administrator])
        refused(await decryptAs(stage, who), 'DisabledException', disabled(keyArn))
    },
  ],
  [
    'and works again once it is enabled',
    async (stage) => {
      const { client, administrator, bob, keyId } = stage
      allowed(await client.call('kms', 'EnableKey', { KeyId: keyId }, administrator))
      assert.deepEqual(await decrypted(stage, bob), plaintext)
    },
  ],
  [
    'a data key is for use outside; its encrypted form is kept beside the data',
    async ({ client, administrator, keyId, secrets }) => {
      const EncryptionContext = encryptionContext
      const { Plaintext = new Uint8Array(), CiphertextBlob = new Uint8Array() } = allowed(
        await client.call(
          'kms',
          'GenerateDataKey',
          { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext },
          administrator,
        ),
      )
      assert.equal(Plaintext.length, 32)
      secrets.push(Plaintext)
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', Plaintext, iv)
      const sealed = Buffer.concat([cipher.update('a long file'), cipher.final()])

      const opened = await client.call('kms', 'Decrypt', { CiphertextBlob, EncryptionContext }, administrator)
      const decipher = createDecipheriv('aes-256-gcm', allowed(opened).Plaintext ?? '', iv)
      decipher.setAuthTag(cipher.getAuthTag())
      assert.equal(decipher.update(sealed, undefined, 'utf8') + decipher.final('utf8'), 'a long file')
    },
  ],
]

/** Keys that sign and authenticate. */
const signatures: readonly Step[] = [
  ...(
    [
      ['ECC_NIST_P256', 'ECDSA_SHA_256', {}],
      ['RSA_2048', 'RSASSA_PSS_SHA_256', { padding: 6, saltLength: 32 }],
    ] as const
  ).map(([KeySpec, SigningAlgorithm, options]): Step => [
    `a signature of ${KeySpec} verifies outside with its public key`,
    async ({ client, administrator, furtherArns }) => {
      const KeyId = await newKey(client, administrator, { KeySpec, KeyUsage: 'SIGN_VERIFY' })
      furtherArns.set(KeySpec, KeyId)
      const Message = new Uint8Array(Buffer.from('an invoice of 7 €'))
      const signed = await client.call('kms', 'Sign', { KeyId, Message, SigningAlgorithm }, administrator)
      const { Signature = new Uint8Array() } = allowed(signed)

      const shown = allowed(await client.call('kms', 'GetPublicKey', { KeyId }, administrator))
      const key = createPublicKey({
        key: Buffer.from(shown.PublicKey ?? ''),
        format: 'der',
        type: 'spki',
      })
      assert.ok(verify('sha256', Message, { key, ...options }, Signature))
      const forged = new Uint8Array(Buffer.from('an invoice of 8 €'))
      assert.ok(!verify('sha256', forged, { key, ...options }, Signature))

      const input = { KeyId, SigningAlgorithm, Signature }
      const right = await client.call('kms', 'Verify', { ...input, Message }, administrator)
      assert.equal(allowed(right).SignatureValid, true)
      const wrong = await client.call('kms', 'Verify', { ...input, Message: forged }, administrator)
      assert.equal(wrong.ok ? 'allowed' : wrong.code, 'KMSInvalidSignatureException')
    },
  ]),
  [
    'an HMAC is that of its message, and of no other',
    async ({ client, administrator, furtherArns }) => {
      const KeyId = await newKey(client, administrator, {
        KeySpec: 'HMAC_256',
        KeyUsage: 'GENERATE_VERIFY_MAC',
      })
      furtherArns.set('HMAC_256', KeyId)
      const Message = new Uint8Array(Buffer.from('a cookie'))
      const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256' } as const
      const made = await client.call('kms', 'GenerateMac', { ...input, Message }, administrator)
      const { Mac = new Uint8Array() } = allowed(made)
      assert.equal(Mac.length, 32)
      const right = await client.call('kms', 'VerifyMac', { ...input, Message, Mac }, administrator)
      assert.equal(allowed(right).MacValid, true)
      const forged = { ...input, Message: new Uint8Array(Buffer.from('a biscuit')), Mac }
      const wrong = await client.call('kms', 'VerifyMac', forged, administrator)
      assert.equal(wrong.ok ? 'allowed' : wrong.code, 'KMSInvalidMacException')
    },
  ],
]

const deletion: readonly Step[] = [
  [
    'a key whose deletion is scheduled refuses; cancelled, it waits to be enabled',
    async (stage) => {
      const { client, administrator, bob, keyId, keyArn } = stage
      const input = { KeyId: keyId, PendingWindowInDays: 7 }
      const scheduled = allowed(await client.call('kms', 'ScheduleKeyDeletion', input, administrator))
      assert.equal(scheduled.KeyState, 'PendingDeletion')
      refused(await decryptAs(stage, bob), 'KMSInvalidStateException', pendingDeletion(keyArn))

      allowed(await client.call('kms', 'CancelKeyDeletion', { KeyId: keyId }, administrator))
      refused(await decryptAs(stage, bob), 'DisabledException', disabled(keyArn))
      allowed(await client.call('kms', 'EnableKey', { KeyId: keyId }, administrator))
      assert.deepEqual(await decrypted(stage, bob), plaintext)
    },
  ],
]

const grantsAndRotation: readonly Step[] = [
  [
    'a grant lets the user in, until it is revoked',
    async ({ client, administrator, bob, bobArn, furtherArns }) => {
      const KeyId = await newKey(client, administrator, {})
      furtherArns.set('SYMMETRIC_DEFAULT', KeyId)
      const use = () => client.call('kms', 'Encrypt', { KeyId, Plaintext: plaintext }, bob)
      denied(await use(), bobArn, 'kms:Encrypt', KeyId, 'identity-based policy')
      const input = { KeyId, GranteePrincipal: bobArn, Operations: ['Encrypt'] } as const
      const { GrantId = '' } = allowed(await client.call('kms', 'CreateGrant', input, administrator))
      allowed(await use())
      allowed(await client.call('kms', 'RevokeGrant', { KeyId, GrantId }, administrator))
      denied(await use(), bobArn, 'kms:Encrypt', KeyId, 'identity-based policy')
    },
  ],
  [
    'what was encrypted before a rotation still decrypts after it',
    async ({ client, administrator, furtherArns }) => {
      const KeyId = furtherArns.get('SYMMETRIC_DEFAULT') ?? ''
      const made = await client.call('kms', 'Encrypt', { KeyId, Plaintext: plaintext }, administrator)
      const { CiphertextBlob } = allowed(made)
      allowed(await client.call('kms', 'RotateKeyOnDemand', { KeyId }, administrator))
      const { Rotations } = allowed(await client.call('kms', 'ListKeyRotations', { KeyId }, administrator))
      assert.equal(Rotations?.length, 1)
      const opened = allowed(await client.call('kms', 'Decrypt', { CiphertextBlob }, administrator))
      assert.deepEqual(Buffer.from(opened.Plaintext ?? ''), Buffer.from(plaintext))
    },
  ],
]

/** The life of a key, in order. */
export const kmsSteps: readonly Step[] = [...encryption, ...signatures, ...grantsAndRotation, ...deletion]

async function newKey(
  client: Client,
  administrator: Credentials,
  input: Parameters<typeof client.call<'kms', 'CreateKey'>>[2],
): Promise<string> {
  const { KeyMetadata } = allowed(await client.call('kms', 'CreateKey', input, administrator))
  assert.ok(KeyMetadata?.Arn !== undefined)
  return KeyMetadata.Arn
}

/** Decrypts what the scenario encrypted. The key is named: a denial then says which one. */
function decryptAs({ client, ciphertext, keyArn }: KmsStage, who: Credentials) {
  const input = { CiphertextBlob: ciphertext, EncryptionContext: encryptionContext, KeyId: keyArn }
  return client.call('kms', 'Decrypt', input, who)
}

async function decrypted(stage: KmsStage, who: Credentials): Promise<Uint8Array | undefined> {
  const { Plaintext } = allowed(await decryptAs(stage, who))
  return Plaintext && new Uint8Array(Plaintext) // Buffer or not is the client's choice.
}
