// Goal: a grant allows what it says, to whom it says, and nothing beyond; what cannot be granted is refused.
// Method: rows of grants against uses, through AWS's own client and the whole pipeline; every operation against every kind of key.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GrantOperation, KMS } from '@aws-sdk/client-kms'
import { deleteGrantsOf } from './grants.ts'
import { aws, allow, outcome, policy, role, roleArn, rootArn, user, userArn } from './access-rig.test.ts'
import { type GrantDocument, grants, keys } from './documents.ts'
import { quotas } from './quotas.ts'
import { here, newKey, refusal, region, rig, there } from './rig.test.ts'

const Plaintext = Buffer.from('attack at dawn')
const scope = { account: here, region }
const noIdentity = 'no identity-based policy allows'
type Input = Parameters<KMS['createGrant']>[0]
type Context = Record<string, string>

test('CreateGrant: the grantee may what was granted, until the grant is revoked', async () => {
  const r = await rig()
  const { id, arn } = await newKey(r.admin)
  const alice = await user(r, 'alice')
  const encrypt = () => outcome(alice.encrypt({ KeyId: id, Plaintext }))
  const describe = () => outcome(alice.describeKey({ KeyId: id }))

  assert.equal(await encrypt(), noIdentity)
  const { GrantId = '', GrantToken = '' } = await r.admin.createGrant({
    KeyId: id,
    GranteePrincipal: userArn('alice'),
    Operations: ['Encrypt', 'Encrypt'],
  })
  assert.match(GrantId, /^[0-9a-f]{64}$/)
  assert.deepEqual([await encrypt(), await describe()], ['ok', noIdentity])
  // A token adds nothing to a grant that holds already, but one that is none is refused.
  assert.equal(await outcome(alice.encrypt({ KeyId: id, Plaintext, GrantTokens: [GrantToken] })), 'ok')
  assert.match(
    await refusal(alice.encrypt({ KeyId: id, Plaintext, GrantTokens: ['bm9uZQ=='] })),
    /^InvalidGrantTokenException/,
  )

  const { Grants } = await r.admin.listGrants({ KeyId: arn })
  assert.deepEqual(Grants, [
    {
      KeyId: arn,
      GrantId,
      Name: '',
      CreationDate: new Date(r.clock.nowMs),
      GranteePrincipal: userArn('alice'),
      IssuingAccount: rootArn(),
      Operations: ['Encrypt'],
    },
  ])
  await r.admin.revokeGrant({ KeyId: id, GrantId })
  assert.equal(await encrypt(), noIdentity)
  assert.equal(await outcome(r.admin.revokeGrant({ KeyId: id, GrantId })), 'NotFoundException')
})

