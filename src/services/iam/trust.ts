import { accountId, arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { Table } from '#core/tables.ts'
import { idOf, type Role, roles, type User, users } from './documents.ts'
import { faults } from './faults.ts'
import { checkPolicy, sizeOf, urlEncoded } from './policy-text.ts'
import { quotas } from './quotas.ts'

type Place = Pick<Call, 'tx' | 'partition'> & { readonly users: Table<User>; readonly roles: Table<Role> }

/**
 * A trust policy as it is kept: users and roles by their unique ids, so that one who is made anew under the same name is not
 * trusted, and accounts by their ARNs.
 *
 * Faults: MalformedPolicyDocumentException, also for a user or role that does not exist; LimitExceededException.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", IAM user principals and IAM role principals.
 */
export function storedTrust(call: Place, text: string): string {
  checkPolicy(text, 'trust')
  if (sizeOf(text) > quotas.trustPolicySize) throw faults.quota('ACLSizePerRole', quotas.trustPolicySize)
  return withPrincipals(text, {
    AWS: (name) => storedPrincipal(call, name) ?? refuse('AWS', name),
    Service: (name) => (serviceName.test(name) ? name : refuse('SERVICE', name)),
  })
}

/** A kept trust policy as answers show it: users and roles by their ARNs as long as they exist. */
export function shownTrust(call: Pick<Call, 'tx'>, stored: string): string {
  if (!/"A(?:IDA|ROA)/.test(stored)) return urlEncoded(stored)
  return urlEncoded(withPrincipals(stored, { AWS: (name) => arnOfId(call, name) ?? name }))
}

/** Differs: AWS knows the names of its services; here everything counts that has their form. */
const serviceName = /^(?:[a-z0-9_-]+\.)+(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)$/
const uniqueId = /^A(?:IDA|ROA)[A-Z0-9]+$/

function refuse(type: string, name: string): never {
  throw faults.malformedPolicy(`Invalid principal in policy: "${type}":"${name}"`)
}

/** The form under which a principal is kept, or undefined when there is nobody of that name. */
function storedPrincipal(call: Place, name: string): string | undefined {
  if (name === '*') return name
  const account = accountId(name)
  if (account)
    return arn({ partition: call.partition, service: 'iam', region: '', account, resource: 'root' })
  if (uniqueId.test(name)) return arnOfId(call, name) && name
  const parts = parseArn(name)
  const owner = parts && accountId(parts.account)
  if (!owner || parts.partition !== call.partition) return undefined
  // Any account is taken, also one that is not of this deployment; so are sessions, which have no ids of their own.
  if (parts.resource === 'root' || parts.service === 'sts') return name
  const id = idOf(name.slice(name.lastIndexOf('/') + 1))
  const user = call.users.in(owner).get(id)
  if (user?.arn === name) return user.userId
  const role = call.roles.in(owner).get(id)
  return role?.arn === name ? role.roleId : undefined
}

/** Whose unique id this is, in any account. */
function arnOfId({ tx }: Pick<Call, 'tx'>, id: string): string | undefined {
  const [user] = id.startsWith('AIDA') ? tx.findAnywhere(users, 'id', id) : []
  const [role] = id.startsWith('AROA') ? tx.findAnywhere(roles, 'id', id) : []
  return user?.document.arn ?? role?.document.arn
}

type Rewrite = Readonly<Partial<Record<'AWS' | 'Service', (name: string) => string>>>

/** The same policy with its principals rewritten. The engine has read it: no key occurs twice, and the shapes are right. */
function withPrincipals(text: string, rewrite: Rewrite): string {
  const policy = JSON.parse(text, exactNumbers) as { Statement: object | object[] } // The engine has read it.
  for (const statement of [policy.Statement].flat()) {
    for (const element of ['Principal', 'NotPrincipal'] as const) {
      const principal: unknown = Object.entries(statement).find(([key]) => key === element)?.[1]
      if (typeof principal === 'object' && principal !== null) rewriteNames(principal, rewrite)
    }
  }
  return JSON.stringify(policy)
}

function rewriteNames(principal: object, rewrite: Rewrite): void {
  for (const [type, names] of Object.entries(principal) as [string, unknown][]) {
    if (type !== 'AWS' && type !== 'Service') continue
    const change = rewrite[type]
    if (!change) continue
    const one = (name: unknown): unknown => (typeof name === 'string' ? change(name) : name)
    Object.assign(principal, { [type]: Array.isArray(names) ? names.map(one) : one(names) })
  }
}

/** Condition values are texts: a number that JavaScript cannot hold keeps its digits as one. */
function exactNumbers(
  this: unknown,
  _: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && String(value) !== source ? source : value
}
