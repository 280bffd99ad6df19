// Goal: nobody touches roles, policies or what is attached without leave, and who has none does not learn what exists.
// Method: every operation of these files, called by a user without a policy, on things that exist and on things that do not;
// the answer must be the denial either way, on the resource that AWS names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import { actionReference } from '#core/access/service-reference.ts'
import type { Access } from '#core/operation.ts'
import * as attachments from './attachments.ts'
import * as authorizationDetails from './authorization-details.ts'
import * as boundaries from './boundaries.ts'
import * as inlinePolicies from './inline-policies.ts'
import * as instanceProfiles from './instance-profiles.ts'
import * as managedPolicies from './managed-policies.ts'
import * as policyEntities from './policy-entities.ts'
import * as policyTags from './policy-tags.ts'
import * as policyVersions from './policy-versions.ts'
import { account, refusal, rig } from './rig.test.ts'
import { allowing, createRole, ec2Trust } from './role-rig.test.ts'
import * as roles from './roles.ts'
import * as serviceLinkedRoles from './service-linked-roles.ts'

const files = [
  attachments,
  authorizationDetails,
  boundaries,
  inlinePolicies,
  instanceProfiles,
  managedPolicies,
  policyEntities,
  policyTags,
  policyVersions,
  roles,
  serviceLinkedRoles,
]
const operations = files.flatMap((file) => Object.keys(file)).filter((name) => /^[A-Z]/.test(name))

/** What a call names: things that are there, or that are not. */
interface Named {
  readonly UserName: string
  readonly GroupName: string
  readonly RoleName: string
  readonly InstanceProfileName: string
  readonly PolicyArn: string
}

type Row = readonly [operation: string, resource: string, call: (iam: IAM, named: Named) => Promise<unknown>]

const [PolicyName, PolicyDocument, VersionId] = ['p', allowing('s3:*'), 'v1']
const Tags = [{ Key: 'k', Value: 'v' }]
const TagKeys = ['k']
const linked = 'AWSServiceRoleForSupport'
const DeletionTaskId = `task/aws-service-role/support.amazonaws.com/${linked}/1`
const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