test('CreateGrant: every operation on every kind of key', async () => {
  const { admin } = await rig()
  const everywhere = ['CreateGrant', 'DescribeKey', 'RetireGrant'] as const
  const operations = [
    ...everywhere,
    'Decapsulate',
    'Decrypt',
    'DeriveSharedSecret',
    'Encapsulate',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateMac',
    'GetPublicKey',
    'ReEncryptFrom',
    'ReEncryptTo',
    'Sign',
    'Verify',
    'VerifyMac',
  ] as const
  // Source: KMS Developer Guide, "Grants in AWS KMS", Grant operations.
  const rows: readonly [Parameters<KMS['createKey']>[0], readonly string[]][] = [
    [
      {},
      [
        'Decrypt',
        'Encrypt',
        'GenerateDataKey',
        'GenerateDataKeyPair',
        'GenerateDataKeyPairWithoutPlaintext',
        'GenerateDataKeyWithoutPlaintext',
        'ReEncryptFrom',
        'ReEncryptTo',
      ],
    ],
    [
      { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' },
      ['Decrypt', 'Encrypt', 'GetPublicKey', 'ReEncryptFrom', 'ReEncryptTo'],
    ],
    [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, ['GetPublicKey', 'Sign', 'Verify']],
    [{ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }, ['DeriveSharedSecret', 'GetPublicKey']],
    [{ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, ['GenerateMac', 'VerifyMac']],
    [
      { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
      ['Decapsulate', 'Encapsulate', 'GetPublicKey'],
    ],
  ]
  let ran = 0
  for (const [kind, served] of rows) {
    const { id } = await newKey(admin, kind)
    for (const operation of operations) {
      const Operations: GrantOperation[] = [operation, 'DescribeKey']
      const answer = await refusal(
        admin.createGrant({ KeyId: id, GranteePrincipal: userArn('admin'), Operations, DryRun: true }),
      )
      const serves = served.includes(operation) || everywhere.some((one) => one === operation)
      assert.match(
        answer,
        serves ? /^DryRunOperationException/ : /^ValidationException: Grants cannot allow \w+ on a key/,
        `${kind.KeySpec} ${operation}`,
      )
      ran += 1
    }
    assert.deepEqual((await admin.listGrants({ KeyId: id })).Grants, [], 'a dry run makes nothing')
  }
  assert.equal(ran, 19 * 6)
})

test('CreateGrant: what makes no sense is refused', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  const { id: signing } = await newKey(r.admin, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  const { id: disabled } = await newKey(r.admin)
  await r.admin.disableKey({ KeyId: disabled })
  await user(r, 'alice')
  const usual = { KeyId: id, GranteePrincipal: userArn('alice'), Operations: ['Decrypt'] } satisfies Input
  const service = { ...usual, GranteePrincipal: undefined, GranteeServicePrincipal: 'lambda.amazonaws.com' }
  const SourceArn = `arn:aws:lambda:us-east-1:${here}:function:f`
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, 'v']))
  const subset = (EncryptionContextSubset: Context) => ({ Constraints: { EncryptionContextSubset } })
  const rows: readonly [name: string, Input, want: RegExp][] = [
    ['a user who does not exist', { ...usual, GranteePrincipal: userArn('nobody') }, /^InvalidArnException/],
    ['a retiring one', { ...usual, RetiringPrincipal: roleArn('nobody') }, /^InvalidArnException/],
    ['a name that is no ARN', { ...usual, GranteePrincipal: 'alice' }, /^InvalidArnException/],
    [
      'an ARN of no principal',
      { ...usual, GranteePrincipal: `arn:aws:s3::${here}:root` },
      /^InvalidArnException/,
    ],
    [
      'another path than the user has',
      { ...usual, GranteePrincipal: userArn('x/alice') },
      /^InvalidArnException/,
    ],
    ['nobody', { ...usual, GranteePrincipal: undefined }, /^ValidationException: Specify either/],
    [
      'two grantees',
      { ...usual, GranteeServicePrincipal: 'lambda.amazonaws.com' },
      /^ValidationException: .*Grantee.* not both/,
    ],
    [
      'two who retire',
      { ...usual, RetiringPrincipal: userArn('alice'), RetiringServicePrincipal: 'lambda.amazonaws.com' },
      /^ValidationException: .*Retiring.* not both/,
    ],
    ['a service for everything', service, /^ValidationException: .*SourceArn/],
    [
      'a service that nobody retires',
      { ...service, Constraints: { SourceArn } },
      /^ValidationException: .*Retiring/,
    ],
    [
      'a service for one resource',
      { ...service, Constraints: { SourceArn }, RetiringPrincipal: userArn('alice') },
      /^no refusal/,
    ],
    ['no operation', { ...usual, Operations: [] }, /^ValidationException/],
    [
      'CreateGrant alone',
      { ...usual, Operations: ['CreateGrant'] },
      /^ValidationException: Grants must not contain only the CreateGrant operation\.$/,
    ],
    [
      'a constraint on DescribeKey alone',
      { ...usual, Operations: ['DescribeKey'], ...subset({ a: 'b' }) },
      /^ValidationException: Encryption context/,
    ],
    [
      'a constraint on signatures',
      { ...usual, KeyId: signing, Operations: ['Sign'], ...subset({ a: 'b' }) },
      /^ValidationException: Encryption context/,
    ],
    ['nine pairs', { ...usual, ...subset(many) }, /^ValidationException: .* 8 /],
    ['385 characters', { ...usual, ...subset({ k: 'v'.repeat(384) }) }, /^ValidationException: .* 384 /],
    ['384 characters', { ...usual, ...subset({ k: 'v'.repeat(383) }) }, /^no refusal/],
    ['a disabled key', { ...usual, KeyId: disabled }, /^DisabledException/],
    ['a token that is none', { ...usual, GrantTokens: ['bm9uZQ=='] }, /^InvalidGrantTokenException/],
    ['a key that does not exist', { ...usual, KeyId: id.replace(/.$/, 'g') }, /^NotFoundException/],
  ]
  for (const [name, input, want] of rows) assert.match(await refusal(r.admin.createGrant(input)), want, name)
  assert.equal(rows.length, 21)
})

