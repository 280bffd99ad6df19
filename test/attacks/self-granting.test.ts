// Goal: who may manage permissions and is kept within a boundary gets beyond it in no way that IAM has; and what was had by a session, a key, a
// group or a policy is lost with it, at the next call. Method: AWS's own clients, IAM and STS in process; each way is a row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import type { AccountId } from '#core/arn.ts'
import { assumableRoles } from '#services/iam/assumable-roles.ts'
import { identities } from '#services/iam/identities.ts'
import { iamService } from '#services/iam/service.ts'
import { createStsService } from '#services/sts/service.ts'
import { found, newUser } from '../founded.ts'
import { type Credentials, inProcess, layGround, refusal } from '../in-process.ts'

const account = '111122223333' as AccountId // Twelve digits.
const startMs = Date.UTC(2026, 0, 2, 3)
const arnOf = (resource: string) => `arn:aws:iam::${account}:${resource}`
const document = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement })
const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
const all = document(everything)
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'

/** What the boundary keeps from the user: it may manage IAM, but no alias, no boundary, and no role. */
const kept = [
  'iam:CreateAccountAlias',
  'iam:DeleteUserPermissionsBoundary',
  'iam:PutUserPermissionsBoundary',
  'iam:CreateRole',
  'iam:UpdateAssumeRolePolicy',
]
const limits = document([
  { Effect: 'Allow', Action: ['iam:*', 'sts:*'], Resource: '*' },
  { Effect: 'Deny', Action: kept, Resource: '*' },
  // The boundary's own policy, and who is without a boundary.
  { Effect: 'Deny', Action: 'iam:*', Resource: arnOf('policy/limits') },
  {
    Effect: 'Deny',
    Action: ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile'],
    Resource: '*',
    Condition: { StringNotEquals: { 'iam:PermissionsBoundary': arnOf('policy/limits') } },
  },
])

async function rig() {
  const ground = layGround(startMs)
  const { configuration } = inProcess(ground, {
    services: [
      iamService,
      createStsService({ sessions: ground.sessions, roles: assumableRoles, identities }),
    ],
    identities,
  })
  const [administratorKey] = await found(ground, [account])
  const admin = new IAM(configuration(administratorKey))
  return {
    ...{ admin, clock: ground.clock },
    iam: (credentials: Credentials) => new IAM(configuration(credentials)),
    sts: (credentials: Credentials) => new STS(configuration(credentials)),
    user: (name: string, ...statements: readonly object[]) => newUser(admin, name, statements),
  }
}

const mine = { UserName: 'mallory' }

/** Ways in which a user gives himself everything, each from where the administrator left him. */
const ways: readonly (readonly [string, (iam: IAM) => Promise<unknown>])[] = [
  ['PutUserPolicy', (iam) => iam.putUserPolicy({ ...mine, PolicyName: 'a', PolicyDocument: all })],
  ['AttachUserPolicy', (iam) => iam.attachUserPolicy({ ...mine, PolicyArn: administrator })],
  ['AddUserToGroup', (iam) => iam.addUserToGroup({ ...mine, GroupName: 'admins' })],
  ['PutGroupPolicy', (iam) => iam.putGroupPolicy({ GroupName: 'own', PolicyName: 'a', PolicyDocument: all })],
  ['AttachGroupPolicy', (iam) => iam.attachGroupPolicy({ GroupName: 'own', PolicyArn: administrator })],
  [
    'CreatePolicyVersion',
    (iam) =>
      iam.createPolicyVersion({ PolicyArn: arnOf('policy/own'), PolicyDocument: all, SetAsDefault: true }),
  ],
  [
    'SetDefaultPolicyVersion',
    (iam) => iam.setDefaultPolicyVersion({ PolicyArn: arnOf('policy/own'), VersionId: 'v2' }),
  ],
  ['DeleteUserPolicy', (iam) => iam.deleteUserPolicy({ ...mine, PolicyName: 'less' })],
  ['TagUser', (iam) => iam.tagUser({ ...mine, Tags: [{ Key: 'team', Value: 'admins' }] })],
]

