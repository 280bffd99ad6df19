import type { Call } from '#core/call.ts'
import type { Table } from '#core/tables.ts'
import type { EntityType, GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail } from '#models/iam.d.ts'
import { attachedPolicies } from './attachments.ts'
import { awsManagedPolicies } from './aws-managed.ts'
import { attachedBoundary } from './boundary-reference.ts'
import {
  type Group,
  iam,
  idOf,
  type InstanceProfile,
  type ManagedPolicy,
  type Role,
  type RoleUse,
  type User,
} from './documents.ts'
import { type AnyPolicy, isAwsManaged } from './find-policy.ts'
import { inlineDetails } from './inline-policies.ts'
import { listedProfile } from './instance-profiles.ts'
import { listedPolicy } from './managed-policies.ts'
import { pageAcross, type Source } from './paging-across.ts'
import { attachmentCount, boundaryCount, isUsed } from './policy-usage.ts'
import { shownVersion, versionsOf } from './policy-versions.ts'
import { namedRole, roleLastUsed } from './role-view.ts'
import { tagList } from './tags.ts'

type Tables = Pick<Call, 'tx' | 'partition'> & {
  readonly users: Table<User>
  readonly groups: Table<Group>
  readonly roles: Table<Role>
  readonly roleUses: Table<RoleUse>
  readonly policies: Table<ManagedPolicy>
  readonly instanceProfiles: Table<InstanceProfile>
}
type Entity = User | Group | Role | AnyPolicy

/** The kinds in the order in which pages show them. */
const kinds = [
  'User',
  'Group',
  'Role',
  'LocalManagedPolicy',
  'AWSManagedPolicy',
] as const satisfies readonly EntityType[]

/**
 * Shows everybody and everything that permissions come from, in pages over all kinds: users, groups, roles, the account's
 * policies, and those of AWS that are in use.
 */
export const GetAccountAuthorizationDetails = iam('GetAccountAuthorizationDetails', {
  access: () => [{ action: 'iam:GetAccountAuthorizationDetails', resource: '*' }],
  run({ input, call }) {
    const { Filter = [] } = input
    const wanted = kinds.map((kind) =>
      Filter.length === 0 || Filter.includes(kind) ? sources(call)[kind] : undefined,
    )
    const { items, info } = pageAcross<Entity>(input, wanted)
    const of = <Detail>(detail: (entity: Entity) => Detail | undefined): Detail[] =>
      items.flatMap(({ document }) => detail(document) ?? [])
    return {
      UserDetailList: of((entity) => ('userId' in entity ? userDetail(entity) : undefined)),
      GroupDetailList: of((entity) => ('groupId' in entity ? groupDetail(entity) : undefined)),
      RoleDetailList: of((entity) => ('roleId' in entity ? roleDetail(call, entity) : undefined)),
      Policies: of((entity) => ('policyId' in entity ? policyDetail(call, entity) : undefined)),
      ...info,
    }
  },
})

function sources(call: Tables): Readonly<Record<EntityType, Source<Entity>>> {
  return {
    User: (after, limit) => call.users.list({ after, limit }),
    Group: (after, limit) => call.groups.list({ after, limit }),
    Role: (after, limit) => call.roles.list({ after, limit }),
    LocalManagedPolicy: (after, limit) => call.policies.list({ after, limit }),
    AWSManagedPolicy: (after) => awsManagedPolicies(call.partition, after, ({ arn }) => isUsed(call, arn)),
  }
}

function userDetail(user: User): UserDetail {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: new Date(user.createdAtMs),
    UserPolicyList: inlineDetails(user),
    GroupList: user.groups,
    AttachedManagedPolicies: attachedPolicies(user.attached),
    PermissionsBoundary: attachedBoundary(user.boundary),
    Tags: tagList(user.tags) ?? [],
  }
}

function groupDetail(group: Group): GroupDetail {
  return {
    Path: group.path,
    GroupName: group.groupName,
    GroupId: group.groupId,
    Arn: group.arn,
    CreateDate: new Date(group.createdAtMs),
    GroupPolicyList: inlineDetails(group),
    AttachedManagedPolicies: attachedPolicies(group.attached),
  }
}

function roleDetail(call: Tables, role: Role): RoleDetail {
  const profiles = call.instanceProfiles.find('role', idOf(role.roleName))
  return {
    ...namedRole(call, role),
    InstanceProfileList: profiles.map(({ document }) => listedProfile(call, document)),
    RolePolicyList: inlineDetails(role),
    AttachedManagedPolicies: attachedPolicies(role.attached),
    PermissionsBoundary: attachedBoundary(role.boundary),
    Tags: tagList(role.tags) ?? [],
    RoleLastUsed: roleLastUsed(call, role),
  }
}

function policyDetail(call: Tables, policy: AnyPolicy): ManagedPolicyDetail {
  return {
    ...listedPolicy(policy, attachmentCount(call, policy.arn), boundaryCount(call, policy.arn)),
    Description: isAwsManaged(policy) ? undefined : policy.description,
    PolicyVersionList: versionsOf(policy).map((version) => shownVersion(policy, version)),
  }
}