// prettier-ignore
const rows: readonly Row[] = [
  ['CreateRole', 'role/p/new', (iam) => iam.createRole({ RoleName: 'new', Path: '/p/', AssumeRolePolicyDocument: ec2Trust })],
  ['GetRole', 'role/ROLE', (iam, { RoleName }) => iam.getRole({ RoleName })],
  ['ListRoles', 'role/', (iam) => iam.listRoles({})],
  ['UpdateRole', 'role/ROLE', (iam, { RoleName }) => iam.updateRole({ RoleName })],
  ['UpdateRoleDescription', 'role/ROLE', (iam, { RoleName }) => iam.updateRoleDescription({ RoleName, Description: 'd' })],
  ['UpdateAssumeRolePolicy', 'role/ROLE', (iam, { RoleName }) => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: ec2Trust })],
  ['DeleteRole', 'role/ROLE', (iam, { RoleName }) => iam.deleteRole({ RoleName })],
  ['TagRole', 'role/ROLE', (iam, { RoleName }) => iam.tagRole({ RoleName, Tags })],
  ['UntagRole', 'role/ROLE', (iam, { RoleName }) => iam.untagRole({ RoleName, TagKeys })],
  ['ListRoleTags', 'role/ROLE', (iam, { RoleName }) => iam.listRoleTags({ RoleName })],
  ['CreateInstanceProfile', 'instance-profile/new', (iam) => iam.createInstanceProfile({ InstanceProfileName: 'new' })],
  ['GetInstanceProfile', 'instance-profile/PROFILE', (iam, { InstanceProfileName }) => iam.getInstanceProfile({ InstanceProfileName })],
  ['ListInstanceProfiles', 'instance-profile/p/', (iam) => iam.listInstanceProfiles({ PathPrefix: '/p/' })],
  ['ListInstanceProfilesForRole', 'role/ROLE', (iam, { RoleName }) => iam.listInstanceProfilesForRole({ RoleName })],
  ['DeleteInstanceProfile', 'instance-profile/PROFILE', (iam, { InstanceProfileName }) => iam.deleteInstanceProfile({ InstanceProfileName })],
  ['AddRoleToInstanceProfile', 'instance-profile/PROFILE', (iam, { InstanceProfileName, RoleName }) => iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName })],
  ['RemoveRoleFromInstanceProfile', 'instance-profile/PROFILE', (iam, { InstanceProfileName, RoleName }) => iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName })],
  ['TagInstanceProfile', 'instance-profile/PROFILE', (iam, { InstanceProfileName }) => iam.tagInstanceProfile({ InstanceProfileName, Tags })],
  ['UntagInstanceProfile', 'instance-profile/PROFILE', (iam, { InstanceProfileName }) => iam.untagInstanceProfile({ InstanceProfileName, TagKeys })],
  ['ListInstanceProfileTags', 'instance-profile/PROFILE', (iam, { InstanceProfileName }) => iam.listInstanceProfileTags({ InstanceProfileName })],
  ['CreatePolicy', 'policy/p/new', (iam) => iam.createPolicy({ PolicyName: 'new', Path: '/p/', PolicyDocument })],
  ['GetPolicy', 'policy/POLICY', (iam, { PolicyArn }) => iam.getPolicy({ PolicyArn })],
  ['ListPolicies', 'policy/', (iam) => iam.listPolicies({})],
  ['DeletePolicy', 'policy/POLICY', (iam, { PolicyArn }) => iam.deletePolicy({ PolicyArn })],
  ['TagPolicy', 'policy/POLICY', (iam, { PolicyArn }) => iam.tagPolicy({ PolicyArn, Tags })],
  ['UntagPolicy', 'policy/POLICY', (iam, { PolicyArn }) => iam.untagPolicy({ PolicyArn, TagKeys })],
  ['ListPolicyTags', 'policy/POLICY', (iam, { PolicyArn }) => iam.listPolicyTags({ PolicyArn })],
  ['ListEntitiesForPolicy', 'policy/POLICY', (iam, { PolicyArn }) => iam.listEntitiesForPolicy({ PolicyArn })],
  ['CreatePolicyVersion', 'policy/POLICY', (iam, { PolicyArn }) => iam.createPolicyVersion({ PolicyArn, PolicyDocument })],
  ['GetPolicyVersion', 'policy/POLICY', (iam, { PolicyArn }) => iam.getPolicyVersion({ PolicyArn, VersionId })],
  ['ListPolicyVersions', 'policy/POLICY', (iam, { PolicyArn }) => iam.listPolicyVersions({ PolicyArn })],
  ['DeletePolicyVersion', 'policy/POLICY', (iam, { PolicyArn }) => iam.deletePolicyVersion({ PolicyArn, VersionId })],
  ['SetDefaultPolicyVersion', 'policy/POLICY', (iam, { PolicyArn }) => iam.setDefaultPolicyVersion({ PolicyArn, VersionId })],
  ['PutUserPolicy', 'user/USER', (iam, { UserName }) => iam.putUserPolicy({ UserName, PolicyName, PolicyDocument })],
  ['GetUserPolicy', 'user/USER', (iam, { UserName }) => iam.getUserPolicy({ UserName, PolicyName })],
  ['ListUserPolicies', 'user/USER', (iam, { UserName }) => iam.listUserPolicies({ UserName })],
  ['DeleteUserPolicy', 'user/USER', (iam, { UserName }) => iam.deleteUserPolicy({ UserName, PolicyName })],
  ['PutGroupPolicy', 'group/GROUP', (iam, { GroupName }) => iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument })],
  ['GetGroupPolicy', 'group/GROUP', (iam, { GroupName }) => iam.getGroupPolicy({ GroupName, PolicyName })],
  ['ListGroupPolicies', 'group/GROUP', (iam, { GroupName }) => iam.listGroupPolicies({ GroupName })],
  ['DeleteGroupPolicy', 'group/GROUP', (iam, { GroupName }) => iam.deleteGroupPolicy({ GroupName, PolicyName })],
  ['PutRolePolicy', 'role/ROLE', (iam, { RoleName }) => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument })],
  ['GetRolePolicy', 'role/ROLE', (iam, { RoleName }) => iam.getRolePolicy({ RoleName, PolicyName })],
  ['ListRolePolicies', 'role/ROLE', (iam, { RoleName }) => iam.listRolePolicies({ RoleName })],
  ['DeleteRolePolicy', 'role/ROLE', (iam, { RoleName }) => iam.deleteRolePolicy({ RoleName, PolicyName })],
  ['AttachUserPolicy', 'user/USER', (iam, { UserName, PolicyArn }) => iam.attachUserPolicy({ UserName, PolicyArn })],
  ['DetachUserPolicy', 'user/USER', (iam, { UserName, PolicyArn }) => iam.detachUserPolicy({ UserName, PolicyArn })],
  ['ListAttachedUserPolicies', 'user/USER', (iam, { UserName }) => iam.listAttachedUserPolicies({ UserName })],
  ['AttachGroupPolicy', 'group/GROUP', (iam, { GroupName, PolicyArn }) => iam.attachGroupPolicy({ GroupName, PolicyArn })],
  ['DetachGroupPolicy', 'group/GROUP', (iam, { GroupName, PolicyArn }) => iam.detachGroupPolicy({ GroupName, PolicyArn })],
  ['ListAttachedGroupPolicies', 'group/GROUP', (iam, { GroupName }) => iam.listAttachedGroupPolicies({ GroupName })],
  ['AttachRolePolicy', 'role/ROLE', (iam, { RoleName, PolicyArn }) => iam.attachRolePolicy({ RoleName, PolicyArn })],
  ['DetachRolePolicy', 'role/ROLE', (iam, { RoleName, PolicyArn }) => iam.detachRolePolicy({ RoleName, PolicyArn })],
  ['ListAttachedRolePolicies', 'role/ROLE', (iam, { RoleName }) => iam.listAttachedRolePolicies({ RoleName })],
  ['PutUserPermissionsBoundary', 'user/USER', (iam, { UserName }) => iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary })],
  ['DeleteUserPermissionsBoundary', 'user/USER', (iam, { UserName }) => iam.deleteUserPermissionsBoundary({ UserName })],
  ['PutRolePermissionsBoundary', 'role/ROLE', (iam, { RoleName }) => iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary })],
  ['DeleteRolePermissionsBoundary', 'role/ROLE', (iam, { RoleName }) => iam.deleteRolePermissionsBoundary({ RoleName })],
  ['CreateServiceLinkedRole', `role/aws-service-role/support.amazonaws.com/${linked}`, (iam) => iam.createServiceLinkedRole({ AWSServiceName: 'support.amazonaws.com' })],
  ['DeleteServiceLinkedRole', 'role/ROLE', (iam, { RoleName }) => iam.deleteServiceLinkedRole({ RoleName })],
  ['GetServiceLinkedRoleDeletionStatus', `role/aws-service-role/support.amazonaws.com/${linked}`, (iam) => iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })],
  ['GetAccountAuthorizationDetails', '*', (iam) => iam.getAccountAuthorizationDetails({})],
]

