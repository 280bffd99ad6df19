// Goal: every condition key of KMS means what AWS says: a call that meets it goes through, one that does not is denied.
// Method: one row a key: a user whose only permission is under that condition, a call that meets it, and one that does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KMS } from '@aws-sdk/client-kms'
import { allow, enablesIam, outcome, policy, rootArn, user, userArn } from './access-rig.test.ts'
import { here, newKey, refusal, rig, type Statement, there } from './rig.test.ts'

const Plaintext = Buffer.from('attack at dawn')
const noIdentity = 'no identity-based policy allows'
type Condition = NonNullable<Statement['Condition']>
type Use = (kms: KMS) => Promise<unknown>

const is = (key: string, ...values: readonly string[]): Condition => ({ StringEquals: { [key]: values } })
const only = (key: string, ...values: readonly string[]): Condition => ({
  'ForAllValues:StringEquals': { [key]: values },
  Null: { [key]: 'false' }, // A key that is not there would meet ForAllValues.
})
const any = (key: string, ...values: readonly string[]): Condition => ({
  'ForAnyValue:StringLike': { [key]: values },
})
const bool = (key: string, value: boolean): Condition => ({ Bool: { [key]: String(value) } })

test('condition keys: met and not met', async () => {
  const r = await rig()
  const made = async (input: Parameters<KMS['createKey']>[0] = {}) => (await newKey(r.admin, input)).id
  const key = await made()
  const other = await made({ Tags: [{ TagKey: 'stage', TagValue: 'live' }] })
  const imported = await made({ Origin: 'EXTERNAL' })
  const multi = await made({ MultiRegion: true })
  const mac = await made({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const rsa = await made({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
  const signing = await made({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
  const agreeing = await made({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  await r.admin.createAlias({ AliasName: 'alias/app-one', TargetKeyId: key })
  await r.admin.createAlias({ AliasName: 'alias/app-two', TargetKeyId: key })
  await user(r, 'grantee')
  const { PublicKey } = await r.admin.getPublicKey({ KeyId: agreeing })
  const context = { Team: 'a', Stage: 'live' }
  const { CiphertextBlob } = await r.admin.encrypt({ KeyId: key, Plaintext, EncryptionContext: context })
  const digest = Buffer.alloc(32)

  const describe =
    (KeyId: string): Use =>
    (kms) =>
      kms.describeKey({ KeyId })
  const create =
    (input: Parameters<KMS['createKey']>[0] = {}): Use =>
    (kms) =>
      kms.createKey(input)
  const encrypt =
    (EncryptionContext?: Record<string, string>): Use =>
    (kms) =>
      kms.encrypt({ KeyId: key, Plaintext, EncryptionContext })
  const grant =
    (input: Partial<Parameters<KMS['createGrant']>[0]>): Use =>
    (kms) =>
      kms.createGrant({ KeyId: key, GranteePrincipal: userArn('grantee'), Operations: ['Decrypt'], ...input })
  const subset = (EncryptionContextSubset: Record<string, string>) =>
    grant({ Constraints: { EncryptionContextSubset } })
  const sourced = (SourceArn: string, service = 'lambda.amazonaws.com') =>
    grant({
      GranteePrincipal: undefined,
      GranteeServicePrincipal: service,
      RetiringServicePrincipal: service,
      Constraints: { SourceArn },
    })
  const source = `arn:aws:lambda:us-east-1:${here}:function:f`
  const tag =
    (TagKey: string, TagValue: string): Use =>
    (kms) =>
      kms.tagResource({ KeyId: key, Tags: [{ TagKey, TagValue }] })
  const sign =
    (input: Partial<Parameters<KMS['sign']>[0]> = {}): Use =>
    (kms) =>
      kms.sign({ KeyId: signing, Message: digest, SigningAlgorithm: 'RSASSA_PSS_SHA_256', ...input })
  const rsaEncrypt =
    (hash: '1' | '256'): Use =>
    (kms) =>
      kms.encrypt({ KeyId: rsa, Plaintext, EncryptionAlgorithm: `RSAES_OAEP_SHA_${hash}` })

  const reEncrypt = (kms: KMS, DestinationKeyId: string) =>
    kms.reEncrypt({ CiphertextBlob, SourceEncryptionContext: context, DestinationKeyId })

  const rows: readonly [action: string, Condition, met: Use, unmet: Use][] = [
    ['DescribeKey', is('kms:KeySpec', 'HMAC_256'), describe(mac), describe(key)],
    ['CreateKey', is('kms:KeySpec', 'HMAC_256'), create(macKind), create()],
    ['DescribeKey', is('kms:KeyUsage', 'SIGN_VERIFY'), describe(signing), describe(rsa)],
    ['CreateKey', is('kms:KeyUsage', 'ENCRYPT_DECRYPT'), create(), create(macKind)],
    ['DescribeKey', is('kms:KeyOrigin', 'EXTERNAL'), describe(imported), describe(key)],
    ['CreateKey', is('kms:KeyOrigin', 'EXTERNAL'), create({ Origin: 'EXTERNAL' }), create()],
    ['DescribeKey', bool('kms:MultiRegion', true), describe(multi), describe(key)],
    ['CreateKey', bool('kms:MultiRegion', false), create(), create({ MultiRegion: true })],
    ['DescribeKey', is('kms:MultiRegionKeyType', 'PRIMARY'), describe(multi), describe(key)],
    ['CreateKey', is('kms:MultiRegionKeyType', 'PRIMARY'), create({ MultiRegion: true }), create()],
    ['DescribeKey', any('kms:ResourceAliases', 'alias/app-t*'), describe(key), describe(other)],
    ['DescribeKey', is('kms:RequestAlias', 'alias/app-one'), describe('alias/app-one'), describe(key)],
    [
      'DescribeKey',
      is('kms:RequestAlias', 'alias/app-one'),
      describe('alias/app-one'),
      describe('alias/app-two'),
    ],
    ['DescribeKey', is('aws:ResourceTag/stage', 'live'), describe(other), describe(key)],
    ['Encrypt', is('kms:EncryptionContext:Team', 'a'), encrypt(context), encrypt({ Team: 'b' })],
    ['Encrypt', is('kms:EncryptionContext:Team', 'a'), encrypt(context), encrypt()],
    [
      'Encrypt',
      only('kms:EncryptionContextKeys', 'Team', 'Stage'),
      encrypt(context),
      encrypt({ Other: 'x' }),
    ],
    ['Encrypt', only('kms:EncryptionContextKeys', 'Team'), encrypt({ Team: 'a' }), encrypt(context)],
    // The names of condition keys have no case, but their values do: so the names of a context can be held to one.
    ['Encrypt', only('kms:EncryptionContextKeys', 'Team'), encrypt({ Team: 'a' }), encrypt({ team: 'a' })],
    [
      'Decrypt',
      is('kms:EncryptionContext:Stage', 'live'),
      (kms) => kms.decrypt({ CiphertextBlob, EncryptionContext: context }),
      (kms) => kms.decrypt({ CiphertextBlob, EncryptionContext: { Stage: 'test' } }),
    ],
    ['Encrypt', is('kms:EncryptionAlgorithm', 'RSAES_OAEP_SHA_256'), rsaEncrypt('256'), rsaEncrypt('1')],
    ['Encrypt', is('kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT'), encrypt(), rsaEncrypt('1')],
    [
      'Sign',
      is('kms:SigningAlgorithm', 'RSASSA_PSS_SHA_256'),
      sign(),
      sign({ SigningAlgorithm: 'RSASSA_PSS_SHA_512' }),
    ],
    ['Sign', is('kms:MessageType', 'DIGEST'), sign({ MessageType: 'DIGEST' }), sign()],
    ['Sign', is('kms:MessageType', 'RAW'), sign(), sign({ MessageType: 'DIGEST' })],
    [
      'GenerateMac',
      is('kms:MacAlgorithm', 'HMAC_SHA_256'),
      (kms) => kms.generateMac({ KeyId: mac, Message: digest, MacAlgorithm: 'HMAC_SHA_256' }),
      (kms) => kms.generateMac({ KeyId: mac, Message: digest, MacAlgorithm: 'HMAC_SHA_512' }),
    ],
    [
      'DeriveSharedSecret',
      is('kms:KeyAgreementAlgorithm', 'ECDH'),
      (kms) => kms.deriveSharedSecret({ KeyId: agreeing, PublicKey, KeyAgreementAlgorithm: 'ECDH' }),
      encrypt(),
    ],
    [
      'GenerateDataKeyPair',
      is('kms:DataKeyPairSpec', 'ECC_NIST_P256'),
      (kms) => kms.generateDataKeyPair({ KeyId: key, KeyPairSpec: 'ECC_NIST_P256' }),
      (kms) => kms.generateDataKeyPair({ KeyId: key, KeyPairSpec: 'ECC_NIST_P384' }),
    ],
    [
      'ReEncrypt*',
      bool('kms:ReEncryptOnSameKey', true),
      (kms) => reEncrypt(kms, key),
      (kms) => reEncrypt(kms, other),
    ],
    [
      'ReEncrypt*',
      bool('kms:ReEncryptOnSameKey', false),
      (kms) => reEncrypt(kms, other),
      (kms) => reEncrypt(kms, key),
    ],
    [
      'CreateKey',
      bool('kms:BypassPolicyLockoutSafetyCheck', false),
      create({ Policy: policy(enablesIam, allow('kms:PutKeyPolicy', { Principal: '*' })) }),
      create({ BypassPolicyLockoutSafetyCheck: true }),
    ],
    [
      'PutKeyPolicy',
      bool('kms:BypassPolicyLockoutSafetyCheck', true),
      (kms) =>
        kms.putKeyPolicy({
          KeyId: mac,
          Policy: policy(enablesIam),
          BypassPolicyLockoutSafetyCheck: true,
        }),
      (kms) => kms.putKeyPolicy({ KeyId: mac, Policy: policy(enablesIam) }),
    ],
    [
      'ScheduleKeyDeletion',
      { NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '14' } },
      (kms) => kms.scheduleKeyDeletion({ KeyId: imported, PendingWindowInDays: 14 }),
      (kms) => kms.scheduleKeyDeletion({ KeyId: imported, PendingWindowInDays: 13 }),
    ],
    ['CreateGrant', only('kms:GrantOperations', 'Decrypt'), grant({}), grant({ Operations: ['Encrypt'] })],
    [
      'CreateGrant',
      only('kms:GrantOperations', 'Decrypt'),
      grant({}),
      grant({ Operations: ['Decrypt', 'Encrypt'] }),
    ],
    [
      'CreateGrant',
      is('kms:GranteePrincipal', userArn('grantee')),
      grant({}),
      grant({ GranteePrincipal: rootArn() }),
    ],
    [
      'CreateGrant',
      is('kms:GranteePrincipal', rootArn()),
      grant({ GranteePrincipal: here }), // The same account, by its number.
      grant({ GranteePrincipal: there }),
    ],
    [
      'CreateGrant',
      is('kms:RetiringPrincipal', userArn('grantee')),
      grant({ RetiringPrincipal: userArn('grantee') }),
      grant({}),
    ],
    [
      'CreateGrant',
      is('kms:GrantConstraintType', 'EncryptionContextSubset'),
      subset(context),
      grant({ Constraints: { EncryptionContextEquals: context } }),
    ],
    ['CreateGrant', is('kms:GrantConstraintType', 'EncryptionContextSubset'), subset(context), grant({})],
    ['CreateGrant', is('kms:EncryptionContext:Team', 'a'), subset(context), subset({ Team: 'b' })],
    ['CreateGrant', only('kms:EncryptionContextKeys', 'Team'), subset({ Team: 'a' }), subset(context)],
    ['CreateGrant', is('kms:GrantConstraintSourceArn', source), sourced(source), sourced(`${source}2`)],
    [
      'CreateGrant',
      is('kms:GranteeServicePrincipal', 'lambda.amazonaws.com'),
      sourced(source),
      sourced(source, 'logs.amazonaws.com'),
    ],
    [
      'CreateGrant',
      is('kms:RetiringServicePrincipal', 'lambda.amazonaws.com'),
      sourced(source),
      sourced(source, 'logs.amazonaws.com'),
    ],
    ['TagResource', is('aws:RequestTag/team', 'a'), tag('team', 'a'), tag('team', 'b')],
    ['TagResource', only('aws:TagKeys', 'team'), tag('team', 'a'), tag('owner', 'a')],
    [
      'UntagResource',
      only('aws:TagKeys', 'team'),
      (kms) => kms.untagResource({ KeyId: key, TagKeys: ['team'] }),
      (kms) => kms.untagResource({ KeyId: key, TagKeys: ['team', 'owner'] }),
    ],
  ]
  for (const [at, [action, condition, met, unmet]] of rows.entries()) {
    const kms = await user(r, `user${at}`, [allow(`kms:${action}`, { Condition: condition })])
    const name = `${action} ${JSON.stringify(condition)}`
    assert.equal(await outcome(unmet(kms)), noIdentity, `unmet: ${name}`)
    assert.equal(await outcome(met(kms)), 'ok', `met: ${name}`)
  }
  assert.equal(rows.length, 48)
})

const macKind = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } as const

test('condition keys: tags of a new key are held to what TagResource is', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin, { MultiRegion: true })
  const Tags = [{ TagKey: 'team', TagValue: 'red' }]
  const tagging = (account: string) => is('kms:CallerAccount', account)
  const create = allow(['kms:CreateKey', 'kms:ReplicateKey', 'kms:PutKeyPolicy'])
  const denial: Statement = { ...allow('kms:TagResource', { Condition: tagging(here) }), Effect: 'Deny' }
  const rows: readonly [name: string, statements: readonly Statement[], want: string][] = [
    ['allowed under a condition', [create, allow('kms:TagResource', { Condition: tagging(here) })], 'ok'],
    ['which is not met', [create, allow('kms:TagResource', { Condition: tagging(there) })], noIdentity],
    [
      'denied under one',
      [create, allow('kms:TagResource'), denial],
      'explicit deny in an identity-based policy',
    ],
  ]
  for (const [at, [name, statements, want]] of rows.entries()) {
    const kms = await user(r, `user${at}`, statements)
    assert.equal(await outcome(kms.createKey({ Tags })), want, name)
    const replicate = kms.replicateKey({ KeyId: id, ReplicaRegion: 'eu-west-1', Tags })
    assert.equal(await outcome(replicate), want, `${name}: a replica`)
  }
  assert.equal(rows.length, 3)
})

test('condition keys: what is not there', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  const rows: readonly [name: string, Condition, Use, want: string][] = [
    [
      'ForAllValues alone is met by no context at all',
      { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['Team'] } },
      (kms) => kms.encrypt({ KeyId: id, Plaintext }),
      'ok',
    ],
    [
      'a key that has no alias',
      any('kms:ResourceAliases', '*'),
      (kms) => kms.encrypt({ KeyId: id, Plaintext }),
      noIdentity,
    ],
    [
      'a call that no service makes',
      { StringNotEquals: { 'kms:ViaService': 'sns.us-east-1.amazonaws.com' } },
      (kms) => kms.encrypt({ KeyId: id, Plaintext }),
      'ok',
    ],
    [
      'and so Null',
      { Null: { 'kms:ViaService': 'false' } },
      (kms) => kms.encrypt({ KeyId: id, Plaintext }),
      noIdentity,
    ],
    [
      'tags of both cases of one context key, each of which counts',
      is('kms:EncryptionContext:team', 'a'),
      (kms) => kms.encrypt({ KeyId: id, Plaintext, EncryptionContext: { Team: 'a', team: 'b' } }),
      'ok',
    ],
  ]
  for (const [at, [name, Condition, use, want]] of rows.entries()) {
    const kms = await user(r, `user${at}`, [allow('kms:Encrypt', { Condition })])
    assert.equal(await outcome(use(kms)), want, name)
  }
  assert.equal(rows.length, 5)
})

test('condition keys: a denial cannot be dodged by writing a context key in two ways', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  const kms = await user(r, 'alice', [
    allow('kms:Encrypt'),
    { ...allow('kms:Encrypt', { Condition: is('kms:EncryptionContext:stage', 'live') }), Effect: 'Deny' },
  ])
  const contexts = [
    { stage: 'live' },
    { Stage: 'live' },
    { stage: 'live', Stage: 'test' },
    { Stage: 'test', stage: 'live' },
    { Stage: 'live', stage: 'test' },
  ]
  for (const EncryptionContext of contexts) {
    const call = kms.encrypt({ KeyId: id, Plaintext, EncryptionContext })
    assert.match(await refusal(call), /explicit deny/, JSON.stringify(EncryptionContext))
  }
  assert.equal(
    await refusal(kms.encrypt({ KeyId: id, Plaintext, EncryptionContext: { stage: 'test' } })),
    'no refusal',
  )
})
