import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import type { OidcAction } from '#core/front-door.ts'
import type { Discovery } from './discovery.ts'
import { AuthFailed } from './outcome.ts'

/** Clocks differ. Units: seconds. */
const toleranceSec = 60

/** Signatures alone: with a shared secret as key, whoever knows the secret makes tokens. */
const algorithms = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
] // prettier-ignore

/**
 * The subject of an ID token that the token endpoint gave: issuer, audience, time and nonce, and the signature where the provider
 * publishes keys. Without them, TLS says who made it.
 *
 * Faults: AuthFailed.
 * Source: OpenID Connect Core 1.0, section 3.1.3.7.
 */
export async function subjectOfIdToken(
  token: string,
  action: OidcAction,
  nonce: string | undefined,
  discovery: Discovery,
  nowMs: number,
): Promise<string> {
  const claims = await verified(token, action, discovery, nowMs)
  const audience = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? [])
  const authorized = claims['azp']
  if (claims.iss !== action.issuer) throw invalid('another issuer')
  if (!audience.includes(action.clientId)) throw invalid('another audience')
  if (authorized === undefined ? audience.length > 1 : authorized !== action.clientId)
    throw invalid('another authorized party')
  if (typeof claims.exp !== 'number' || claims.exp + toleranceSec <= nowMs / 1000) throw invalid('expired')
  if (claims.nbf !== undefined && claims.nbf - toleranceSec > nowMs / 1000) throw invalid('not yet valid')
  if (nonce !== undefined && claims['nonce'] !== nonce) throw invalid('another nonce')
  if (typeof claims.sub !== 'string' || claims.sub === '') throw invalid('no subject')
  return claims.sub
}

async function verified(
  token: string,
  action: OidcAction,
  discovery: Discovery,
  nowMs: number,
): Promise<JWTPayload> {
  let { keys } = await discovery.of(action.issuer)
  try {
    if (keys === undefined) return decodeJwt(token)
    const options = { algorithms, currentDate: new Date(nowMs), clockTolerance: toleranceSec }
    try {
      return (await jwtVerify(token, keys, options)).payload
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      ;({ keys } = await discovery.of(action.issuer, true))
      if (keys === undefined) throw error
      return (await jwtVerify(token, keys, options)).payload
    }
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalid(error.code)
    throw error
  }
}

const invalid = (detail: string): AuthFailed =>
  new AuthFailed(401, 'AuthInvalidIdToken', `the ID token: ${detail}`)
