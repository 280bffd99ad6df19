import { type Group, iam, type Role, type User } from './documents.ts'
import { faults } from './faults.ts'
import { findPolicy } from './find-policy.ts'
import { pageAcross, type Source } from './paging-across.ts'

/**
 * Lists the groups, roles and users that a managed policy is attached to, or whose boundary it is.
 *
 * Faults: NoSuchEntityException.
 */
export const ListEntitiesForPolicy = iam('ListEntitiesForPolicy', {
  target: ({ PolicyArn }, call) => findPolicy(call, PolicyArn, faults.notAttachable),
  access: (policy) => [{ action: 'iam:ListEntitiesForPolicy', resource: policy }],
  run({ target: { arn }, input, call }) {
    const { EntityFilter, PathPrefix = '/', PolicyUsageFilter: usage } = input
    const isHeld = (holder: User | Group | Role): boolean =>
      (usage !== 'PermissionsBoundary' && holder.attached.includes(arn)) ||
      (usage !== 'PermissionsPolicy' && 'boundary' in holder && holder.boundary === arn)
    const where = (holder: User | Group | Role): boolean =>
      holder.path.startsWith(PathPrefix) && isHeld(holder)

    const groups: Source<User | Group | Role> = (after, limit) =>
      call.groups.find('policy', arn, { after, limit, where })
    const roles: Source<User | Group | Role> = (after, limit) => call.roles.list({ after, limit, where })
    const users: Source<User | Group | Role> = (after, limit) => call.users.list({ after, limit, where })
    const wants = (kind: typeof EntityFilter): boolean => EntityFilter === undefined || EntityFilter === kind
    const { items, info } = pageAcross(input, [
      wants('Group') ? groups : undefined,
      wants('Role') ? roles : undefined,
      wants('User') ? users : undefined,
    ])

    const holders = items.map(({ document }) => document)
    return {
      PolicyGroups: holders.flatMap((holder) =>
        'groupId' in holder ? [{ GroupName: holder.groupName, GroupId: holder.groupId }] : [],
      ),
      PolicyRoles: holders.flatMap((holder) =>
        'roleId' in holder ? [{ RoleName: holder.roleName, RoleId: holder.roleId }] : [],
      ),
      PolicyUsers: holders.flatMap((holder) =>
        'userId' in holder ? [{ UserName: holder.userName, UserId: holder.userId }] : [],
      ),
      ...info,
    }
  },
})
