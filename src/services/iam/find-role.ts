import type { Call } from '#core/call.ts'
import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import { idOf, type Role, type User } from './documents.ts'
import { faults } from './faults.ts'
import { iamArn } from './find.ts'

type Place = Pick<Call, 'partition' | 'account'> & { readonly roles: Table<Role> }

/** The role of that name, or what to authorize in its place. */
export function findRole(call: Place, name: string): Role | Missing {
  return call.roles.get(idOf(name)) ?? new Missing(iamArn(call, 'role', '/', name), faults.noSuchRole(name))
}

/**
 * Lets a role through that its account may change.
 * Faults: UnmodifiableEntityException for a service-linked role.
 */
export function assertModifiable(role: Role): void {
  if (role.linkedService !== undefined) throw faults.protectedRole(role.roleName)
}

/** The condition `iam:PermissionsBoundary` of a change to a user or role: the boundary that it has. */
export function boundaryCondition(holder: User | Role | Missing): NonNullable<Access['conditions']> {
  return { 'iam:PermissionsBoundary': holder instanceof Missing ? undefined : holder.boundary }
}
