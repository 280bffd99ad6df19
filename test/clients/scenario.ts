import assert from 'node:assert/strict'
import type { Credentials, TestServer } from '../server.ts'
import { asAdministrator } from './administrator.ts'
import type { Client } from './client.ts'
import { allow, allowed, denied, policy } from './expect.ts'

/** Who plays, and what the steps so far have made. */
export interface Stage {
  readonly client: Client
  readonly account: string
  readonly administrator: Credentials
  readonly userArn: string
  readonly roleArn: string
  alice: Credentials
  session: Credentials
  /** Everything that must never be in the trail. */
  readonly secrets: string[]
}

type Step = readonly [name: string, play: (stage: Stage) => Promise<void>]

/** Sets the stage: asks who the administrator is. */
export async function setStage(client: Client, server: TestServer): Promise<Stage> {
  const stage = await asAdministrator(client, server)
  const { account, administrator } = stage
  return {
    ...stage,
    userArn: `arn:aws:iam::${account}:user/team/alice`,
    roleArn: `arn:aws:iam::${account}:role/auditor`,
    alice: administrator,
    session: administrator,
    // A secret that is the word of a user name ("test") cannot be told from it.
    secrets: administrator.secretAccessKey.length > 20 ? [administrator.secretAccessKey] : [],
  }
}

