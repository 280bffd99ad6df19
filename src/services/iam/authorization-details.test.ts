// Goal: one call shows everybody and everything that permissions come from, by kind and in pages.
// Method: a small account with one of everything, read whole, filtered, and page by page, through AWS's own client.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EntityType, GetAccountAuthorizationDetailsCommandOutput, IAM } from '@aws-sdk/client-iam'
import { foundedAtMs, pages, rig } from './rig.test.ts'
import { allowing, createRole, ec2Trust } from './role-rig.test.ts'

const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const CreateDate = new Date(foundedAtMs)

async function furnish(iam: IAM): Promise<string> {
  const { Policy } = await iam.createPolicy({
    PolicyName: 'P',
    Description: 'd',
    PolicyDocument: allowing('s3:Get*'),
  })
  const PolicyArn = Policy?.Arn ?? ''
  await iam.createPolicyVersion({ PolicyArn, PolicyDocument: allowing('s3:Put*') })
  await iam.createGroup({ GroupName: 'G' })
  await iam.putGroupPolicy({ GroupName: 'G', PolicyName: 'gp', PolicyDocument: allowing('s3:*') })
  await iam.createUser({ UserName: 'U', Path: '/p/', Tags: [{ Key: 'k', Value: 'v' }] })
  await iam.addUserToGroup({ GroupName: 'G', UserName: 'U' })
  await iam.attachUserPolicy({ UserName: 'U', PolicyArn })
  await iam.putUserPolicy({ UserName: 'U', PolicyName: 'up', PolicyDocument: allowing('s3:*') })
  await iam.putUserPermissionsBoundary({ UserName: 'U', PermissionsBoundary: readOnly })
  await createRole(iam, 'R')
  await iam.createInstanceProfile({ InstanceProfileName: 'I' })
  await iam.addRoleToInstanceProfile({ InstanceProfileName: 'I', RoleName: 'R' })
  return PolicyArn
}

/** What an answer holds, in its order. */
function names(answer: GetAccountAuthorizationDetailsCommandOutput): (string | undefined)[] {
  return [
    ...(answer.UserDetailList ?? []).map(({ UserName }) => UserName),
    ...(answer.GroupDetailList ?? []).map(({ GroupName }) => GroupName),
    ...(answer.RoleDetailList ?? []).map(({ RoleName }) => RoleName),
    ...(answer.Policies ?? []).map(({ PolicyName }) => PolicyName),
  ]
}

test('authorization details: everything of everybody', async () => {
  const { admin } = await rig()
  const PolicyArn = await furnish(admin)
  const details = await admin.getAccountAuthorizationDetails({})
  assert.equal(details.IsTruncated, false)
  assert.deepEqual(names(details), ['admin', 'U', 'G', 'R', 'P', 'AdministratorAccess', 'ReadOnlyAccess'])

  const encoded = (text: string): string => encodeURIComponent(text).replaceAll('*', '%2A')
  const { User } = await admin.getUser({ UserName: 'U' })
  assert.deepEqual(details.UserDetailList?.[1], {
    ...User,
    GroupList: ['G'],
    AttachedManagedPolicies: [{ PolicyName: 'P', PolicyArn }],
    UserPolicyList: [{ PolicyName: 'up', PolicyDocument: encoded(allowing('s3:*')) }],
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: readOnly },
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  const { Group } = await admin.getGroup({ GroupName: 'G' })
  assert.deepEqual(details.GroupDetailList?.[0], {
    ...Group,
    AttachedManagedPolicies: [],
    GroupPolicyList: [{ PolicyName: 'gp', PolicyDocument: encoded(allowing('s3:*')) }],
  })
  const { InstanceProfiles } = await admin.listInstanceProfilesForRole({ RoleName: 'R' })
  const { Role } = await admin.getRole({ RoleName: 'R' })
  assert.deepEqual(details.RoleDetailList?.[0], {
    Path: '/',
    RoleName: 'R',
    RoleId: Role?.RoleId,
    Arn: Role?.Arn,
    CreateDate,
    AssumeRolePolicyDocument: encodeURIComponent(ec2Trust),
    InstanceProfileList: InstanceProfiles,
    RolePolicyList: [],
    AttachedManagedPolicies: [],
    Tags: [],
    RoleLastUsed: {},
  })
  const [own, ofAws, boundary] = details.Policies ?? []
  assert.deepEqual(
    [own?.Description, own?.AttachmentCount, own?.PolicyVersionList],
    [
      'd',
      1,
      [
        { VersionId: 'v2', IsDefaultVersion: false, CreateDate, Document: encoded(allowing('s3:Put*')) },
        { VersionId: 'v1', IsDefaultVersion: true, CreateDate, Document: encoded(allowing('s3:Get*')) },
      ],
    ],
  )
  assert.deepEqual([ofAws?.Arn, ofAws?.AttachmentCount], [administrator, 1])
  assert.equal(
    JSON.parse(decodeURIComponent(ofAws?.PolicyVersionList?.[0]?.Document ?? '')).Statement[0].Action,
    '*',
  )
  assert.deepEqual([boundary?.Arn, boundary?.AttachmentCount], [readOnly, 0])
  assert.equal(boundary?.PermissionsBoundaryUsageCount, 1)
})

test('authorization details: each kind by itself, and two together', async () => {
  const { admin } = await rig()
  await furnish(admin)
  const filters: readonly [EntityType[], string[]][] = [
    [[], ['admin', 'U', 'G', 'R', 'P', 'AdministratorAccess', 'ReadOnlyAccess']],
    [['User'], ['admin', 'U']],
    [['Group'], ['G']],
    [['Role'], ['R']],
    [['LocalManagedPolicy'], ['P']],
    [['AWSManagedPolicy'], ['AdministratorAccess', 'ReadOnlyAccess']],
    [
      ['Role', 'User'],
      ['admin', 'U', 'R'],
    ],
  ]
  for (const [Filter, want] of filters) {
    assert.deepEqual(names(await admin.getAccountAuthorizationDetails({ Filter })), want)
  }
  assert.equal(filters.length, 7)
})

test('authorization details: one marker over all kinds, whatever comes between', async () => {
  const { admin } = await rig()
  await furnish(admin)
  let between = 0
  const found = await pages(
    2,
    (page) => admin.getAccountAuthorizationDetails(page),
    names,
    async () => {
      between += 1
      await admin.createUser({ UserName: `new-${between}` })
    },
  )
  // The first marker is the user `u`, before which `new-1` sorts: it is not seen any more.
  assert.deepEqual(found, [['admin', 'U'], ['G', 'R'], ['P', 'AdministratorAccess'], ['ReadOnlyAccess']])
  assert.equal(between, 3)
  for (const size of [1, 3, 5, 1000]) {
    const all = await pages(size, (page) => admin.getAccountAuthorizationDetails(page), names)
    assert.equal(all.flat().length, 10, String(size))
    assert.equal(new Set(all.flat()).size, 10)
  }
})

test('authorization details: an account without anything else', async () => {
  const { admin } = await rig()
  const details = await admin.getAccountAuthorizationDetails({ Filter: ['Role', 'Group'] })
  assert.deepEqual([details.RoleDetailList, details.GroupDetailList, details.Policies], [[], [], []])
})
