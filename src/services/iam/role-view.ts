import type { Call } from '#core/call.ts'
import type { Role as ShownRole } from '#models/iam.d.ts'
import { attachedBoundary } from './boundary-reference.ts'
import type { Role } from './documents.ts'
import { tagList } from './tags.ts'
import { shownTrust } from './trust.ts'

// AWS shows a role in three degrees. Source: its answers, as LocalStack's tests have recorded them.

/** As the answer to its creation and as part of an instance profile. */
export function namedRole(call: Pick<Call, 'tx'>, role: Role): ShownRole {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: new Date(role.createdAtMs),
    AssumeRolePolicyDocument: shownTrust(call, role.trustPolicy),
  }
}

/** As lists show it. */
export function listedRole(call: Pick<Call, 'tx'>, role: Role): ShownRole {
  return {
    ...namedRole(call, role),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  }
}

/** In full. Differs: without RoleLastUsed, since nothing records yet when roles are used. */
export function shownRole(call: Pick<Call, 'tx'>, role: Role): ShownRole {
  return {
    ...listedRole(call, role),
    PermissionsBoundary: attachedBoundary(role.boundary),
    Tags: tagList(role.tags),
  }
}