test('CreateGrant: constraints are compared to the letter', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  const grantees = new Map<string, KMS>()
  const constraints = {
    none: undefined,
    subset: { EncryptionContextSubset: { Team: 'a', stage: 'live' } },
    equals: { EncryptionContextEquals: { Team: 'a' } },
    nothing: { EncryptionContextEquals: {} },
    source: { SourceArn: `arn:aws:lambda:us-east-1:${here}:function:f` },
  } as const
  for (const [name, Constraints] of Object.entries(constraints)) {
    grantees.set(name, await user(r, name))
    await r.admin.createGrant({
      KeyId: id,
      GranteePrincipal: userArn(name),
      Operations: ['Encrypt', 'DescribeKey'],
      Constraints,
    })
  }
  const whole = { Team: 'a', stage: 'live' }
  const rows: readonly [grant: keyof typeof constraints, Context | undefined, want: string][] = [
    ['none', undefined, 'ok'],
    ['none', { any: 'thing' }, 'ok'],
    ['subset', whole, 'ok'],
    ['subset', { ...whole, more: 'x' }, 'ok'],
    ['subset', { Team: 'a' }, noIdentity],
    ['subset', { ...whole, Team: 'A' }, noIdentity],
    ['subset', { team: 'a', stage: 'live' }, noIdentity],
    ['subset', undefined, noIdentity],
    ['equals', { Team: 'a' }, 'ok'],
    ['equals', { Team: 'a', more: 'x' }, noIdentity],
    ['equals', { Team: 'b' }, noIdentity],
    ['equals', undefined, noIdentity],
    ['nothing', undefined, 'ok'],
    ['nothing', {}, 'ok'],
    ['nothing', { Team: 'a' }, noIdentity],
    ['source', undefined, noIdentity],
  ]
  for (const [grant, EncryptionContext, want] of rows) {
    const call = grantees.get(grant)?.encrypt({ KeyId: id, Plaintext, EncryptionContext })
    assert.equal(
      await outcome(call ?? Promise.reject()),
      want,
      `${grant} ${JSON.stringify(EncryptionContext)}`,
    )
  }
  assert.equal(rows.length, 16)
  // An encryption context constraint does not apply to DescribeKey; a source ARN does.
  for (const name of ['subset', 'equals'] as const)
    assert.equal(await outcome(grantees.get(name)?.describeKey({ KeyId: id }) ?? Promise.reject()), 'ok')
  const { Grants = [] } = await r.admin.listGrants({ KeyId: id, GranteePrincipal: userArn('subset') })
  assert.deepEqual(Grants[0]?.Constraints, constraints.subset)
})