/** The life of a permission, in order; each step stands on those before it. */
export const steps: readonly Step[] = [
  [
    'an administrator creates a user',
    async ({ client, administrator, userArn }) => {
      const input = {
        UserName: 'alice',
        Path: '/team/',
        Tags: [{ Key: 'cost centre', Value: 'straße +/=7' }],
      }
      const { User } = allowed(await client.call('iam', 'CreateUser', input, administrator))
      assert.equal(User?.Arn, userArn)
      assert.match(User.UserId, /^AIDA[A-Z0-9]{17}$/)
      assert.deepEqual(User.Tags, input.Tags)
    },
  ],
  [
    'the user gets an access key',
    async (stage) => {
      const { client, administrator } = stage
      const { AccessKey } = allowed(
        await client.call('iam', 'CreateAccessKey', { UserName: 'alice' }, administrator),
      )
      assert.match(AccessKey.AccessKeyId, /^AKIA[A-Z0-9]{16}$/)
      assert.match(AccessKey.SecretAccessKey, /^[A-Za-z0-9+/]{40}$/)
      stage.alice = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
      stage.secrets.push(AccessKey.SecretAccessKey)
    },
  ],
  [
    'the user may ask who it is without any permission',
    async ({ client, alice, userArn }) => {
      const { Arn } = allowed(await client.call('sts', 'GetCallerIdentity', {}, alice))
      assert.equal(Arn, userArn)
    },
  ],
  [
    'without a policy the user is denied',
    async ({ client, alice, userArn, account }) => {
      const answer = await client.call('iam', 'ListUsers', {}, alice)
      denied(answer, userArn, 'iam:ListUsers', `arn:aws:iam::${account}:user/`, 'identity-based policy')
    },
  ],
  [
    'what does not exist is denied alike',
    async ({ client, alice, userArn, account }) => {
      const answer = await client.call('iam', 'GetUser', { UserName: 'nobody' }, alice)
      denied(answer, userArn, 'iam:GetUser', `arn:aws:iam::${account}:user/nobody`, 'identity-based policy')
    },
  ],
  [
    'a managed policy is made and attached',
    async ({ client, administrator, account }) => {
      const PolicyDocument = allow('iam:GetUser', 'iam:ListUsers', 'iam:ListRoles')
      const made = await client.call(
        'iam',
        'CreatePolicy',
        { PolicyName: 'readers', PolicyDocument },
        administrator,
      )
      const PolicyArn = allowed(made).Policy?.Arn
      assert.equal(PolicyArn, `arn:aws:iam::${account}:policy/readers`)
      allowed(await client.call('iam', 'AttachUserPolicy', { UserName: 'alice', PolicyArn }, administrator))
    },
  ],
  [
    'the policy allows from the next call on',
    async ({ client, alice, userArn }) => {
      const { Users } = allowed(await client.call('iam', 'ListUsers', {}, alice))
      assert.ok(Users.some(({ Arn }) => Arn === userArn))
    },
  ],
  [
    'what the policy does not name stays denied',
    async ({ client, alice, userArn, account }) => {
      const answer = await client.call('iam', 'DeleteUser', { UserName: 'admin' }, alice)
      denied(answer, userArn, 'iam:DeleteUser', `arn:aws:iam::${account}:user/admin`, 'identity-based policy')
    },
  ],
  [
    'a permissions boundary takes away what it does not allow',
    async ({ client, administrator, alice, userArn, account }) => {
      const PolicyDocument = allow('iam:GetUser', 'sts:AssumeRole')
      const made = await client.call(
        'iam',
        'CreatePolicy',
        { PolicyName: 'fence', PolicyDocument },
        administrator,
      )
      const PermissionsBoundary = allowed(made).Policy?.Arn ?? ''
      const input = { UserName: 'alice', PermissionsBoundary }
      allowed(await client.call('iam', 'PutUserPermissionsBoundary', input, administrator))

      const listed = await client.call('iam', 'ListUsers', {}, alice)
      denied(listed, userArn, 'iam:ListUsers', `arn:aws:iam::${account}:user/`, 'permissions boundary')
      allowed(await client.call('iam', 'GetUser', { UserName: 'alice' }, alice))
    },
  ],
  [
    'a role trusts the user who knows an external id',
    async ({ client, administrator, userArn, roleArn }) => {
      const trust = policy({
        Effect: 'Allow',
        Principal: { AWS: userArn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'contract-7' } },
      })
      const input = { RoleName: 'auditor', AssumeRolePolicyDocument: trust }
      const { Role } = allowed(await client.call('iam', 'CreateRole', input, administrator))
      assert.equal(Role.Arn, roleArn)
      const reading = {
        RoleName: 'auditor',
        PolicyName: 'reading',
        PolicyDocument: allow('iam:GetUser', 'iam:ListUsers'),
      }
      allowed(await client.call('iam', 'PutRolePolicy', reading, administrator))
    },
  ],
  [
    'a wrong external id, or none, is denied',
    async ({ client, alice, userArn, roleArn }) => {
      const input = { RoleArn: roleArn, RoleSessionName: 'review' }
      for (const attempt of [input, { ...input, ExternalId: 'contract-8' }]) {
        const answer = await client.call('sts', 'AssumeRole', attempt, alice)
        denied(answer, userArn, 'sts:AssumeRole', roleArn, 'role trust policy')
      }
    },
  ],
  [
    'with the right external id the user takes the role on, beyond its own boundary',
    async (stage) => {
      const { client, alice, account } = stage
      stage.session = await assumeRole(stage, {})
      const { Arn } = allowed(await client.call('sts', 'GetCallerIdentity', {}, stage.session))
      assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/auditor/review`)
      allowed(await client.call('iam', 'ListUsers', {}, stage.session))
      assert.notEqual(alice.accessKeyId, stage.session.accessKeyId)
    },
  ],
  [
    'a session policy narrows the role',
    async (stage) => {
      const { client, account } = stage
      const narrow = await assumeRole(stage, { Policy: allow('iam:GetUser') })
      allowed(await client.call('iam', 'GetUser', { UserName: 'alice' }, narrow))
      const listed = await client.call('iam', 'ListUsers', {}, narrow)
      const who = `arn:aws:sts::${account}:assumed-role/auditor/review`
      denied(listed, who, 'iam:ListUsers', `arn:aws:iam::${account}:user/`, 'session policy')
    },
  ],
]

async function assumeRole(stage: Stage, further: { readonly Policy?: string }): Promise<Credentials> {
  const { client, alice, roleArn, secrets } = stage
  const input = { RoleArn: roleArn, RoleSessionName: 'review', ExternalId: 'contract-7', ...further }
  const { Credentials: made } = allowed(await client.call('sts', 'AssumeRole', input, alice))
  assert.ok(made)
  assert.match(made.AccessKeyId, /^ASIA[A-Z0-9]{16}$/)
  secrets.push(made.SecretAccessKey, made.SessionToken)
  return {
    accessKeyId: made.AccessKeyId,
    secretAccessKey: made.SecretAccessKey,
    sessionToken: made.SessionToken,
  }
}
