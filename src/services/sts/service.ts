import { service, type Service } from '#core/service.ts'
import { assumeRole } from './assume-role.ts'
import type { StsParts } from './declare.ts'
import { getFederationToken } from './get-federation-token.ts'
import { getSessionToken } from './get-session-token.ts'
import { DecodeAuthorizationMessage, getAccessKeyInfo, GetCallerIdentity } from './inquiries.ts'

/** The Security Token Service: who the caller is, and sessions. */
export function createStsService(parts: StsParts): Service {
  const operations = {
    AssumeRole: assumeRole(parts),
    DecodeAuthorizationMessage,
    GetAccessKeyInfo: getAccessKeyInfo(parts),
    GetCallerIdentity,
    GetFederationToken: getFederationToken(parts),
    GetSessionToken: getSessionToken(parts),
  }
  return service({ model: 'sts', files: [operations] })
}
