// Goal: a caller carries exactly the policies that are its own now, and what is gone never widens what it may.
// Method: keys call GetUser on others through the whole way of a call; for sessions, which IAM hardly talks to, the policy
// engine is asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import { principalOf } from '#core/access/principal.ts'
import type { Arn } from '#core/arn.ts'
import type { SessionStatement } from '#core/caller.ts'
import type { StoredPolicy } from '#core/identities.ts'
import type { Collection } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { compile, decide } from '#engines/policy/index.ts'
import {
  type Group,
  groups,
  idOf,
  type ManagedPolicy,
  policies,
  type Role,
  roles,
  type User,
  users,
} from './documents.ts'
import { identities } from './identities.ts'
import { account, foundedAtMs, refusal, rig, type Rig } from './rig.test.ts'

const scope = globalScope(account)
const administrators = 'arn:aws:iam::aws:policy/AdministratorAccess' as Arn // An ARN.
const policyArn = (name: string) => `arn:aws:iam::${account}:policy/${name}` as Arn // An ARN by construction.
const gone = policyArn('gone')

const allow = (Action: string, Resource = '*') => policy('Allow', Action, Resource)
const deny = (Action: string, Resource = '*') => policy('Deny', Action, Resource)
function policy(Effect: 'Allow' | 'Deny', Action: string, Resource: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource }] })
}

/** Changes a stored document as other operations will. */
async function change<D extends User | Group | Role>(
  { store }: Rig,
  collection: Collection<D>,
  name: string,
  more: Partial<D>,
) {
  await store.transact((tx) => {
    const found = tx.get(collection, scope, idOf(name))
    assert.ok(found)
    tx.put(collection, scope, idOf(name), { ...found, ...more })
  })
}

async function putPolicy({ store }: Rig, name: string, ...texts: readonly string[]): Promise<Arn> {
  const arn = policyArn(name)
  const document: ManagedPolicy = {
    arn,
    path: '/',
    policyName: name,
    policyId: 'ANPA',
    createdAtMs: 0,
    updatedAtMs: 0,
    tags: {},
    defaultVersionId: `v${texts.length}`,
    nextVersion: texts.length + 1,
    versions: texts.map((text, n) => ({ versionId: `v${n + 1}`, createdAtMs: 0, text })),
  }
  await store.transact((tx) => tx.put(policies, scope, idOf(name), document))
  return arn
}

/** What became of GetUser on the administrator: `allowed`, or the reason of the denial. */
async function outcome(iam: IAM, UserName = 'admin'): Promise<string> {
  const said = await refusal(iam.getUser({ UserName }))
  return said === 'no refusal' ? 'allowed' : said.replace(/^AccessDenied: .* (because no|with an)/, '$1')
}

const silent = (kind: string) => `because no ${kind} allows the iam:GetUser action`
const explicit = (kind: string) => `with an explicit deny in ${kind}`

const rows: readonly [sentence: string, arrange: (cloud: Rig) => Promise<unknown>, want: string][] = [
  ['nothing attached', async () => {}, silent('identity-based policy')],
  ['inline', (cloud) => change(cloud, users, 'bob', { inline: { p: allow('iam:GetUser') } }), 'allowed'],
  ['attached, AWS’s', (cloud) => change(cloud, users, 'bob', { attached: [administrators] }), 'allowed'],
  [
    'attached, a customer’s: the default version counts',
    async (cloud) =>
      change(cloud, users, 'bob', { attached: [await putPolicy(cloud, 'p', deny('*'), allow('iam:*'))] }),
    'allowed',
  ],
  [
    'a group’s inline policy',
    async (cloud) => change(cloud, groups, 'staff', { inline: { p: allow('iam:GetUser') } }),
    'allowed',
  ],
  [
    'a group’s attached policy',
    async (cloud) => change(cloud, groups, 'staff', { attached: [administrators] }),
    'allowed',
  ],
  [
    'a group’s deny',
    async (cloud) => {
      await change(cloud, users, 'bob', { attached: [administrators] })
      await change(cloud, groups, 'staff', { inline: { p: deny('iam:GetUser') } })
    },
    explicit('an identity-based policy'),
  ],
  [
    'an attached policy that is gone might have denied',
    (cloud) => change(cloud, users, 'bob', { attached: [administrators, gone] }),
    explicit('an identity-based policy'),
  ],
  [
    'the same name under another path is another policy',
    async (cloud) => {
      await putPolicy(cloud, 'p', allow('*'))
      await change(cloud, users, 'bob', { attached: [policyArn('path/p')] })
    },
    explicit('an identity-based policy'),
  ],
  [
    'a boundary that allows',
    async (cloud) =>
      change(cloud, users, 'bob', {
        attached: [administrators],
        boundary: await putPolicy(cloud, 'b', allow('iam:GetUser')),
      }),
    'allowed',
  ],
  [
    'a boundary that is silent',
    async (cloud) =>
      change(cloud, users, 'bob', {
        attached: [administrators],
        boundary: await putPolicy(cloud, 'b', allow('s3:*')),
      }),
    silent('permissions boundary'),
  ],
  [
    'a boundary that is gone',
    (cloud) => change(cloud, users, 'bob', { attached: [administrators], boundary: gone }),
    explicit('a permissions boundary'),
  ],
]

