import { type Arn, arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import { type Group, idOf, type User } from './documents.ts'
import { faults } from './faults.ts'

/** What is needed to write the ARN of something in the caller's account. */
type Place = Pick<Call, 'partition' | 'account'>

/** The types of ARNs in IAM whose resource part is `type/path/name`. */
export type NamedType = 'user' | 'group' | 'role' | 'policy' | 'instance-profile' | 'server-certificate'

/** The ARN of a named thing of IAM: `arn:aws:iam::123456789012:user/division/Bob`. `path` begins and ends with a slash. */
export function iamArn({ partition, account }: Place, type: NamedType, path: string, name: string): Arn {
  return arn({ partition, service: 'iam', region: '', account, resource: `${type}${path}${name}` })
}

/** The user of that name, or what to authorize in its place. AWS knows no path of what does not exist: it is `/`. */
export function findUser(call: Place & { readonly users: Table<User> }, name: string): User | Missing {
  return call.users.get(idOf(name)) ?? new Missing(iamArn(call, 'user', '/', name), faults.noSuchUser(name))
}

/** The group of that name, or what to authorize in its place. */
export function findGroup(call: Place & { readonly groups: Table<Group> }, name: string): Group | Missing {
  return (
    call.groups.get(idOf(name)) ?? new Missing(iamArn(call, 'group', '/', name), faults.noSuchGroup(name))
  )
}

/**
 * The user that a call is about when it may leave out the name: the one that is named, else the caller.
 * Faults: ValidationError when a role or a federated session leaves out the name.
 */
export function findUserOrCaller(
  call: Place & Pick<Call, 'caller'> & { readonly users: Table<User> },
  name: string | undefined,
): User | Missing {
  if (name !== undefined) return findUser(call, name)
  if (call.caller.kind === 'user') return findUser(call, call.caller.userName)
  throw faults.userNameNeeded()
}
