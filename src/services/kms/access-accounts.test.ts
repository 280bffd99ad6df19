// Goal: a key of another account is used when both accounts say so, for what AWS lets be done across accounts, and by a full name.
// Method: rows of both sides' policies; every operation on a key from another account; foreign ciphertexts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KMS } from '@aws-sdk/client-kms'
import {
  allow,
  aws,
  deny,
  enablesIam,
  outcome,
  policy,
  root,
  rootArn,
  user,
  userArn,
} from './access-rig.test.ts'
import { keys } from './documents.ts'
import { here, newKey, refusal, region, rig, type Statement, there } from './rig.test.ts'

const Plaintext = Buffer.from('attack at dawn')
const noIdentity = 'no identity-based policy allows'
const noResource = 'no resource-based policy allows'

test('both accounts must allow', async () => {
  const r = await rig()
  const none = await user(r, 'none', [], there)
  const allowed = await user(r, 'allowed', [allow('kms:Encrypt')], there)
  const denied = await user(r, 'denied', [allow('kms:*'), deny('kms:Encrypt')], there)
  const toAccount = [enablesIam, allow('kms:Encrypt', aws(rootArn(there)))]
  const rows: readonly [name: string, KMS, keyPolicy: readonly Statement[], want: string][] = [
    ['both', allowed, toAccount, 'ok'],
    ['the user by name, and its account', allowed, [enablesIam, toUser('allowed')], 'ok'],
    ['the key policy alone', none, toAccount, noIdentity],
    ['by name, the key policy alone', none, [enablesIam, toUser('none')], noIdentity],
    ['the identity policy alone', allowed, [enablesIam], noResource],
    ['another user by name', allowed, [enablesIam, toUser('none')], noResource],
    ['another operation', allowed, [enablesIam, allow('kms:Decrypt', aws(rootArn(there)))], noResource],
    ['the identity policy denies', denied, toAccount, 'explicit deny in an identity-based policy'],
    [
      'the key policy denies',
      allowed,
      [...toAccount, deny('kms:Encrypt', aws(userArn('allowed', there)))],
      'explicit deny in a resource-based policy',
    ],
    ['everybody, and the identity policy', allowed, [enablesIam, allow('kms:*', { Principal: '*' })], 'ok'],
    ['everybody, without one', none, [enablesIam, allow('kms:*', { Principal: '*' })], noIdentity],
    ['the other account’s root user', root(r, there), toAccount, 'ok'],
    ['not without the key policy', root(r, there), [enablesIam], noResource],
    [
      'kms:CallerAccount is the caller’s',
      allowed,
      [
        enablesIam,
        allow('kms:*', { Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': there } } }),
      ],
      'ok',
    ],
    [
      'and not the key’s',
      allowed,
      [
        enablesIam,
        allow('kms:*', { Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': here } } }),
      ],
      noResource,
    ],
  ]
  for (const [name, caller, statements, want] of rows) {
    const { arn } = await newKey(r.admin, { Policy: policy(...statements) })
    assert.equal(await outcome(caller.encrypt({ KeyId: arn, Plaintext })), want, name)
  }
  assert.equal(rows.length, 15)
})

function toUser(name: string): Statement {
  return allow('kms:Encrypt', aws(userArn(name, there)))
}

test('a key of another account is named in full', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const Policy = policy(enablesIam, allow('kms:*', aws(rootArn(there))))
  const { id, arn } = await newKey(r.admin, { Policy })
  await r.admin.createAlias({ AliasName: 'alias/shared', TargetKeyId: id })
  const aliasArn = arn.replace(`key/${id}`, 'alias/shared')
  const rows: readonly [KeyId: string, want: string][] = [
    [arn, 'ok'],
    [aliasArn, 'ok'],
    [id, 'NotFoundException'], // The caller's own account is looked in, where it is an administrator.
    ['alias/shared', 'NotFoundException'],
    [arn.replace('us-east-1', 'us-west-2'), 'NotFoundException'],
    [aliasArn.replace('shared', 'unknown'), noResource],
    [arn.replace(here, '999999999999'), noResource],
    [arn.replace('arn:aws:', 'arn:aws-cn:'), 'InvalidArnException'],
    [arn.replace(':kms:', ':s3:'), 'InvalidArnException'],
  ]
  for (const [KeyId, want] of rows) {
    assert.equal(await outcome(foreign.encrypt({ KeyId, Plaintext })), want, KeyId)
    assert.equal(await outcome(foreign.describeKey({ KeyId })), want, KeyId)
  }
  assert.equal(rows.length, 9)
})

test('every operation across accounts: those that AWS lets succeed, and no other', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const Policy = policy(allow('kms:*', { Principal: '*' }))
  const made = async (input: Parameters<KMS['createKey']>[0] = {}) =>
    (await newKey(r.admin, { ...input, Policy })).arn
  const arn = await made()
  const signing = await made({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  const agreeing = await made({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  const mac = await made({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const { id: own } = await newKey(foreign)
  const { CiphertextBlob } = await r.admin.encrypt({ KeyId: arn, Plaintext })
  const Message = Plaintext
  const SigningAlgorithm = 'ECDSA_SHA_256'
  const MacAlgorithm = 'HMAC_SHA_256'
  const { Signature } = await r.admin.sign({ KeyId: signing, Message, SigningAlgorithm })
  const { Mac } = await r.admin.generateMac({ KeyId: mac, Message, MacAlgorithm })
  const { PublicKey } = await r.admin.getPublicKey({ KeyId: agreeing })
  const grant = { GranteePrincipal: rootArn(there), Operations: ['Encrypt' as const] }
  const [first, second] = [
    await r.admin.createGrant({ KeyId: arn, ...grant, RetiringPrincipal: rootArn(there) }),
    await r.admin.createGrant({ KeyId: arn, ...grant }),
  ]
  const spec = { KeyId: arn, KeySpec: 'AES_256' } as const
  const pair = { KeyId: arn, KeyPairSpec: 'ECC_NIST_P256' } as const
  const alias = { AliasName: 'alias/mine', TargetKeyId: arn }

  // Source: KMS API Reference, "Cross-account use" of each.
  const yes: readonly [string, () => Promise<unknown>][] = [
    ['CreateGrant', () => foreign.createGrant({ KeyId: arn, ...grant })],
    ['Decrypt', () => foreign.decrypt({ KeyId: arn, CiphertextBlob })],
    [
      'DeriveSharedSecret',
      () => foreign.deriveSharedSecret({ KeyId: agreeing, PublicKey, KeyAgreementAlgorithm: 'ECDH' }),
    ],
    ['DescribeKey', () => foreign.describeKey({ KeyId: arn })],
    ['Encrypt', () => foreign.encrypt({ KeyId: arn, Plaintext })],
    ['GenerateDataKey', () => foreign.generateDataKey(spec)],
    ['GenerateDataKeyPair', () => foreign.generateDataKeyPair(pair)],
    ['GenerateDataKeyPairWithoutPlaintext', () => foreign.generateDataKeyPairWithoutPlaintext(pair)],
    ['GenerateDataKeyWithoutPlaintext', () => foreign.generateDataKeyWithoutPlaintext(spec)],
    ['GenerateMac', () => foreign.generateMac({ KeyId: mac, Message, MacAlgorithm })],
    ['GetPublicKey', () => foreign.getPublicKey({ KeyId: signing })],
    ['ListGrants', () => foreign.listGrants({ KeyId: arn })],
    ['ReEncrypt from', () => foreign.reEncrypt({ SourceKeyId: arn, CiphertextBlob, DestinationKeyId: own })],
    ['ReEncrypt to', () => foreign.reEncrypt({ CiphertextBlob, DestinationKeyId: arn })],
    ['RetireGrant', () => foreign.retireGrant({ KeyId: arn, GrantId: first.GrantId })],
    ['RevokeGrant', () => foreign.revokeGrant({ KeyId: arn, GrantId: second.GrantId })],
    ['Sign', () => foreign.sign({ KeyId: signing, Message, SigningAlgorithm })],
    ['Verify', () => foreign.verify({ KeyId: signing, Message, SigningAlgorithm, Signature })],
    ['VerifyMac', () => foreign.verifyMac({ KeyId: mac, Message, MacAlgorithm, Mac })],
  ]
  const no: readonly [string, () => Promise<unknown>][] = [
    ['CancelKeyDeletion', () => foreign.cancelKeyDeletion({ KeyId: arn })],
    ['CreateAlias', () => foreign.createAlias(alias)],
    ['DisableKey', () => foreign.disableKey({ KeyId: arn })],
    ['EnableKey', () => foreign.enableKey({ KeyId: arn })],
    ['GetKeyPolicy', () => foreign.getKeyPolicy({ KeyId: arn })],
    ['ListKeyPolicies', () => foreign.listKeyPolicies({ KeyId: arn })],
    ['ListResourceTags', () => foreign.listResourceTags({ KeyId: arn })],
    ['PutKeyPolicy', () => foreign.putKeyPolicy({ KeyId: arn, Policy })],
    ['ScheduleKeyDeletion', () => foreign.scheduleKeyDeletion({ KeyId: arn })],
    ['TagResource', () => foreign.tagResource({ KeyId: arn, Tags: [{ TagKey: 'a', TagValue: 'b' }] })],
    ['UntagResource', () => foreign.untagResource({ KeyId: arn, TagKeys: ['a'] })],
    ['UpdateKeyDescription', () => foreign.updateKeyDescription({ KeyId: arn, Description: 'mine' })],
  ]
  for (const [name, call] of yes) assert.equal(await outcome(call()), 'ok', name)
  for (const [name, call] of no) assert.equal(await outcome(call()), noResource, name)
  assert.deepEqual([yes.length, no.length], [19, 12])
  const { KeyMetadata } = await r.admin.describeKey({ KeyId: arn })
  assert.equal(KeyMetadata?.KeyState, 'Enabled')
})

test('a foreign ciphertext does not tell whether its key exists', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const blobOf = async (KeyId: string) => (await r.admin.encrypt({ KeyId, Plaintext })).CiphertextBlob
  const { id } = await newKey(r.admin)
  const { id: lost } = await newKey(r.admin)
  const { id: over } = await newKey(r.admin)
  const Policy = policy(enablesIam, deny('kms:*', aws(rootArn(there))))
  const { id: denying } = await newKey(r.admin, { Policy })
  const { id: disabled } = await newKey(r.admin)
  const { id: own } = await newKey(foreign)
  const blobs = {
    forbidden: await blobOf(id),
    denied: await blobOf(denying),
    disabled: await blobOf(disabled),
    lost: await blobOf(lost),
    over: await blobOf(over),
  }
  await r.admin.disableKey({ KeyId: disabled })
  await r.admin.scheduleKeyDeletion({ KeyId: over, PendingWindowInDays: 7 })
  await r.store.transact((tx) => {
    tx.delete(keys, { account: here, region }, lost)
    const key = tx.get(keys, { account: here, region }, over) ?? assert.fail()
    tx.put(keys, { account: here, region }, over, {
      ...key,
      deletion: { windowDays: 7, atMs: r.clock.nowMs },
    })
  })
  const told = new Set<string>()
  for (const CiphertextBlob of Object.values(blobs)) {
    told.add(await refusal(foreign.decrypt({ CiphertextBlob })))
    told.add(await refusal(foreign.reEncrypt({ CiphertextBlob, DestinationKeyId: own })))
  }
  assert.equal(Object.keys(blobs).length, 5)
  assert.deepEqual(
    [...told].map((answer) => answer.split(':')[0]),
    ['AccessDeniedException'],
  )
  assert.match([...told].join(), /does not exist, does not exist in this region, or you are not allowed/)
})

test('ListAliases tells another account neither which keys nor which aliases there are', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const Policy = policy(enablesIam, allow('kms:*', aws(rootArn(there))))
  const { id, arn } = await newKey(r.admin, { Policy })
  await r.admin.createAlias({ AliasName: 'alias/known', TargetKeyId: id })
  const unknown = '00000000-0000-4000-8000-000000000000'
  const of = (resource: string) => arn.replace(`key/${id}`, resource)
  const rows: readonly [there: string, gone: string][] = [
    [arn, of(`key/${unknown}`)],
    [of('alias/known'), of('alias/unknown')],
  ]
  for (const [existing, missing] of rows) {
    const told = await refusal(foreign.listAliases({ KeyId: existing }))
    assert.match(told, /^NotFoundException/)
    assert.equal(
      told.replace(existing, 'that'),
      (await refusal(foreign.listAliases({ KeyId: missing }))).replace(missing, 'that'),
    )
  }
  assert.equal(rows.length, 2)
  const { Aliases = [] } = await r.admin.listAliases({ KeyId: arn })
  assert.deepEqual(
    Aliases.map(({ AliasName }) => AliasName),
    ['alias/known'],
  )
  assert.match(
    await refusal(r.admin.listAliases({ KeyId: 'alias/aws/sqs' })),
    /^NotFoundException: Invalid keyId/,
  )
  assert.equal((await r.admin.listKeys({})).Keys?.length, 1, 'asking makes no AWS managed key')
})

test('a denial tells another account neither what aliases there are nor which keys they lead to', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const { id, arn } = await newKey(r.admin)
  await r.admin.createAlias({ AliasName: 'alias/known', TargetKeyId: id })
  const alias = (name: string) => arn.replace(`key/${id}`, `alias/${name}`)
  const [known, unknown] = [
    await refusal(foreign.describeKey({ KeyId: alias('known') })),
    await refusal(foreign.describeKey({ KeyId: alias('unknown') })),
  ]
  assert.match(known, /^AccessDeniedException/)
  assert.equal(known, unknown.replace('unknown', 'known'))
})