let ran = 0
for (const [sentence, arrange, want] of rows) {
  test(`identities: a user: ${sentence}`, async () => {
    const cloud = await rig()
    await cloud.admin.createGroup({ GroupName: 'staff' })
    const bob = await cloud.user('bob')
    await cloud.admin.addUserToGroup({ UserName: 'bob', GroupName: 'staff' })
    await arrange(cloud)
    assert.equal(await outcome(bob), want)
    ran += 1
  })
}
test('identities: every row ran', () => assert.equal(ran, 12))

test('identities: a change takes effect with the next call', async () => {
  const cloud = await rig()
  const bob = await cloud.user('bob')
  await cloud.admin.createGroup({ GroupName: 'staff' })
  await change(cloud, groups, 'staff', { attached: [administrators] })
  const seen: string[] = []
  const look = async () => void seen.push(await outcome(bob))
  await look()
  await cloud.admin.addUserToGroup({ UserName: 'bob', GroupName: 'staff' })
  await look()
  await cloud.admin.updateGroup({ GroupName: 'staff', NewGroupName: 'crew' })
  await look()
  await cloud.admin.removeUserFromGroup({ UserName: 'bob', GroupName: 'crew' })
  await look()
  const no = silent('identity-based policy')
  assert.deepEqual(seen, [no, 'allowed', 'allowed', no])
})

/** A session's statement of `kind`, an hour long. */
function statement(
  more: Partial<SessionStatement> & Pick<SessionStatement, 'kind' | 'uniqueId'>,
): SessionStatement {
  return { account, name: 'bob', issuedAtMs: foundedAtMs, expiresAtMs: foundedAtMs + 3_600_000, ...more }
}

function session({ as, sessions }: Rig, given: SessionStatement): IAM {
  return as(sessions.mint(account, given))
}

const role: Role = {
  arn: `arn:aws:iam::${account}:role/p/Ops` as Arn, // An ARN.
  path: '/p/',
  roleName: 'Ops',
  roleId: 'AROAOPS',
  createdAtMs: 0,
  maxSessionSeconds: 3600,
  tags: { team: 'a', kept: 'b' },
  trustPolicy: '{}',
  attached: [administrators],
  inline: {},
}

const guest = { kind: 'federated-user', sessionName: 'guest' } as const
const sessionRows: readonly [sentence: string, given: (userId: string) => SessionStatement, want: string][] =
  [
    ['a role may what its policies allow', () => assumed({}), 'Allow: identity'],
    ['a session policy narrows', () => assumed({ policies: [allow('s3:*')] }), 'Deny: no session'],
    [
      'one of two session policies is enough',
      () => assumed({ policies: [allow('s3:*'), allow('iam:*')] }),
      'Allow: identity',
    ],
    ['a managed session policy counts', () => assumed({ policyArns: [administrators] }), 'Allow: identity'],
    ['one that is gone denies', () => assumed({ policyArns: [administrators, gone] }), 'Deny: session'],
    [
      'a user’s session may what the user may',
      (id) => statement({ kind: 'session', uniqueId: id }),
      'Allow: identity',
    ],
    [
      'a federated session without a policy may nothing',
      (id) => statement({ ...guest, uniqueId: id }),
      'Deny: no session',
    ],
    [
      'a federated session may what user and policy allow',
      (id) => statement({ ...guest, uniqueId: id, policies: [allow('iam:Get*')] }),
      'Allow: identity',
    ],
    ['root’s session is root', () => statement({ kind: 'session', uniqueId: account }), 'Allow: root'],
    [
      'root’s federated session may what its policy allows',
      () => statement({ ...guest, uniqueId: account, policies: [allow('iam:*')] }),
      'Allow: root',
    ],
    [
      'and no more',
      () => statement({ ...guest, uniqueId: account, policies: [allow('s3:*')] }),
      'Deny: no session',
    ],
    ['a role made anew is another role', () => assumed({ uniqueId: 'AROAOLD' }), 'nobody'],
    ['a user made anew is another user', () => statement({ kind: 'session', uniqueId: 'AIDAOLD' }), 'nobody'],
  ]

function assumed(more: Partial<SessionStatement>): SessionStatement {
  return statement({ kind: 'assumed-role', name: 'Ops', uniqueId: role.roleId, sessionName: 's', ...more })
}

/** What the policy engine says of iam:GetUser for whoever is behind a session. */
function sessionVerdict({ store }: Rig, given: SessionStatement): string {
  const caller = identities.sessionOwner(store.read, 'ASIA', given)
  if (!caller) return 'nobody'
  const { identity, session } = identities.policiesOf(store.read, caller)
  const request = {
    principal: principalOf(caller),
    action: 'iam:GetUser',
    resource: `arn:aws:iam::${account}:user/admin`,
    resourceAccount: account,
    context: new Map<string, string>(),
  }
  const { decision, because } = decide(request, { identity: set(identity), session: session && set(session) })
  if (because.kind === 'root') return `${decision}: root`
  return `${decision}: ${because.kind === 'implicit' ? 'no ' : ''}${because.layer}`
}

