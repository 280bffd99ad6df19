// Goal: a service's own role is made as the service says, and its account can neither change nor delete it by other ways.
// Method: every service of the table is linked once; rows of calls say what must come of them (rig.test.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { globalScope } from '#core/tables.ts'
import { awsManagedPolicy } from './aws-managed.ts'
import { roleDeletions } from './documents.ts'
import { linkedServices } from './linked-services.ts'
import { account, refusal, rig } from './rig.test.ts'
import { allowing, createRole, ec2Trust } from './role-rig.test.ts'

const guardDuty = 'guardduty.amazonaws.com'
const RoleName = 'AWSServiceRoleForAmazonGuardDuty'

test('service-linked roles: each service gets its role, its trust and its policy', async () => {
  const { admin } = await rig()
  for (const [service, { roleName, policyName }] of linkedServices) {
    const policy = `arn:aws:iam::aws:policy/aws-service-role/${policyName}`
    assert.ok(awsManagedPolicy(policy), policy)
    const { Role } = await admin.createServiceLinkedRole({ AWSServiceName: service, Description: 'd' })
    assert.equal(Role?.Arn, `arn:aws:iam::${account}:role/aws-service-role/${service}/${roleName}`)
    assert.equal(Role?.Path, `/aws-service-role/${service}/`)
    assert.deepEqual(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).Statement, [
      { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
    ])
    const { AttachedPolicies } = await admin.listAttachedRolePolicies({ RoleName: roleName })
    assert.deepEqual(AttachedPolicies, [{ PolicyName: policyName, PolicyArn: policy }])
  }
  assert.equal(linkedServices.size, 59)
  const { Roles } = await admin.listRoles({ PathPrefix: '/aws-service-role/' })
  assert.equal(Roles?.length, 59)
})

const link = (iam: IAM, AWSServiceName: string, CustomSuffix?: string) =>
  iam.createServiceLinkedRole({ AWSServiceName, ...(CustomSuffix !== undefined && { CustomSuffix }) })
const protectedRole = `UnmodifiableEntityException: Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`
const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const [PolicyName, PolicyDocument] = ['p', allowing('s3:*')]
const linkedPolicy = 'arn:aws:iam::aws:policy/aws-service-role/AmazonGuardDutyServiceRolePolicy'

const refused: readonly [operation: string, call: (iam: IAM) => Promise<unknown>][] = [
  ['UpdateAssumeRolePolicy', (iam) => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: ec2Trust })],
  ['UpdateRole', (iam) => iam.updateRole({ RoleName, MaxSessionDuration: 7200 })],
  ['DeleteRole', (iam) => iam.deleteRole({ RoleName })],
  ['PutRolePolicy', (iam) => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument })],
  ['DeleteRolePolicy', (iam) => iam.deleteRolePolicy({ RoleName, PolicyName })],
  ['AttachRolePolicy', (iam) => iam.attachRolePolicy({ RoleName, PolicyArn })],
  ['DetachRolePolicy', (iam) => iam.detachRolePolicy({ RoleName, PolicyArn: linkedPolicy })],
  [
    'PutRolePermissionsBoundary',
    (iam) => iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: PolicyArn }),
  ],
  ['DeleteRolePermissionsBoundary', (iam) => iam.deleteRolePermissionsBoundary({ RoleName })],
  [
    'AddRoleToInstanceProfile',
    async (iam) => {
      await iam.createInstanceProfile({ InstanceProfileName: 'p' })
      await iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName })
    },
  ],
]

test('service-linked roles: the account does not change them', async () => {
  const { admin, root } = await rig()
  await link(admin, guardDuty)
  const { Role: before } = await admin.getRole({ RoleName })
  for (const [operation, call] of refused) assert.equal(await refusal(call(admin)), protectedRole, operation)
  assert.equal(await refusal(root.deleteRole({ RoleName })), protectedRole) // Not even root.
  assert.equal(refused.length, 10)
  assert.deepEqual((await admin.getRole({ RoleName })).Role, before)
})

test('service-linked roles: the account describes and tags them', async () => {
  const { admin } = await rig()
  await link(admin, guardDuty)
  await admin.updateRole({ RoleName, Description: 'a' })
  await admin.updateRoleDescription({ RoleName, Description: 'b' })
  await admin.tagRole({ RoleName, Tags: [{ Key: 'k', Value: 'v' }] })
  const { Role } = await admin.getRole({ RoleName })
  assert.deepEqual([Role?.Description, Role?.Tags], ['b', [{ Key: 'k', Value: 'v' }]])
})

