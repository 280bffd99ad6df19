import type { Envelope } from '#core/call.ts'
import type { SignedCaller } from '#core/caller.ts'
import type { LastUses } from '#core/last-uses.ts'
import { globalScope } from '#core/tables.ts'
import { accessKeys, accessKeyUses, idOf, roles, roleUses } from './documents.ts'

/** Notes which long-term access keys and which roles are used: what it answers hears of every call whose signature held. */
export function noteIdentityUses(lastUses: LastUses) {
  const noteKey = lastUses.of({ things: accessKeys, uses: accessKeyUses })
  const noteRole = lastUses.of({
    things: roles,
    uses: roleUses,
    isOf: (use, role) => use.roleId === role.roleId,
  })
  return (
    caller: SignedCaller,
    { nowMs, service, region }: Pick<Envelope, 'nowMs' | 'service' | 'region'>,
  ): void => {
    const scope = globalScope(caller.account)
    if (caller.kind === 'assumed-role') {
      const { roleName, roleId } = caller
      noteRole(scope, idOf(roleName), { lastUsedAtMs: nowMs, region, roleId })
    } else if (!caller.session) {
      // Temporary credentials of users have no record of their own.
      noteKey(scope, caller.accessKeyId, { lastUsedAtMs: nowMs, serviceName: service, region })
    }
  }
}
