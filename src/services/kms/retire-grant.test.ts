// Goal: a grant is retired by whom it names, by the accounts that stand behind it, and by nobody else.
// Method: rows of callers, each with a grant of its own, across accounts; how the grant may be named.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { KMS } from '@aws-sdk/client-kms'
import {
  allow,
  aws,
  deny,
  enablesIam,
  outcome,
  policy,
  role,
  roleArn,
  root,
  rootArn,
  user,
  userArn,
} from './access-rig.test.ts'
import { newKey, refusal, rig, there } from './rig.test.ts'

const noIdentity = 'no identity-based policy allows'
const noResource = 'no resource-based policy allows'
const retire = allow('kms:RetireGrant')

test('RetireGrant: who may', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  const Policy = policy(
    enablesIam,
    allow('kms:CreateGrant', aws(rootArn(there))),
    deny('kms:RetireGrant', { Principal: '*', Condition: { StringLike: { 'aws:PrincipalArn': '*denied' } } }),
    allow('kms:RetireGrant', {
      Principal: '*',
      Condition: { StringLike: { 'aws:PrincipalArn': '*keypolicy' } },
    }),
  )
  const { arn } = await newKey(r.admin, { Policy })
  const users = {
    retiring: await user(r, 'retiring'),
    plain: await user(r, 'plain'),
    allowed: await user(r, 'allowed', [retire]),
    keypolicy: await user(r, 'keypolicy'),
    denied: await user(r, 'denied'),
    forbidden: await user(r, 'forbidden', [deny('kms:RetireGrant')]),
  }
  const theirs = {
    retiring: await user(r, 'retiring', [], there),
    plain: await user(r, 'plain', [], there),
    allowed: await user(r, 'allowed', [retire], there),
  }
  type Terms = Partial<Parameters<KMS['createGrant']>[0]>
  const granting = (name: string, operation: 'RetireGrant' | 'DescribeKey'): Terms => ({
    GranteePrincipal: userArn(name),
    Operations: ['Encrypt', operation],
  })
  const retiring = (RetiringPrincipal: string): Terms => ({ RetiringPrincipal })
  const rows: readonly [name: string, issuer: KMS, Terms, caller: KMS, want: string][] = [
    ['the retiring principal', r.admin, retiring(userArn('retiring')), users.retiring, 'ok'],
    ['somebody else', r.admin, retiring(userArn('retiring')), users.plain, noIdentity],
    ['a retiring role', r.admin, retiring(roleArn('worker')), await role(r, 'worker', []), 'ok'],
    [
      'within its boundary',
      r.admin,
      retiring(roleArn('bounded')),
      await role(r, 'bounded', [], { boundary: [allow('kms:DescribeKey')] }),
      'no permissions boundary allows',
    ],
    ['the grantee, if granted', r.admin, granting('plain', 'RetireGrant'), users.plain, 'ok'],
    ['the grantee, if not', r.admin, granting('plain', 'DescribeKey'), users.plain, noIdentity],
    ['the account’s root user', r.admin, {}, root(r), 'ok'],
    ['an administrator of the account', r.admin, {}, r.admin, 'ok'],
    ['whom the account lets', r.admin, {}, users.allowed, 'ok'],
    ['not whom the key policy lets', r.admin, {}, users.keypolicy, noIdentity],
    [
      'nor whom it denies',
      r.admin,
      retiring(userArn('denied')),
      users.denied,
      'explicit deny in a resource-based policy',
    ],
    [
      'nor whom an identity policy denies',
      r.admin,
      retiring(userArn('forbidden')),
      users.forbidden,
      'explicit deny in an identity-based policy',
    ],
    ['a retiring principal elsewhere', r.admin, retiring(userArn('retiring', there)), theirs.retiring, 'ok'],
    ['a retiring account: its policies decide', r.admin, retiring(rootArn(there)), theirs.plain, noIdentity],
    ['and allow', r.admin, retiring(rootArn(there)), theirs.allowed, 'ok'],
    ['its root user', r.admin, retiring(rootArn(there)), root(r, there), 'ok'],
    ['an account that the grant does not name', r.admin, {}, theirs.allowed, noResource],
    ['nor its root user', r.admin, {}, root(r, there), noResource],
    ['the issuing account’s root user', foreign, {}, root(r, there), 'ok'],
    ['whom the issuing account lets', foreign, {}, theirs.allowed, 'ok'],
    ['whom it does not', foreign, {}, theirs.plain, noIdentity],
    ['whom the key’s account lets', foreign, {}, users.allowed, 'ok'],
    ['whom that does not', foreign, {}, users.plain, noIdentity],
    ['the issuer’s own retiring principal', foreign, retiring(userArn('retiring')), users.retiring, 'ok'],
  ]
  for (const [name, issuer, terms, caller, want] of rows) {
    const { GrantId, GrantToken } = await issuer.createGrant({
      KeyId: arn,
      GranteePrincipal: rootArn(),
      Operations: ['Encrypt'],
      ...terms,
    })
    assert.equal(await outcome(caller.retireGrant({ KeyId: arn, GrantId })), want, name)
    const gone = (await r.admin.listGrants({ KeyId: arn, GrantId })).Grants?.length === 0
    assert.equal(gone, want === 'ok', name)
    if (!gone) assert.equal(await outcome(caller.retireGrant({ GrantToken })), want, `${name}, by token`)
  }
  assert.equal(rows.length, 24)
})

