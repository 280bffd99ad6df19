import { findBoundary } from './boundary-reference.ts'
import { iam, idOf } from './documents.ts'
import { faults } from './faults.ts'
import { assertModifiable, boundaryCondition, findRole } from './find-role.ts'
import { findUser } from './find.ts'

/**
 * Sets the ceiling of what a user may, whatever its policies say.
 *
 * Faults: NoSuchEntityException for a policy that does not exist.
 */
export const PutUserPermissionsBoundary = iam('PutUserPermissionsBoundary', {
  target: ({ UserName, PermissionsBoundary }, call) => ({
    user: findUser(call, UserName),
    boundary: findBoundary(call, PermissionsBoundary),
  }),
  // The condition is the boundary that is asked for: it is what delegation policies pin.
  access: ({ user }, { PermissionsBoundary }) => [
    {
      action: 'iam:PutUserPermissionsBoundary',
      resource: user,
      conditions: { 'iam:PermissionsBoundary': PermissionsBoundary },
    },
  ],
  run({ target: { user, boundary }, call }) {
    call.users.put(idOf(user.userName), { ...user, boundary: boundary?.arn })
    return {}
  },
})

/**
 * Takes the ceiling away: the user's own policies count in full.
 *
 * Faults: NoSuchEntityException for a user that has none.
 */
export const DeleteUserPermissionsBoundary = iam('DeleteUserPermissionsBoundary', {
  target: ({ UserName }, call) => findUser(call, UserName),
  access: (user) => [
    {
      action: 'iam:DeleteUserPermissionsBoundary',
      resource: user,
      conditions: boundaryCondition(user),
    },
  ],
  run({ target: user, call }) {
    const { boundary, ...without } = user
    if (boundary === undefined) throw faults.noBoundary('user', user.userName)
    call.users.put(idOf(user.userName), without)
    return {}
  },
})

/**
 * Sets the ceiling of what a role may, whatever its policies say.
 *
 * Faults: NoSuchEntityException for a policy that does not exist; UnmodifiableEntityException.
 */
export const PutRolePermissionsBoundary = iam('PutRolePermissionsBoundary', {
  target: ({ RoleName, PermissionsBoundary }, call) => ({
    role: findRole(call, RoleName),
    boundary: findBoundary(call, PermissionsBoundary),
  }),
  // The condition is the boundary that is asked for: it is what delegation policies pin.
  access: ({ role }, { PermissionsBoundary }) => [
    {
      action: 'iam:PutRolePermissionsBoundary',
      resource: role,
      conditions: { 'iam:PermissionsBoundary': PermissionsBoundary },
    },
  ],
  run({ target: { role, boundary }, call }) {
    assertModifiable(role)
    call.roles.put(idOf(role.roleName), { ...role, boundary: boundary?.arn })
    return {}
  },
})

/**
 * Takes the ceiling away: the role's own policies count in full.
 *
 * Faults: NoSuchEntityException for a role that has none; UnmodifiableEntityException.
 */
export const DeleteRolePermissionsBoundary = iam('DeleteRolePermissionsBoundary', {
  target: ({ RoleName }, call) => findRole(call, RoleName),
  access: (role) => [
    {
      action: 'iam:DeleteRolePermissionsBoundary',
      resource: role,
      conditions: boundaryCondition(role),
    },
  ],
  run({ target: role, call }) {
    assertModifiable(role)
    const { boundary, ...without } = role
    if (boundary === undefined) throw faults.noBoundary('role', role.roleName)
    call.roles.put(idOf(role.roleName), without)
    return {}
  },
})