test('CreateGrant: a name makes a grant once', async () => {
  const r = await rig()
  const { id, arn } = await newKey(r.admin)
  const { id: other } = await newKey(r.admin)
  await user(r, 'alice')
  await user(r, 'bob')
  const named = {
    KeyId: id,
    Name: 'once',
    GranteePrincipal: userArn('alice'),
    Operations: ['Decrypt', 'Encrypt'],
    Constraints: { EncryptionContextSubset: { a: '1', b: '2' } },
  } satisfies Input
  const first = await r.admin.createGrant(named)
  const rows: readonly [name: string, Input, same: boolean][] = [
    ['the same', named, true],
    ['in another order', { ...named, Operations: ['Encrypt', 'Decrypt'] }, true],
    [
      'its pairs in another order',
      { ...named, Constraints: { EncryptionContextSubset: { b: '2', a: '1' } } },
      true,
    ],
    ['another name', { ...named, Name: 'twice' }, false],
    ['no name', { ...named, Name: undefined }, false],
    ['another key', { ...named, KeyId: other }, false],
    ['another grantee', { ...named, GranteePrincipal: userArn('bob') }, false],
    ['somebody who retires it', { ...named, RetiringPrincipal: userArn('bob') }, false],
    ['fewer operations', { ...named, Operations: ['Decrypt'] }, false],
    ['other constraints', { ...named, Constraints: { EncryptionContextSubset: { a: '1' } } }, false],
    [
      'another kind of constraint',
      { ...named, Constraints: { EncryptionContextEquals: { a: '1', b: '2' } } },
      false,
    ],
  ]
  for (const [name, input, same] of rows) {
    const { GrantId, GrantToken } = await r.admin.createGrant(input)
    assert.equal(GrantId === first.GrantId, same, name)
    assert.notEqual(GrantToken, first.GrantToken, 'every answer has a token of its own')
  }
  assert.equal(rows.length, 11)
  // What another account grants is another grant: it counts for others.
  await r.admin.putKeyPolicy({
    KeyId: id,
    Policy: policy(allow('kms:*', aws(rootArn(), rootArn(there)))),
  })
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const theirs = await foreign.createGrant({ ...named, KeyId: arn })
  assert.notEqual(theirs.GrantId, first.GrantId)
  const { Grants = [] } = await r.admin.listGrants({ KeyId: id })
  assert.equal(Grants.length, 9)
})

test('CreateGrant: a key has so many grants and no more', async () => {
  const r = await rig()
  const { id, arn } = await newKey(r.admin)
  const grant: Omit<GrantDocument, 'grantId'> = {
    keyId: id,
    keyArn: r.store.read.get(keys, scope, id)?.arn ?? assert.fail(),
    name: '',
    createdAtMs: 0,
    issuingAccount: here,
    grantee: { type: 'AWS', name: rootArn(there) },
    operations: ['Decrypt'],
  }
  await r.store.transact((tx) => {
    for (let at = 1; at < quotas.grantsPerKey; at += 1) {
      const grantId = at.toString(16).padStart(64, '0')
      tx.put(grants, scope, grantId, { ...grant, grantId })
    }
  })
  const create = () =>
    refusal(r.admin.createGrant({ KeyId: arn, GranteePrincipal: rootArn(), Operations: ['Decrypt'] }))
  assert.equal(await create(), 'no refusal')
  assert.match(await create(), /^LimitExceededException/)
})