/** Whether AWS's service reference knows the action, and each condition key of it. */
function assertReferenced({ action, conditions = {}, requestTags, tagKeys }: Access): void {
  const reference = actionReference(action)
  assert.ok(reference, action)
  for (const key of Object.keys(conditions)) assert.ok(reference.keys.includes(key), `${action} has ${key}`)
  if (requestTags) assert.ok(reference.keys.includes('aws:RequestTag/${TagKey}'), action)
  if (tagKeys) assert.ok(reference.keys.includes('aws:TagKeys'), action)
}

test('denied: there is a row for every operation of roles and policies', () => {
  assert.deepEqual(rows.map(([operation]) => operation).toSorted(), operations.toSorted())
  assert.equal(rows.length, 62)
})

for (const exists of [true, false]) {
  test(`denied: every operation of roles and policies, on what ${exists ? 'exists' : 'does not exist'}`, async () => {
    const { user, admin, audited, store } = await rig()
    const clerk = await user('clerk')
    await admin.createGroup({ GroupName: 'staff' })
    await createRole(admin, 'deploy')
    await admin.createInstanceProfile({ InstanceProfileName: 'web' })
    await admin.createPolicy({ PolicyName: 'reader', PolicyDocument })
    const names = exists
      ? { USER: 'admin', GROUP: 'staff', ROLE: 'deploy', PROFILE: 'web', POLICY: 'reader' }
      : { USER: 'ghost', GROUP: 'nothing', ROLE: 'nobody', PROFILE: 'none', POLICY: 'nil' }
    const named: Named = {
      UserName: names.USER,
      GroupName: names.GROUP,
      RoleName: names.ROLE,
      InstanceProfileName: names.PROFILE,
      PolicyArn: `arn:aws:iam::${account}:policy/${names.POLICY}`,
    }
    const before = store.seq
    let denied = 0
    for (const [operation, resource, call] of rows) {
      const where = Object.entries(names).reduce((text, [mark, name]) => text.replace(mark, name), resource)
      const on = where === '*' ? '*' : `arn:aws:iam::${account}:${where}`
      assert.equal(
        await refusal(call(clerk, named)),
        `AccessDenied: User: arn:aws:iam::${account}:user/clerk is not authorized to perform: iam:${operation} on resource: ${on} because no identity-based policy allows the iam:${operation} action`,
      )
      const record = audited.at(-1)
      assert.equal(record?.envelope.operation, operation)
      assert.equal(record?.fault?.code, 'AccessDenied')
      for (const access of record.access) assertReferenced(access)
      denied += 1
    }
    assert.equal(denied, 62)
    assert.equal(store.seq, before) // Nothing changed.
  })
}
