// Goal: a service that acts by itself gets no further than a policy lets it: as itself by the target's resource policy, with the source
// that it names; as a role by the role's trust and permissions. Each call leaves its record. Method: IAM and STS in process; a role's
// trust policy is the resource policy that is asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { putAccount } from '#core/accounts.ts'
import type { AccountId, Arn } from '#core/arn.ts'
import { putDeployment } from '#core/deployment.ts'
import type { ActingAs, CallAnswer } from '#core/service-calls.ts'
import { putAdministrator } from '#services/iam/bootstrap.ts'
import { identities } from '#services/iam/identities.ts'
import { assumableRoles } from '#services/iam/assumable-roles.ts'
import { iamService } from '#services/iam/service.ts'
import { createStsService } from '#services/sts/service.ts'
import { type Credentials, inProcess, layGround } from './in-process.ts'

const here = '111122223333' as AccountId // Twelve digits each.
const there = '444455556666' as AccountId
const rule = `arn:aws:events:us-east-1:${here}:rule/watch` as Arn
const roleArn = `arn:aws:iam::${here}:role/runner`
const principal = 'events.amazonaws.com'

async function rig() {
  const ground = layGround(Date.UTC(2026, 0, 2))
  const { store, sessions, seal, world, clock } = ground
  const { audited, configuration, callAsService } = inProcess(ground, {
    services: [iamService, createStsService({ sessions, roles: assumableRoles, identities })],
    identities,
  })
  let credentials: Credentials | undefined
  await store.transact((tx) => {
    putDeployment(tx, { partition: 'aws', dev: false, createdAtMs: clock.nowMs })
    putAccount(tx, { accountId: here, name: 'here', createdAtMs: clock.nowMs, management: true })
    const founding = {
      account: here,
      partition: 'aws',
      nowMs: clock.nowMs,
      randomBytes: world.randomBytes,
      seal,
    }
    credentials = putAdministrator(tx, founding, { userName: 'admin' })
  })
  assert.ok(credentials)
  const iam = new IAM(configuration(credentials))
  await iam.createRole({
    RoleName: 'runner',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: principal },
        Action: 'sts:AssumeRole',
        Condition: { ArnLike: { 'aws:SourceArn': rule }, StringEquals: { 'aws:SourceAccount': here } },
      },
    }),
  })
  await iam.putRolePolicy({
    RoleName: 'runner',
    PolicyName: 'only',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' },
    }),
  })
  audited.length = 0
  return {
    iam,
    audited,
    clock,
    call: (operation: string, as: ActingAs, account = here, service: 'iam' | 'sts' = 'iam') =>
      callAsService({
        service,
        operation,
        input: operation === 'AssumeRole' ? { RoleArn: roleArn, RoleSessionName: 'one' } : {},
        account,
        region: 'us-east-1',
        as,
      }),
  }
}

const outcome = (answer: CallAnswer): string => (answer.ok ? 'ok' : answer.fault.code)
const itself = (more: Partial<Extract<ActingAs, { kind: 'service' }>> = {}): ActingAs => ({
  kind: 'service',
  principal,
  sourceArn: rule,
  ...more,
})
const asRole = (more: Partial<Extract<ActingAs, { kind: 'role' }>> = {}): ActingAs => ({
  kind: 'role',
  principal,
  sourceArn: rule,
  roleArn,
  sessionName: 'one',
  ...more,
})

test('a service as itself is let in by a resource policy, from the source that the policy names', async () => {
  const { call, audited } = await rig()
  const rows: readonly (readonly [string, ActingAs, AccountId, string])[] = [
    ['the service and source that are named', itself(), here, 'ok'],
    ['another source', itself({ sourceArn: `${rule}-2` as Arn }), here, 'AccessDenied'],
    ['another service', itself({ principal: 'sns.amazonaws.com' }), here, 'AccessDenied'],
    ["another account's", itself(), there, 'AccessDenied'],
  ]
  for (const [title, as, account, want] of rows)
    assert.equal(outcome(await call('AssumeRole', as, account, 'sts')), want, title)
  assert.equal(rows.length, 4)
  assert.deepEqual(
    audited.map(({ caller, fault }) => [caller.kind, fault?.code]),
    [
      ['service', undefined],
      ['service', 'AccessDenied'],
      ['service', 'AccessDenied'],
      ['service', 'AccessDenied'],
    ],
  )
})

test('a service as itself may do nothing where no resource policy speaks', async () => {
  const { call } = await rig()
  assert.equal(outcome(await call('ListUsers', itself())), 'AccessDenied')
  assert.equal(outcome(await call('GetAccountSummary', itself())), 'AccessDenied')
})

test("as a role it has the role's permissions, for as long as there is the role", async () => {
  const { call, audited, iam, clock } = await rig()
  assert.equal(outcome(await call('ListUsers', asRole())), 'ok')
  assert.equal(outcome(await call('ListUsers', asRole())), 'ok')
  assert.equal(outcome(await call('ListRoles', asRole())), 'AccessDenied')
  const operations = () => audited.map(({ envelope }) => envelope.operation)
  assert.deepEqual(operations(), ['AssumeRole', 'ListUsers', 'ListUsers', 'ListRoles'], 'one session for all')
  assert.equal(outcome(await call('ListUsers', asRole({ principal: 'sns.amazonaws.com' }))), 'AccessDenied')
  assert.equal(outcome(await call('ListUsers', asRole({ sourceArn: undefined }))), 'AccessDenied')
  assert.equal(outcome(await call('ListUsers', asRole({ roleArn: `${roleArn}-2` }))), 'AccessDenied')
  audited.length = 0
  clock.nowMs += 3_400_000
  assert.equal(outcome(await call('ListUsers', asRole())), 'ok')
  assert.deepEqual(operations(), ['AssumeRole', 'ListUsers'], 'a new session before the old one ends')
  clock.nowMs -= 3_400_000
  await iam.deleteRolePolicy({ RoleName: 'runner', PolicyName: 'only' })
  assert.equal(outcome(await call('ListUsers', asRole())), 'AccessDenied')
  await iam.deleteRole({ RoleName: 'runner' })
  assert.equal(outcome(await call('ListUsers', asRole())), 'AccessDenied')
})

test('what is not there is not done', async () => {
  const { call } = await rig()
  assert.equal(outcome(await call('CreateSAMLProviderX', itself())), 'NotImplemented')
})