test('RetireGrant: without the root statement, the grant and the accounts decide all the same', async () => {
  const r = await rig()
  const boss = await user(r, 'boss', [allow('kms:CreateKey')])
  const Policy = policy(allow('kms:*', aws(userArn('boss'))))
  const { arn } = await newKey(boss, { Policy })
  const retiring = await user(r, 'retiring')
  const { GrantId } = await boss.createGrant({
    KeyId: arn,
    GranteePrincipal: rootArn(),
    RetiringPrincipal: userArn('retiring'),
    Operations: ['Encrypt'],
  })
  assert.equal(await outcome(r.admin.revokeGrant({ KeyId: arn, GrantId })), noResource)
  assert.equal(await outcome(retiring.retireGrant({ KeyId: arn, GrantId })), 'ok')
})

test('RetireGrant, RevokeGrant: how a grant is named', async () => {
  const r = await rig()
  const { id, arn } = await newKey(r.admin)
  const { id: other } = await newKey(r.admin)
  const terms = { GranteePrincipal: rootArn(), Operations: ['Encrypt' as const] }
  const { GrantId, GrantToken = '' } = await r.admin.createGrant({ KeyId: id, ...terms })
  const changed = `${GrantToken.startsWith('A') ? 'B' : 'A'}${GrantToken.slice(1)}`
  const never = '0'.repeat(64)
  const stranger = await user(r, 'stranger')
  const rows: readonly [name: string, call: () => Promise<unknown>, want: RegExp][] = [
    ['nothing', () => r.admin.retireGrant({}), /^ValidationException: Specify/],
    ['a key alone', () => r.admin.retireGrant({ KeyId: arn }), /^ValidationException: Specify/],
    ['a grant alone', () => r.admin.retireGrant({ GrantId }), /^ValidationException: Specify/],
    ['a changed token', () => r.admin.retireGrant({ GrantToken: changed }), /^InvalidGrantTokenException/],
    ['no id', () => r.admin.retireGrant({ KeyId: arn, GrantId: 'x' }), /^InvalidGrantIdException/],
    ['another key', () => r.admin.retireGrant({ KeyId: other, GrantId }), /^NotFoundException: Grant ID/],
    [
      'no such grant',
      () => r.admin.retireGrant({ KeyId: arn, GrantId: never }),
      /^NotFoundException: Grant ID/,
    ],
    [
      'no such grant, for one who may not',
      () => stranger.retireGrant({ KeyId: arn, GrantId: never }),
      /^AccessDenied/,
    ],
    // Whether there is such a key, one who may not learns neither by this.
    [
      'no id, for one who may not',
      () => stranger.retireGrant({ KeyId: arn, GrantId: 'x' }),
      /^InvalidGrantIdException/,
    ],
    [
      'no id and no key, for one who may not',
      () => stranger.retireGrant({ KeyId: arn.replace(id, randomUUID()), GrantId: 'x' }),
      /^InvalidGrantIdException/,
    ],
    [
      'a dry run',
      () => r.admin.retireGrant({ KeyId: arn, GrantId, DryRun: true }),
      /^DryRunOperationException/,
    ],
    [
      'revoked: a dry run',
      () => r.admin.revokeGrant({ KeyId: arn, GrantId, DryRun: true }),
      /^DryRunOperation/,
    ],
    [
      'revoked: another key',
      () => r.admin.revokeGrant({ KeyId: other, GrantId }),
      /^NotFoundException: Grant ID/,
    ],
    ['revoked: no id', () => r.admin.revokeGrant({ KeyId: arn, GrantId: 'x' }), /^InvalidGrantIdException/],
    ['revoked by one who may not', () => stranger.revokeGrant({ KeyId: arn, GrantId }), /^AccessDenied/],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call()), want, name)
  assert.equal(rows.length, 15)

  const west = r.as(r.administrators.get(there) ?? assert.fail(), 'us-west-2')
  assert.match(await refusal(west.retireGrant({ GrantToken })), /^NotFoundException/)
  // All tokens of a grant name it, and a grant that is gone is told apart from a token that is none.
  assert.equal(await refusal(r.admin.retireGrant({ GrantToken })), 'no refusal')
  assert.match(await refusal(r.admin.retireGrant({ GrantToken })), /^NotFoundException: Grant ID/)
})
