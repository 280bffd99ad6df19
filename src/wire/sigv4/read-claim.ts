import { claimOfHeader } from './authorization-header.ts'
import type { Claim } from './claim.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { claimOfQuery, isPresigned, signingParameters } from './presigned-query.ts'
import { headerOf, type SignedRequest } from './request.ts'

/**
 * Reads who a request says it is from: its Authorization header or its presigned query. Verifies nothing.
 * Faults: MissingAuthenticationToken, IncompleteSignature, InvalidScope, SignatureDoesNotMatch (a signature no signer writes, or
 * two of them).
 */
export function readClaim(request: SignedRequest): Claim | AuthenticationFailure {
  const authorization = headerOf(request, 'authorization')
  const parameters = signingParameters(request.query)
  if ('ok' in parameters) return parameters
  const presigned = isPresigned(parameters)

  if (authorization !== undefined && presigned) {
    return authenticationFailure(
      'SignatureDoesNotMatch',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )
  }
  if (authorization !== undefined) return claimOfHeader(request, authorization)
  if (presigned) return claimOfQuery(request, parameters)
  return authenticationFailure('MissingAuthenticationToken')
}
