import { accountId, parseArn } from '#core/arn.ts'
import type { AssumableRoles } from '#core/roles.ts'
import { globalScope } from '#core/tables.ts'
import { idOf, roles } from './documents.ts'
import { managedPolicyText } from './managed-policy-text.ts'

/** Roles as STS sees them. */
export const assumableRoles: AssumableRoles = {
  role(reader, arn) {
    const account = accountId(parseArn(arn)?.account ?? '')
    const role = account && reader.get(roles, globalScope(account), idOf(arn.slice(arn.lastIndexOf('/') + 1)))
    if (!account || role?.arn !== arn) return undefined // Another path, or another case, is another ARN.
    const { roleId, roleName, trustPolicy, tags, maxSessionSeconds } = role
    return { arn: role.arn, account, roleId, roleName, trustPolicy, tags, maxSessionSeconds }
  },

  hasManagedPolicy(reader, account, arn) {
    const owner = accountId(parseArn(arn)?.account ?? '')
    // A customer's policy counts in its own account alone; one of AWS's in all.
    return (owner === undefined || owner === account) && managedPolicyText(reader, arn) !== undefined
  },
}