/** Ways out of a boundary that it must, and can, keep shut. */
const waysOut: readonly (readonly [string, (iam: IAM) => Promise<unknown>])[] = [
  ['taking the boundary away', (iam) => iam.deleteUserPermissionsBoundary(mine)],
  [
    'another boundary',
    (iam) => iam.putUserPermissionsBoundary({ ...mine, PermissionsBoundary: administrator }),
  ],
  [
    'a new version of the boundary',
    (iam) =>
      iam.createPolicyVersion({ PolicyArn: arnOf('policy/limits'), PolicyDocument: all, SetAsDefault: true }),
  ],
  [
    'an earlier version of the boundary',
    (iam) => iam.setDefaultPolicyVersion({ PolicyArn: arnOf('policy/limits'), VersionId: 'v1' }),
  ],
  ['a key of who has none', (iam) => iam.createAccessKey({ UserName: 'admin' })],
  ['a key of who has none, asked in capitals', (iam) => iam.createAccessKey({ UserName: 'ADMIN' })],
  [
    'a password of who has none',
    (iam) => iam.createLoginProfile({ UserName: 'admin', Password: 'Correct-horse-1' }),
  ],
  ['a user without one', (iam) => iam.createUser({ UserName: 'second' })],
  [
    'a user with another one',
    (iam) => iam.createUser({ UserName: 'second', PermissionsBoundary: administrator }),
  ],
  ['a role', (iam) => iam.createRole({ RoleName: 'second', AssumeRolePolicyDocument: all })],
  [
    'a role that trusts him',
    (iam) =>
      iam.updateAssumeRolePolicy({
        RoleName: 'strong',
        PolicyDocument: document({
          Effect: 'Allow',
          Principal: { AWS: arnOf('user/mallory') },
          Action: 'sts:AssumeRole',
        }),
      }),
  ],
]

async function bounded() {
  const { admin, user, iam, ...made } = await rig()
  const trust = document({
    Effect: 'Allow',
    Principal: { AWS: arnOf('user/admin') },
    Action: 'sts:AssumeRole',
  })
  await admin.createRole({ RoleName: 'strong', AssumeRolePolicyDocument: trust })
  await admin.attachRolePolicy({ RoleName: 'strong', PolicyArn: administrator })
  await admin.createPolicy({ PolicyName: 'limits', PolicyDocument: all })
  const limited = { PolicyArn: arnOf('policy/limits'), PolicyDocument: limits, SetAsDefault: true }
  await admin.createPolicyVersion(limited)
  await admin.createGroup({ GroupName: 'admins' })
  await admin.attachGroupPolicy({ GroupName: 'admins', PolicyArn: administrator })
  const manages = { Effect: 'Allow', Action: 'iam:*', Resource: '*' }
  const onceTagged = {
    ...everything,
    Condition: { StringEquals: { 'aws:PrincipalTag/team': 'admins' } },
  }
  const credentials = await user('mallory', manages, onceTagged)
  const less = document({ Effect: 'Deny', Action: 'iam:CreateAccountAlias', Resource: '*' })
  await admin.putUserPolicy({ ...mine, PolicyName: 'less', PolicyDocument: less })
  await admin.createGroup({ GroupName: 'own' })
  await admin.addUserToGroup({ ...mine, GroupName: 'own' })
  await admin.createPolicy({ PolicyName: 'own', PolicyDocument: document(manages) })
  await admin.createPolicyVersion({ PolicyArn: arnOf('policy/own'), PolicyDocument: all })
  await admin.attachUserPolicy({ ...mine, PolicyArn: arnOf('policy/own') })
  await admin.putUserPermissionsBoundary({ ...mine, PermissionsBoundary: arnOf('policy/limits') })
  return { ...made, admin, credentials, mallory: iam(credentials) }
}

for (const [way, take] of ways)
  test(`self-granting: ${way} gets nobody beyond his boundary`, async () => {
    const { admin, mallory } = await bounded()
    await take(mallory)
    await mallory.deleteUserPolicy({ ...mine, PolicyName: 'less' }).catch(() => undefined)
    assert.match(await refusal(mallory.createAccountAlias({ AccountAlias: 'taken' })), /^AccessDenied: /)
    await admin.deleteUserPermissionsBoundary(mine)
    assert.equal(
      await refusal(mallory.createAccountAlias({ AccountAlias: 'taken' })),
      'no refusal',
      'it is the boundary that held',
    )
  })

test('self-granting: nobody gets rid of a boundary that keeps its ways shut', async () => {
  const { mallory } = await bounded()
  for (const [way, take] of waysOut) assert.match(await refusal(take(mallory)), /^AccessDenied: /, way)
  assert.equal(ways.length + waysOut.length, 20)
})

