// Goal: a key is used by whom its policy lets, and through it by whom IAM lets; nobody else, whatever else is allowed.
// Method: rows of key policy and identity policy against a use, the whole way of a call; the reason of each denial in the row.
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
  role,
  roleArn,
  root,
  rootArn,
  user,
  userArn,
} from './access-rig.test.ts'
import { here, newKey, refusal, type Rig, rig, type Statement, there } from './rig.test.ts'

const Plaintext = Buffer.from('attack at dawn')
const noIdentity = 'no identity-based policy allows'
const noResource = 'no resource-based policy allows'
const byResource = 'explicit deny in a resource-based policy'
const byIdentity = 'explicit deny in an identity-based policy'
const encrypts = allow('kms:Encrypt')
const everybody = { Principal: '*' } as const

/** A key with this policy, whether or not its maker may change it again. */
async function keyWith({ admin }: Rig, statements: readonly Statement[]): Promise<string> {
  const { arn } = await newKey(admin, {
    Policy: policy(...statements),
    BypassPolicyLockoutSafetyCheck: true,
  })
  return arn
}

test('key policies and identity policies, within an account', async () => {
  const r = await rig()
  const none = await user(r, 'none')
  const allowed = await user(r, 'allowed', [encrypts])
  const denied = await user(r, 'denied', [encrypts, deny('kms:*')])
  const only = await user(r, 'only', [allow('kms:Encrypt', { Resource: `arn:aws:kms:*:${here}:key/x` })])
  const named = aws(userArn('none'), userArn('allowed'), userArn('denied'), userArn('admin'))
  const rows: readonly [name: string, KMS, keyPolicy: readonly Statement[], want: string][] = [
    ['the default policy leaves it to IAM, which allows', allowed, [enablesIam], 'ok'],
    ['or not', none, [enablesIam], noIdentity],
    ['or denies', denied, [enablesIam], byIdentity],
    ['or allows for another key', only, [enablesIam], noIdentity],
    ['the administrator by IAM', r.admin, [enablesIam], 'ok'],
    ['the root user', root(r), [enablesIam], 'ok'],
    ['a root statement for other operations', allowed, [allow('kms:Describe*', aws(rootArn()))], noResource],
    ['the account by its number', allowed, [allow('kms:*', aws(here))], 'ok'],
    [
      'without the root statement IAM does not count',
      allowed,
      [allow('kms:*', aws(userArn('none')))],
      noResource,
    ],
    ['not even an administrator’s', r.admin, [allow('kms:*', aws(userArn('none')))], noResource],
    ['nor the root user', root(r), [allow('kms:*', aws(userArn('none')))], noResource],
    ['a user who is named needs no identity policy', none, [allow('kms:Encrypt', named)], 'ok'],
    ['but what is named counts', none, [allow('kms:Decrypt', named)], noResource],
    ['an identity policy denies all the same', denied, [allow('kms:*', named)], byIdentity],
    ['everybody, of any account', none, [allow('kms:*', everybody)], 'ok'],
    [
      'a condition that is met',
      none,
      [allow('kms:*', { ...everybody, Condition: { StringEquals: { 'kms:CallerAccount': here } } })],
      'ok',
    ],
    [
      'and one that is not',
      none,
      [allow('kms:*', { ...everybody, Condition: { StringEquals: { 'kms:CallerAccount': there } } })],
      noResource,
    ],
    ['the key policy denies a named user', allowed, [enablesIam, deny('kms:Encrypt', named)], byResource],
    ['the administrator', r.admin, [enablesIam, deny('kms:*', named)], byResource],
    ['and root', root(r), [enablesIam, deny('kms:*', aws(rootArn()))], byResource],
    ['NotPrincipal denies all others', allowed, [enablesIam, notFor(userArn('none'))], byResource],
  ]
  for (const [name, caller, statements, want] of rows) {
    const KeyId = await keyWith(r, statements)
    assert.equal(await outcome(caller.encrypt({ KeyId, Plaintext })), want, name)
  }
  assert.equal(rows.length, 21)
})

function notFor(arn: string): Statement {
  const { Principal: _, ...rest } = deny('kms:Encrypt')
  return { ...rest, NotPrincipal: { AWS: [arn, rootArn()] } } as Statement // Written as a policy may be.
}