const unknownTask = `task/aws-service-role/${guardDuty}/${RoleName}/3b241101-e2bb-4255-8caf-4136c566a962`
const rows: readonly [sentence: string, call: (admin: IAM) => Promise<unknown>, want: string][] = [
  [
    'a second role for a service',
    async (iam) => {
      await link(iam, guardDuty)
      await link(iam, guardDuty)
    },
    `InvalidInputException: Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
  ],
  [
    'a second role with a suffix, where that is allowed',
    async (iam) => {
      await link(iam, 'autoscaling.amazonaws.com')
      const { Role } = await link(iam, 'autoscaling.amazonaws.com', 'east')
      assert.equal(Role?.RoleName, 'AWSServiceRoleForAutoScaling_east')
    },
    'no refusal',
  ],
  [
    'a suffix where none is allowed',
    (iam) => link(iam, guardDuty, 'east'),
    `InvalidInputException: Custom suffix is not allowed for ${guardDuty}`,
  ],
  [
    'a service without such a role',
    (iam) => link(iam, 'nope.amazonaws.com'),
    'InvalidInputException: There is no service-linked role for the service nope.amazonaws.com.',
  ],
  [
    'no role to delete',
    (iam) => iam.deleteServiceLinkedRole({ RoleName }),
    `NoSuchEntityException: The role with name ${RoleName} cannot be found.`,
  ],
  [
    'a role of the account’s own is not deleted so',
    async (iam) => {
      await createRole(iam, 'mine')
      await iam.deleteServiceLinkedRole({ RoleName: 'mine' })
    },
    'NoSuchEntityException: The role with name mine cannot be found.',
  ],
  [
    'a deletion that there never was',
    (iam) => iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: unknownTask }),
    `NoSuchEntityException: The deletion task with id ${unknownTask} cannot be found.`,
  ],
  [
    'what is no task',
    (iam) => iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: 'task/x' }),
    'NoSuchEntityException: The deletion task with id task/x cannot be found.',
  ],
]

for (const [sentence, call, want] of rows) {
  test(`service-linked roles: ${sentence}`, async () => {
    const { admin } = await rig()
    assert.equal(await refusal(call(admin)), want)
  })
}

test('service-linked roles: every row ran', () => assert.equal(rows.length, 8))

test('service-linked roles: one is deleted by its own way, and made again', async () => {
  const { admin } = await rig()
  await link(admin, guardDuty)
  const { DeletionTaskId } = await admin.deleteServiceLinkedRole({ RoleName })
  assert.match(
    DeletionTaskId ?? '',
    new RegExp(`^task/aws-service-role/${guardDuty}/${RoleName}/[0-9a-f-]{36}$`),
  )
  const { Status } = await admin.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })
  assert.equal(Status, 'SUCCEEDED')
  assert.match(await refusal(admin.getRole({ RoleName })), /^NoSuchEntityException: /)
  await link(admin, guardDuty)
  await admin.deleteServiceLinkedRole({ RoleName })
  assert.equal(
    await refusal(admin.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })),
    `NoSuchEntityException: The deletion task with id ${DeletionTaskId} cannot be found.`, // Not the last any more.
  )
})

test('service-linked roles: of very many deletions the first is forgotten', async () => {
  const { admin, store } = await rig()
  const scope = globalScope(account)
  await store.transact((tx) => {
    for (let made = 0; made < 1000; made += 1)
      tx.put(roleDeletions, scope, `role-${made}`, { taskId: `task/${made}`, deletedAtMs: made })
  })
  await link(admin, guardDuty)
  const { DeletionTaskId } = await admin.deleteServiceLinkedRole({ RoleName })
  const kept = store.read.list(roleDeletions, scope).map(({ document }) => document.taskId)
  assert.equal(kept.length, 1000)
  assert.ok(kept.includes(DeletionTaskId ?? '') && kept.includes('task/1') && !kept.includes('task/0'))
})

test('service-linked roles: leave may hang on the service', async () => {
  const { user } = await rig()
  const clerk = await user('clerk', {
    Effect: 'Allow',
    Action: 'iam:CreateServiceLinkedRole',
    Resource: 'arn:aws:iam::*:role/aws-service-role/guardduty.amazonaws.com/*',
    Condition: { StringLike: { 'iam:AWSServiceName': guardDuty } },
  })
  await link(clerk, guardDuty)
  assert.match(
    await refusal(link(clerk, 'inspector2.amazonaws.com')),
    /^AccessDenied: .* on resource: arn:aws:iam::\d+:role\/aws-service-role\/inspector2\.amazonaws\.com\/AWSServiceRoleForAmazonInspector2 because/,
  )
})