function set(stored: readonly StoredPolicy[]) {
  const library = new PolicyLibrary()
  return compile(stored.map(({ name, text }) => ({ name, policy: library.parse(text, 'identity') })))
}

test('identities: sessions', async (t) => {
  const cloud = await rig()
  await cloud.store.transact((tx) => tx.put(roles, scope, 'ops', role))
  await cloud.user('bob')
  await change(cloud, users, 'bob', { attached: [administrators] })
  const userId = cloud.store.read.get(users, scope, 'bob')?.userId ?? ''
  for (const [sentence, given, want] of sessionRows) {
    await t.test(sentence, () => assert.equal(sessionVerdict(cloud, given(userId)), want))
  }
  assert.equal(sessionRows.length, 13)
})

test('identities: callers are described as AWS does', async () => {
  const cloud = await rig('aws-cn')
  await cloud.store.transact((tx) =>
    tx.put(roles, scope, 'ops', { ...role, arn: role.arn.replace('aws', 'aws-cn') as Arn }),
  ) // Still one.
  const userId = cloud.store.read.get(users, scope, 'admin')?.userId ?? ''
  const owner = (given: SessionStatement) => identities.sessionOwner(cloud.store.read, 'ASIA', given)
  const ofRole = owner(assumed({ tags: { TEAM: 'c', new: 'd' } }))
  assert.deepEqual(ofRole && 'tags' in ofRole && [ofRole.arn, ofRole.userId, ofRole.tags], [
    `arn:aws-cn:sts::${account}:assumed-role/Ops/s`,
    'AROAOPS:s',
    { kept: 'b', TEAM: 'c', new: 'd' },
  ])
  const federated = owner(statement({ kind: 'federated-user', uniqueId: userId, sessionName: 'guest' }))
  assert.deepEqual(federated && [federated.arn, federated.userId], [
    `arn:aws-cn:sts::${account}:federated-user/guest`,
    `${account}:guest`,
  ])
  const root = owner(statement({ kind: 'session', uniqueId: account }))
  assert.deepEqual(root && [root.kind, root.arn, root.userId], [
    'root',
    `arn:aws-cn:iam::${account}:root`,
    account,
  ])
})

test('identities: a caller that was replaced meanwhile carries nothing', async () => {
  const cloud = await rig()
  const { read } = cloud.store
  await cloud.store.transact((tx) => tx.put(roles, scope, 'ops', role))
  const userId = read.get(users, scope, 'admin')?.userId ?? ''
  const ofRole = identities.sessionOwner(read, 'ASIA', assumed({}))
  const ofUser = identities.sessionOwner(read, 'ASIA', statement({ kind: 'session', uniqueId: userId }))
  const federated = identities.sessionOwner(
    read,
    'ASIA',
    statement({ kind: 'federated-user', uniqueId: userId, sessionName: 'g' }),
  )
  assert.ok(ofRole && ofUser && federated)
  assert.equal(identities.policiesOf(read, ofRole).identity.length, 1)
  assert.equal(identities.policiesOf(read, ofUser).identity.length, 1)
  assert.deepEqual(identities.policiesOf(read, federated).session, []) // Not absent: absent would not limit.
  await cloud.store.transact((tx) => tx.put(roles, scope, 'ops', { ...role, roleId: 'AROANEW' }))
  await change(cloud, users, 'admin', { userId: 'AIDANEW' })
  for (const caller of [ofRole, ofUser, federated])
    assert.deepEqual(identities.policiesOf(read, caller).identity, [])
})

test('identities: a user of another account does not lend its id', async () => {
  const cloud = await rig()
  const userId = cloud.store.read.get(users, scope, 'admin')?.userId ?? ''
  const elsewhere = statement({ kind: 'session', uniqueId: userId, account: '210987654321' })
  assert.equal(identities.sessionOwner(cloud.store.read, 'ASIA', elsewhere), undefined)
})

test('identities: a session outlives its user’s name, not its user', async () => {
  const cloud = await rig()
  await cloud.admin.createUser({ UserName: 'bob' })
  await change(cloud, users, 'bob', { inline: { p: allow('iam:GetUser') } })
  const uniqueId = cloud.store.read.get(users, scope, 'bob')?.userId ?? ''
  const mfaAuthenticatedAtMs = foundedAtMs // Without, IAM would not talk to a session.
  const bob = session(cloud, statement({ kind: 'session', uniqueId, mfaAuthenticatedAtMs }))
  await cloud.admin.updateUser({ UserName: 'bob', NewUserName: 'rob' })
  assert.equal(await outcome(bob, 'rob'), 'allowed')
  await change(cloud, users, 'rob', { inline: {} })
  await cloud.admin.deleteUser({ UserName: 'rob' })
  await cloud.admin.createUser({ UserName: 'rob' })
  assert.match(await outcome(bob, 'rob'), /^InvalidClientTokenId/)
})