test('roles: what limits a session against key policies', async () => {
  const r = await rig()
  const describing = [allow('kms:DescribeKey')]
  const encrypting = [encrypts]
  const limits = {
    free: {},
    bounded: { boundary: describing },
    narrowed: { session: describing },
    within: { boundary: encrypting, session: encrypting },
    forbidden: { session: [encrypts, deny('kms:Encrypt')] },
    unbound: { boundary: [allow('kms:*'), deny('kms:Encrypt')] },
  }
  type Name = keyof typeof limits
  const sessions = new Map<string, KMS>()
  for (const [name, limit] of Object.entries(limits)) {
    sessions.set(name, await role(r, name, [], limit))
    sessions.set(`${name}-iam`, await role(r, `${name}-iam`, [encrypts], limit))
  }
  const toRole = (name: string) => [allow('kms:*', aws(roleArn(name)))]
  const toSession = (name: string) => [allow('kms:*', aws(`arn:aws:sts::${here}:assumed-role/${name}/test`))]
  const byIam = () => [enablesIam]
  const rows: readonly [Name | `${Name}-iam`, (name: string) => readonly Statement[], want: string][] = [
    ['free', byIam, noIdentity],
    ['free-iam', byIam, 'ok'],
    ['bounded-iam', byIam, 'no permissions boundary allows'],
    ['narrowed-iam', byIam, 'no session policy allows'],
    ['within-iam', byIam, 'ok'],
    ['within', byIam, noIdentity],
    ['free', toRole, 'ok'],
    ['bounded', toRole, 'no permissions boundary allows'],
    ['narrowed', toRole, 'no session policy allows'],
    ['within', toRole, 'ok'],
    ['free', toSession, 'ok'],
    // "Implicit denies do not limit" what a resource policy gives to the session itself; explicit ones do.
    ['bounded', toSession, 'ok'],
    ['narrowed', toSession, 'ok'],
    ['forbidden', toSession, 'explicit deny in a session policy'],
    ['unbound', toSession, 'explicit deny in a permissions boundary'],
    ['forbidden', toRole, 'explicit deny in a session policy'],
  ]
  for (const [name, keyPolicy, want] of rows) {
    const KeyId = await keyWith(r, keyPolicy(name))
    const use = sessions.get(name)?.encrypt({ KeyId, Plaintext }) ?? Promise.reject()
    assert.equal(await outcome(use), want, `${name} ${keyPolicy.name}`)
  }
  assert.equal(rows.length, 16)
})

test('the lockout check: a policy must let its author change it again, unless that is bypassed', async () => {
  const r = await rig()
  const creator = await user(r, 'creator', [allow(['kms:CreateKey', 'kms:TagResource'])])
  const ofAccount = (account: string) => ({
    ...everybody,
    Condition: { StringEquals: { 'kms:CallerAccount': account } },
  })
  const tagged = { ...everybody, Condition: { StringEquals: { 'aws:ResourceTag/stage': 'live' } } }
  const rows: readonly [name: string, author: KMS, keyPolicy: readonly Statement[], passes: boolean][] = [
    ['the root statement, for an administrator', r.admin, [enablesIam], true],
    ['the root statement, for one whom IAM does not let', creator, [enablesIam], false],
    ['the author by name', creator, [allow('kms:PutKeyPolicy', aws(userArn('creator')))], true],
    ['somebody else', r.admin, [allow('kms:*', aws(userArn('creator')))], false],
    ['the author, for something else', creator, [allow('kms:Encrypt', aws(userArn('creator')))], false],
    ['a denial', r.admin, [enablesIam, deny('kms:PutKeyPolicy', everybody)], false],
    [
      'the author, on another key',
      creator,
      [allow('kms:*', { ...aws(userArn('creator')), Resource: `arn:aws:kms:us-east-1:${here}:key/x` })],
      false,
    ],
    ['everybody who calls from this account', r.admin, [allow('kms:*', ofAccount(here))], true],
    ['everybody who calls from another one', r.admin, [allow('kms:*', ofAccount(there))], false],
    [
      'a denial of whoever calls from this account',
      r.admin,
      [enablesIam, deny('kms:*', ofAccount(here))],
      false,
    ],
    ['a denial for a tag that the key has', r.admin, [enablesIam, deny('kms:PutKeyPolicy', tagged)], false],
  ]
  const Tags = [{ TagKey: 'stage', TagValue: 'live' }]
  const locked = /^MalformedPolicyDocumentException: The new key policy will not allow you/
  for (const [name, author, statements, passes] of rows) {
    const Policy = policy(...statements)
    const want = passes ? /^no refusal/ : locked
    assert.match(await refusal(author.createKey({ Policy, Tags })), want, name)
    const bypassed = author.createKey({ Policy, BypassPolicyLockoutSafetyCheck: true })
    assert.equal(await refusal(bypassed), 'no refusal', name)

    const key = await keyWith(r, [enablesIam, allow('kms:PutKeyPolicy', aws(userArn('creator')))])
    await r.admin.tagResource({ KeyId: key, Tags })
    assert.match(await refusal(author.putKeyPolicy({ KeyId: key, Policy })), want, name)
    const put = author.putKeyPolicy({ KeyId: key, Policy, BypassPolicyLockoutSafetyCheck: true })
    assert.equal(await refusal(put), 'no refusal', name)
  }
  assert.equal(rows.length, 11)
})

