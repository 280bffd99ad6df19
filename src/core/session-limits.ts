import type { ServiceName } from '#wire/index.ts'
import type { Caller } from './caller.ts'
import { Fault } from './fault.ts'

/**
 * What sessions without a role may call of STS.
 * Source: IAM User Guide, "Permissions for GetSessionToken" and "Permissions for GetFederationToken"; STS API Reference, both.
 */
const stsCalls = {
  user: new Set(['AssumeRole', 'GetCallerIdentity']),
  root: new Set(['AssumeRole', 'GetCallerIdentity']),
  'federated-user': new Set(['GetCallerIdentity']),
} as const satisfies Partial<Record<Caller['kind'], ReadonlySet<string>>>

/**
 * Why a session may not call an operation at all, whatever policies say; undefined when it may. Sessions of GetSessionToken and
 * GetFederationToken cannot manage identities (but with MFA, for the former) nor make sessions out of themselves.
 * Source: the code for IAM is what AWS answers, as public issues report (aws-sdk-js #460, aws.iam #15).
 */
export function sessionRefusal(caller: Caller, service: ServiceName, operation: string): Fault | undefined {
  if (caller.kind !== 'user' && caller.kind !== 'root' && caller.kind !== 'federated-user') return undefined
  if (!caller.session) return undefined
  if (service === 'iam') {
    if (caller.kind !== 'federated-user' && caller.session.mfaAuthenticatedAtMs !== undefined)
      return undefined
    return new Fault('InvalidClientTokenId', 'The security token included in the request is invalid')
  }
  if (service !== 'sts' || stsCalls[caller.kind].has(operation)) return undefined
  return new Fault('AccessDenied', `Cannot call ${operation} with session credentials`)
}
