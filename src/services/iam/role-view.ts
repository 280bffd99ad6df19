import type { Call } from '#core/call.ts'
import type { Table } from '#core/tables.ts'
import type { RoleLastUsed, Role as ShownRole } from '#models/iam.d.ts'
import { attachedBoundary } from './boundary-reference.ts'
import { idOf, type Role, type RoleUse } from './documents.ts'
import { tagList } from './tags.ts'
import { shownTrust } from './trust.ts'

type UseCall = { readonly roleUses: Table<RoleUse> }

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

/** In full. */
export function shownRole(call: UseCall & Pick<Call, 'tx'>, role: Role): ShownRole {
  return {
    ...listedRole(call, role),
    PermissionsBoundary: attachedBoundary(role.boundary),
    Tags: tagList(role.tags),
    RoleLastUsed: roleLastUsed(call, role),
  }
}

/** When and where a role was last used; empty for one that never was. Differs: shown up to a minute late (core/last-uses.ts). */
export function roleLastUsed({ roleUses }: UseCall, { roleName }: Role): RoleLastUsed {
  const use = roleUses.get(idOf(roleName))
  return use ? { LastUsedDate: new Date(use.lastUsedAtMs), Region: use.region } : {}
}