test('CreateGrant by a grant: no more than the grant allows', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  await user(r, 'child')
  const subset = (EncryptionContextSubset: Context) => ({ EncryptionContextSubset })
  const equals = (EncryptionContextEquals: Context) => ({ EncryptionContextEquals })
  type Terms = Pick<Input, 'Operations' | 'Constraints'>
  const parents = {
    plain: { Operations: ['CreateGrant', 'Decrypt', 'Encrypt'] },
    atLeast: { Operations: ['CreateGrant', 'Decrypt'], Constraints: subset({ a: '1' }) },
    exactly: { Operations: ['CreateGrant', 'Decrypt'], Constraints: equals({ a: '1' }) },
    both: {
      Operations: ['CreateGrant', 'Decrypt'],
      Constraints: { ...subset({ a: '1' }), ...equals({ a: '1', b: '2' }) },
    },
    sourced: {
      Operations: ['CreateGrant', 'Decrypt'],
      Constraints: { SourceArn: `arn:aws:lambda:us-east-1:${here}:function:f` },
    },
    unable: { Operations: ['Decrypt'] },
  } satisfies Record<string, Terms>
  const rows: readonly [parent: keyof typeof parents, Terms, want: string][] = [
    ['plain', { Operations: ['Decrypt'] }, 'ok'],
    ['plain', { Operations: ['CreateGrant', 'Decrypt', 'Encrypt'] }, 'ok'],
    ['plain', { Operations: ['Decrypt', 'DescribeKey'] }, noIdentity],
    ['plain', { Operations: ['GenerateDataKey'] }, noIdentity],
    ['plain', { Operations: ['Decrypt', 'RetireGrant'] }, noIdentity],
    ['plain', { Operations: ['Decrypt'], Constraints: subset({ a: '1' }) }, 'ok'],
    ['atLeast', { Operations: ['Decrypt'] }, noIdentity],
    ['atLeast', { Operations: ['Decrypt'], Constraints: subset({ a: '1' }) }, 'ok'],
    ['atLeast', { Operations: ['Decrypt'], Constraints: subset({ a: '1', b: '2' }) }, 'ok'],
    ['atLeast', { Operations: ['Decrypt'], Constraints: subset({ b: '2' }) }, noIdentity],
    ['atLeast', { Operations: ['Decrypt'], Constraints: subset({ A: '1' }) }, noIdentity],
    ['atLeast', { Operations: ['Decrypt'], Constraints: equals({ a: '1' }) }, 'ok'],
    ['atLeast', { Operations: ['Decrypt'], Constraints: equals({ a: '1', b: '2' }) }, 'ok'],
    ['atLeast', { Operations: ['Decrypt'], Constraints: equals({ b: '2' }) }, noIdentity],
    ['exactly', { Operations: ['Decrypt'], Constraints: equals({ a: '1' }) }, 'ok'],
    ['exactly', { Operations: ['Decrypt'], Constraints: equals({ a: '1', b: '2' }) }, noIdentity],
    ['exactly', { Operations: ['Decrypt'], Constraints: subset({ a: '1' }) }, noIdentity],
    ['exactly', { Operations: ['Decrypt'], Constraints: equals({}) }, noIdentity],
    ['exactly', { Operations: ['Decrypt'] }, noIdentity],
    ['both', { Operations: ['Decrypt'], Constraints: equals({ a: '1', b: '2' }) }, 'ok'],
    ['both', { Operations: ['Decrypt'], Constraints: subset({ a: '1' }) }, noIdentity],
    ['sourced', { Operations: ['Decrypt'], Constraints: parents.sourced.Constraints }, noIdentity],
    ['unable', { Operations: ['Decrypt'] }, noIdentity],
  ]
  const callers = new Map<string, KMS>()
  for (const [name, terms] of Object.entries(parents)) {
    callers.set(name, await user(r, name))
    await r.admin.createGrant({ KeyId: id, GranteePrincipal: userArn(name), ...terms })
  }
  for (const [parent, terms, want] of rows) {
    const call = callers.get(parent)?.createGrant({ KeyId: id, GranteePrincipal: userArn('child'), ...terms })
    assert.equal(await outcome(call ?? Promise.reject()), want, `${parent} ${JSON.stringify(terms)}`)
  }
  assert.equal(rows.length, 23)

  // Who may create grants by a policy is not held to a grant that it has as well.
  const free = await user(r, 'free', [allow('kms:CreateGrant')])
  await r.admin.createGrant({ KeyId: id, GranteePrincipal: userArn('free'), ...parents.plain })
  const wide = {
    KeyId: id,
    GranteePrincipal: userArn('child'),
    Operations: ['GenerateDataKey'],
  } satisfies Input
  assert.equal(await outcome(free.createGrant(wide)), 'ok')
  // Two grants do not add up: a child must be within one of them.
  const adder = await user(r, 'adder')
  const parts: readonly GrantOperation[] = ['Decrypt', 'Encrypt']
  for (const part of parts) {
    const Operations: GrantOperation[] = ['CreateGrant', part]
    await r.admin.createGrant({ KeyId: id, GranteePrincipal: userArn('adder'), Operations })
  }
  const sum = { KeyId: id, GranteePrincipal: userArn('child'), Operations: [...parts] }
  assert.equal(await outcome(adder.createGrant(sum)), noIdentity)
})

