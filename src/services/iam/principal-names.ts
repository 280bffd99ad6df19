import { accountId, arn, parseArn } from '#core/arn.ts'
import { isUniqueId, type PrincipalNames } from '#core/principal-names.ts'
import type { Reader } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { idOf, roles, users } from './documents.ts'

/** See `PrincipalNames`. */
export const principalNames: PrincipalNames = {
  stored(reader, partition, name) {
    if (name === '*') return name
    const account = accountId(name)
    if (account) return arn({ partition, service: 'iam', region: '', account, resource: 'root' })
    if (isUniqueId(name)) return arnOf(reader, name) && name
    const parts = parseArn(name)
    const owner = parts && accountId(parts.account)
    if (!owner || parts.partition !== partition) return undefined
    // Any account is taken, also one that is not of this deployment; so are sessions, which have no ids of their own.
    if (parts.service === 'sts')
      return /^(?:assumed-role|federated-user)\/./.test(parts.resource) ? name : undefined
    if (parts.service !== 'iam') return undefined
    if (parts.resource === 'root') return name
    const id = idOf(name.slice(name.lastIndexOf('/') + 1))
    const user = reader.get(users, globalScope(owner), id)
    if (user?.arn === name) return user.userId
    const role = reader.get(roles, globalScope(owner), id)
    return role?.arn === name ? role.roleId : undefined
  },
  arnOf,
}

/** Whose unique id this is, in any account. */
function arnOf(reader: Reader, id: string): string | undefined {
  const [user] = id.startsWith('AIDA') ? reader.findAnywhere(users, 'id', id) : []
  const [role] = id.startsWith('AROA') ? reader.findAnywhere(roles, 'id', id) : []
  return user?.document.arn ?? role?.document.arn
}