test('key policies name who is meant: a namesake is not, and nobody can be named who is not there', async () => {
  const r = await rig()
  await user(r, 'alice')
  const KeyId = await keyWith(r, [enablesIam, allow('kms:Encrypt', aws(userArn('alice')))])
  const { AccessKeyMetadata = [] } = await r.iam.listAccessKeys({ UserName: 'alice' })
  for (const { AccessKeyId } of AccessKeyMetadata)
    await r.iam.deleteAccessKey({ UserName: 'alice', AccessKeyId })
  await r.iam.deleteUser({ UserName: 'alice' })
  const again = await user(r, 'alice')
  assert.equal(await outcome(again.encrypt({ KeyId, Plaintext })), noIdentity)
  const { Policy = '' } = await r.admin.getKeyPolicy({ KeyId })
  assert.match(Policy, /"AIDA[A-Z0-9]+"/)
  assert.ok(!Policy.includes(userArn('alice')))

  const nobody = policy(enablesIam, allow('kms:Encrypt', aws(userArn('nobody'))))
  assert.match(
    await refusal(r.admin.putKeyPolicy({ KeyId, Policy: nobody })),
    /^MalformedPolicyDocumentException: .*invalid principals/,
  )
})

test('access takes effect, and ends, with the next call', async () => {
  const r = await rig()
  const alice = await user(r, 'alice')
  const KeyId = await keyWith(r, [enablesIam])
  const use = () => outcome(alice.encrypt({ KeyId, Plaintext }))
  const put = (...more: readonly Statement[]) =>
    r.admin.putKeyPolicy({ KeyId, Policy: policy(enablesIam, ...more) })
  assert.equal(await use(), noIdentity)
  await put(allow('kms:Encrypt', aws(userArn('alice'))))
  assert.equal(await use(), 'ok')
  await put(allow('kms:Encrypt', aws(userArn('alice'))), deny('kms:Encrypt', aws(userArn('alice'))))
  assert.equal(await use(), byResource)
  await put()
  assert.equal(await use(), noIdentity)
  const document = { UserName: 'alice', PolicyName: 'only' }
  await r.iam.putUserPolicy({ ...document, PolicyDocument: policy(encrypts) })
  assert.equal(await use(), 'ok')
  await r.iam.deleteUserPolicy(document)
  assert.equal(await use(), noIdentity)
  await r.admin.disableKey({ KeyId })
  assert.equal(await use(), noIdentity, 'who may not is not told of the key’s state')
  assert.equal(await outcome(r.admin.encrypt({ KeyId, Plaintext })), 'DisabledException')
})

test('nobody learns what exists without leave', async () => {
  const r = await rig()
  const none = await user(r, 'none')
  const { id, arn } = await newKey(r.admin)
  await r.admin.createAlias({ AliasName: 'alias/known', TargetKeyId: id })
  const unknown = '00000000-0000-4000-8000-000000000000'
  const rows: readonly [there: string, gone: string][] = [
    [id, unknown],
    [arn, arn.replace(id, unknown)],
    ['alias/known', 'alias/unknown'],
    [arn.replace(`key/${id}`, 'alias/known'), arn.replace(`key/${id}`, 'alias/unknown')],
  ]
  for (const [existing, missing] of rows) {
    const told = async (KeyId: string) => {
      const answer = await refusal(none.describeKey({ KeyId }))
      // An alias that exists is told by its key, which the caller cannot have known; all else is alike.
      return answer.replaceAll(/key\/[0-9a-f-]{36}|alias\/\w+/g, 'that')
    }
    assert.match(await told(existing), /^AccessDeniedException/)
    assert.equal(await told(existing), await told(missing), existing)
    assert.match(await refusal(r.admin.describeKey({ KeyId: missing })), /^NotFoundException/)
  }
  assert.equal(rows.length, 4)
})
