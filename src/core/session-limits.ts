import type { ServiceName } from '#wire/index.ts'
import type { Caller } from './caller.ts'
import { Fault } from './fault.ts'

/**
 * Why a session may not call a service at all, whatever policies say; undefined when it may. Sessions of GetFederationToken, and
 * those of GetSessionToken without MFA, cannot manage identities. (What sessions may ask of STS is STS's own rule.)
 * Source: IAM User Guide, "Permissions for GetSessionToken" and "Permissions for GetFederationToken"; the code is what AWS answers,
 * as public issues report (aws-sdk-js #460, aws.iam #15).
 */
export function sessionRefusal(caller: Caller, service: ServiceName): Fault | undefined {
  if (service !== 'iam' || mayManageIdentities(caller)) return undefined
  return new Fault('InvalidClientTokenId', 'The security token included in the request is invalid')
}

function mayManageIdentities(caller: Caller): boolean {
  switch (caller.kind) {
    case 'user':
    case 'root':
      return !caller.session || caller.session.mfaAuthenticatedAtMs !== undefined
    case 'federated-user':
      return false
    case 'assumed-role':
    case 'service':
    case 'anonymous':
      return true
  }
}
