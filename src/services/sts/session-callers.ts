import type { Caller, RootCaller, SignedCaller, UserCaller } from '#core/caller.ts'
import { faults } from './faults.ts'

type Operation =
  'AssumeRole' | 'DecodeAuthorizationMessage' | 'GetAccessKeyInfo' | 'GetFederationToken' | 'GetSessionToken'

const all: readonly Operation[] = [
  'AssumeRole',
  'DecodeAuthorizationMessage',
  'GetAccessKeyInfo',
  'GetFederationToken',
  'GetSessionToken',
]

/**
 * What a session may not call, by who its caller is; GetCallerIdentity is open to all.
 * Source: IAM User Guide, "Compare AWS STS credentials", column "Restrictions on resulting temporary credentials".
 */
const forbidden: { readonly [Kind in SignedCaller['kind']]: ReadonlySet<Operation> } = {
  'assumed-role': new Set(['GetFederationToken', 'GetSessionToken']),
  user: new Set(all.filter((operation) => operation !== 'AssumeRole')),
  root: new Set(all.filter((operation) => operation !== 'AssumeRole')),
  'federated-user': new Set(all),
}

/** Refuses callers whose credentials are those of a session that may not call the operation. Faults: AccessDenied. */
export function refuseSession(caller: Caller, operation: Operation): void {
  if (!('session' in caller) || !caller.session) return
  if (forbidden[caller.kind].has(operation)) throw faults.sessionCredentials(operation)
}

/** The user, or root, who calls with a key of its own. Faults: AccessDenied for anybody else. */
export function longTermCaller(
  caller: Caller,
  operation: 'GetFederationToken' | 'GetSessionToken',
): UserCaller | RootCaller {
  refuseSession(caller, operation)
  if (caller.kind !== 'user' && caller.kind !== 'root') throw faults.sessionCredentials(operation)
  return caller
}