test('CreateGrant: a namesake inherits nothing', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  await user(r, 'alice')
  const Operations: GrantOperation[] = ['Encrypt', 'RetireGrant']
  const { GrantId, GrantToken } = await r.admin.createGrant({
    KeyId: id,
    GranteePrincipal: userArn('alice'),
    RetiringPrincipal: userArn('alice'),
    Operations,
  })
  const keyIds = await r.iam.listAccessKeys({ UserName: 'alice' })
  for (const { AccessKeyId } of keyIds.AccessKeyMetadata ?? [])
    await r.iam.deleteAccessKey({ UserName: 'alice', AccessKeyId })
  const { User } = await r.iam.getUser({ UserName: 'alice' })
  await r.iam.deleteUser({ UserName: 'alice' })
  const again = await user(r, 'alice')

  assert.equal(await outcome(again.encrypt({ KeyId: id, Plaintext })), noIdentity)
  assert.equal(await outcome(again.retireGrant({ GrantToken })), noIdentity)
  const retirable = await r.admin.listRetirableGrants({ RetiringPrincipal: userArn('alice') })
  assert.deepEqual(retirable.Grants, [])
  // What is left of who was meant is the unique id, and the grant is found by it.
  const { Grants = [] } = await r.admin.listGrants({ KeyId: id, GranteePrincipal: User?.UserId })
  assert.deepEqual(
    Grants.map(({ GrantId, GranteePrincipal, RetiringPrincipal }) => [
      GrantId,
      GranteePrincipal,
      RetiringPrincipal,
    ]),
    [[GrantId, User?.UserId, User?.UserId]],
  )
})

test('grants: roles, accounts, and who is limited all the same', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  const onlyDescribe = [allow('kms:DescribeKey')]
  const callers: readonly [name: string, KMS, grantee: string, want: string][] = [
    ['a session of the role', await role(r, 'worker', []), roleArn('worker'), 'ok'],
    [
      'a role within its boundary',
      await role(r, 'bounded', [], { boundary: onlyDescribe }),
      roleArn('bounded'),
      'no permissions boundary allows',
    ],
    [
      'a session within its session policy',
      await role(r, 'narrowed', [], { session: onlyDescribe }),
      roleArn('narrowed'),
      'no session policy allows',
    ],
    ['one session by name', await role(r, 'named', []), `arn:aws:sts::${here}:assumed-role/named/test`, 'ok'],
    [
      'another session of that role',
      await role(r, 'other', []),
      `arn:aws:sts::${here}:assumed-role/other/somebody`,
      noIdentity,
    ],
    ['the account: its policies decide', await user(r, 'nobody'), rootArn(), noIdentity],
    ['by its number', await user(r, 'allowed', [allow('kms:Encrypt')]), here, 'ok'],
  ]
  for (const [name, caller, GranteePrincipal, want] of callers) {
    const { GrantId } = await r.admin.createGrant({ KeyId: id, GranteePrincipal, Operations: ['Encrypt'] })
    assert.equal(await outcome(caller.encrypt({ KeyId: id, Plaintext })), want, name)
    await r.admin.revokeGrant({ KeyId: id, GrantId })
  }
  assert.equal(callers.length, 7)
})