test('what a principal had is lost with it, by the sessions that it made too', async () => {
  const { admin, user, iam, sts, clock } = await rig()
  const credentials = await user('mallory', everything)
  const session = async (given: Credentials) => {
    const { Credentials: made } = await sts(given).getSessionToken({})
    return credentialsOf(made)
  }
  const federated = async (given: Credentials) => {
    const { Credentials: made } = await sts(given).getFederationToken({ Name: 'guest', Policy: all })
    return credentialsOf(made)
  }
  const trust = document({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })
  const assume = async (given: Credentials, role: string, Policy?: string) => {
    const asked = { RoleArn: arnOf(`role/${role}`), RoleSessionName: 'one', ...(Policy && { Policy }) }
    return credentialsOf((await sts(given).assumeRole(asked)).Credentials)
  }
  for (const RoleName of ['first', 'second']) {
    await admin.createRole({ RoleName, AssumeRolePolicyDocument: trust })
    await admin.putRolePolicy({ RoleName, PolicyName: 'all', PolicyDocument: all })
  }
  const of = {
    key: credentials,
    session: await session(credentials),
    federated: await federated(credentials),
  }
  const first = await assume(credentials, 'first')
  const narrow = await assume(credentials, 'first', document({ ...everything, Action: 'iam:ListRoles' }))
  const second = await assume(first, 'second')
  const can = (given: Credentials) =>
    refusal(sts(given).assumeRole({ RoleArn: arnOf('role/first'), RoleSessionName: 'two' }))
  assert.equal(await refusal(iam(first).listUsers({})), 'no refusal')
  assert.equal(await refusal(iam(narrow).listRoles({})), 'no refusal')
  assert.match(await refusal(iam(narrow).listUsers({})), /no session policy allows the iam:ListUsers action/)
  assert.match(await can(narrow), /^AccessDenied: /, 'a chain begins with what its session may')

  // Detached: every session of the user, at once.
  await admin.deleteUserPolicy({ UserName: 'mallory', PolicyName: 'only' })
  for (const [name, given] of Object.entries(of)) assert.match(await can(given), /^AccessDenied: /, name)
  await admin.putUserPolicy({ UserName: 'mallory', PolicyName: 'only', PolicyDocument: all })
  assert.equal(await can(of.session), 'no refusal')

  // Revoked by time: what was issued before, and nothing later. Source: IAM User Guide, "Revoking IAM role temporary security credentials".
  clock.nowMs += 1_000
  const PolicyDocument = document({
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(clock.nowMs).toISOString() } },
  })
  await admin.putRolePolicy({ RoleName: 'first', PolicyName: 'AWSRevokeOlderSessions', PolicyDocument })
  assert.match(await refusal(iam(first).listUsers({})), /explicit deny/)
  assert.equal(await refusal(iam(second).listUsers({})), 'no refusal', 'a chain goes on by its own role')
  assert.equal(await refusal(iam(await assume(credentials, 'first')).listUsers({})), 'no refusal')

  // Gone: and a namesake is somebody else.
  for (const PolicyName of ['all', 'AWSRevokeOlderSessions'])
    await admin.deleteRolePolicy({ RoleName: 'first', PolicyName })
  await admin.deleteRole({ RoleName: 'first' })
  assert.match(await refusal(iam(first).listUsers({})), /^InvalidClientTokenId: /)
  await admin.createRole({ RoleName: 'first', AssumeRolePolicyDocument: trust })
  await admin.putRolePolicy({ RoleName: 'first', PolicyName: 'all', PolicyDocument: all })
  assert.match(await refusal(iam(first).listUsers({})), /^InvalidClientTokenId: /)
  const { accessKeyId: AccessKeyId } = credentials
  await admin.updateAccessKey({ UserName: 'mallory', AccessKeyId, Status: 'Inactive' })
  assert.match(await refusal(iam(credentials).listUsers({})), /^InvalidClientTokenId: /)
  await admin.deleteAccessKey({ UserName: 'mallory', AccessKeyId })
  await admin.deleteUserPolicy({ UserName: 'mallory', PolicyName: 'only' })
  await admin.deleteUser({ UserName: 'mallory' })
  for (const [name, given] of Object.entries(of))
    assert.match(await refusal(iam(given).listUsers({})), /^InvalidClientTokenId: /, name)
  await user('mallory', everything)
  for (const [name, given] of Object.entries(of))
    assert.match(await refusal(iam(given).listUsers({})), /^InvalidClientTokenId: /, `${name}, of a namesake`)
})

interface Made {
  readonly AccessKeyId: string | undefined
  readonly SecretAccessKey: string | undefined
  readonly SessionToken: string | undefined
}

function credentialsOf(made: Made | undefined): Credentials {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = made ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}
