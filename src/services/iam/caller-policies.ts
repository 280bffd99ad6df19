import type { AccountId } from '#core/arn.ts'
import type { FederatedCaller, RoleCaller, SessionStatement, SignedCaller } from '#core/caller.ts'
import type { CallerPolicies, StoredPolicy } from '#core/identities.ts'
import type { Reader } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { groups, idOf, type PolicyHolder, type Role, roles, type User, users } from './documents.ts'
import { managedPolicyText } from './managed-policy-text.ts'

/**
 * The policies that a caller carries: attached and inline, its groups' for a user, with boundary and session policies.
 * INVARIANT: who does not exist any more may nothing; a policy that is gone denies everything, for it may have denied.
 */
export function policiesOf(reader: Reader, caller: SignedCaller): CallerPolicies {
  switch (caller.kind) {
    case 'root':
      return { identity: [] } // Root needs no policy; only an organization limits it.
    case 'user':
      return userPolicies(reader, caller.account, caller.userName, caller.userId)
    case 'assumed-role':
      return { ...rolePolicies(reader, caller), ...sessionPolicies(reader, caller.session) }
    case 'federated-user':
      // Without a policy of its own, a federated session may nothing. Source: STS API Reference, GetFederationToken.
      return { session: [], ...federatorPolicies(reader, caller), ...sessionPolicies(reader, caller.session) }
  }
}

/** What a vanished policy counts as. */
const denyAll = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

function userPolicies(reader: Reader, account: AccountId, userName: string, userId: string): CallerPolicies {
  const scope = globalScope(account)
  const user = reader.get(users, scope, idOf(userName))
  if (user?.userId !== userId) return { identity: [] }
  const ofGroups = user.groups.flatMap((name) => {
    const group = reader.get(groups, scope, idOf(name))
    return group ? held(reader, group) : []
  })
  return { identity: [...held(reader, user), ...ofGroups], ...boundaryOf(reader, user) }
}

function rolePolicies(reader: Reader, { account, roleName, roleId }: RoleCaller): CallerPolicies {
  const role = reader.get(roles, globalScope(account), idOf(roleName))
  if (role?.roleId !== roleId) return { identity: [] }
  return { identity: held(reader, role), ...boundaryOf(reader, role) }
}

function federatorPolicies(reader: Reader, { account, userName, session }: FederatedCaller): CallerPolicies {
  if (userName === undefined) return { identity: [] } // Root's.
  return userPolicies(reader, account, userName, session.uniqueId)
}

function sessionPolicies(reader: Reader, session: SessionStatement): Pick<CallerPolicies, 'session'> {
  const { policies = [], policyArns = [] } = session
  if (policies.length + policyArns.length === 0) return {}
  const inline = policies.map((text): StoredPolicy => ({ name: 'session policy', text }))
  return { session: [...inline, ...policyArns.map((arn) => managed(reader, arn))] }
}

function held(reader: Reader, { attached, inline }: PolicyHolder): readonly StoredPolicy[] {
  const inlinePolicies = Object.entries(inline).map(([name, text]): StoredPolicy => ({ name, text }))
  return [...attached.map((arn) => managed(reader, arn)), ...inlinePolicies]
}

function boundaryOf(reader: Reader, { boundary }: User | Role): Pick<CallerPolicies, 'boundary'> {
  return boundary === undefined ? {} : { boundary: managed(reader, boundary) }
}

function managed(reader: Reader, arn: string): StoredPolicy {
  return { name: arn, text: managedPolicyText(reader, arn) ?? denyAll }
}