test('grants: of another account’s key, by that account and by one’s own', async () => {
  const r = await rig()
  // The key's account lets the other one create grants, and use nothing.
  const Policy = policy(
    allow('kms:*', aws(rootArn())),
    allow(['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'], aws(rootArn(there))),
  )
  const { arn } = await newKey(r.admin, { Policy })
  const { arn: closed } = await newKey(r.admin)
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const plain = await user(r, 'plain', [], there)
  const allowed = await user(r, 'allowed', [allow('kms:Encrypt')], there)
  const denied = await user(r, 'denied', [{ ...allow('kms:Encrypt'), Effect: 'Deny' }], there)
  const bounded = await role(r, 'bounded', [], { account: there, boundary: [allow('kms:DescribeKey')] })
  const uses = async (caller: KMS) => outcome(caller.encrypt({ KeyId: arn, Plaintext }))
  const Operations: GrantOperation[] = ['Encrypt']
  const plainArn = userArn('plain', there)

  const rows: readonly [name: string, issuer: KMS, GranteePrincipal: string, caller: KMS, want: string][] = [
    ['one’s own account granted it', foreign, plainArn, plain, 'ok'],
    ['the key’s account did: an identity policy is needed', r.admin, plainArn, plain, noIdentity],
    ['and is there', r.admin, userArn('allowed', there), allowed, 'ok'],
    ['and denies', foreign, userArn('denied', there), denied, 'explicit deny in an identity-based policy'],
    ['within the boundary', foreign, roleArn('bounded', there), bounded, 'no permissions boundary allows'],
    ['one’s account as a whole: its policies decide', foreign, rootArn(there), plain, noIdentity],
    ['and allow', foreign, rootArn(there), allowed, 'ok'],
  ]
  for (const [name, issuer, GranteePrincipal, caller, want] of rows) {
    assert.notEqual(await uses(caller), 'ok', name)
    const { GrantId } = await issuer.createGrant({ KeyId: arn, GranteePrincipal, Operations })
    assert.equal(await uses(caller), want, name)
    await foreign.revokeGrant({ KeyId: arn, GrantId })
  }
  assert.equal(rows.length, 7)

  const { GrantId } = await foreign.createGrant({ KeyId: arn, GranteePrincipal: plainArn, Operations })
  const { Grants = [] } = await foreign.listGrants({ KeyId: arn })
  assert.deepEqual(
    Grants.map((grant) => [grant.GrantId, grant.IssuingAccount]),
    [[GrantId, rootArn(there)]],
  )
  const grant = { KeyId: closed, GranteePrincipal: plainArn, Operations }
  assert.equal(await outcome(foreign.createGrant(grant)), 'no resource-based policy allows')
  assert.equal(await outcome(foreign.listGrants({ KeyId: closed })), 'no resource-based policy allows')
})

test('grants end with their key', async () => {
  const r = await rig()
  const { id, arn } = await newKey(r.admin)
  const { id: other } = await newKey(r.admin)
  await user(r, 'alice')
  for (const KeyId of [id, other]) {
    await r.admin.createGrant({
      KeyId,
      GranteePrincipal: userArn('alice'),
      RetiringPrincipal: userArn('alice'),
      Operations: ['Encrypt'],
    })
  }
  const retirable = async () => {
    const administrator = r.as(r.administrators.get(here) ?? assert.fail()) // Made anew, it knows the time.
    const { Grants = [] } = await administrator.listRetirableGrants({ RetiringPrincipal: userArn('alice') })
    return Grants.map(({ KeyId }) => KeyId)
  }
  assert.equal((await retirable()).length, 2)
  await r.admin.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
  assert.equal((await retirable()).length, 2)
  r.clock.nowMs += 7 * 86_400_000
  assert.ok(
    !(await retirable()).includes(arn),
    'the key’s time is over, whether or not its remains are there',
  )
  await r.store.transact((tx) => {
    const key = tx.get(keys, scope, id)
    assert.ok(key)
    deleteGrantsOf(tx, key)
  })
  const kept = r.store.read.list(grants, scope).map(({ document }) => document.keyId)
  assert.deepEqual(kept, [other])
})
