import type { Arn } from '#core/arn.ts'
import type { Table } from '#core/tables.ts'
import type { PolicyUsageType } from '#models/iam.d.ts'
import type { Group, Role, User } from './documents.ts'

interface Holders {
  readonly users: Table<User>
  readonly groups: Table<Group>
  readonly roles: Table<Role>
}

/** To how many users, groups and roles of the account a policy is attached. */
export function attachmentCount({ users, groups, roles }: Holders, arn: Arn): number {
  return (
    users.find('policy', arn).length + groups.find('policy', arn).length + roles.find('policy', arn).length
  )
}

/** Of how many users and roles of the account a policy is the boundary. */
export function boundaryCount({ users, roles }: Holders, arn: Arn): number {
  return users.find('boundary', arn).length + roles.find('boundary', arn).length
}

/** Whether a policy is used at all, or in the one way that is asked for. */
export function isUsed(holders: Holders, arn: Arn, usage?: PolicyUsageType): boolean {
  const attached = usage !== 'PermissionsBoundary' && attachmentCount(holders, arn) > 0
  return attached || (usage !== 'PermissionsPolicy' && boundaryCount(holders, arn) > 0)
}
