import { amzDateOf, type Claim, claimOf } from './claim.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { percentNormalize } from './percent.ts'
import { headerOf, type SignedRequest } from './request.ts'

/** Limit: seven days, in seconds. Source: IAM User Guide, "Elements of an AWS API request signature", X-Amz-Expires. */
const expiresSecondsMax = 604_800

const required = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
] as const
const marks: ReadonlySet<string> = new Set(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature'])

/** The signing parameters (`X-Amz-…`) of a query, decoded; undefined when one is repeated or malformed. */
export type SigningParameters = ReadonlyMap<string, string>

/** Reads the `X-Amz-…` parameters of a query. */
export function signingParameters(query: string): SigningParameters | AuthenticationFailure {
  const parameters = new Map<string, string>()
  if (!query.includes('X-Amz-')) return parameters
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    const name = percentNormalize(equals === -1 ? part : part.slice(0, equals))
    if (!name.startsWith('X-Amz-')) continue
    const value = decoded(equals === -1 ? '' : part.slice(equals + 1))
    // Whoever reads the first and whoever reads the last would see two requests.
    if (value === undefined || parameters.has(name)) {
      return authenticationFailure(
        'IncompleteSignature',
        `The query parameter '${name}' is malformed or repeated.`,
      )
    }
    parameters.set(name, value)
  }
  return parameters
}

/** True when a query claims to carry a signature. */
export function isPresigned(parameters: SigningParameters): boolean {
  for (const mark of marks) if (parameters.has(mark)) return true
  return false
}

/**
 * Reads a presigned request. X-Amz-Expires may be left out, then the clock window alone bounds the request.
 * Faults: IncompleteSignature, in AWS's words.
 */
export function claimOfQuery(
  request: SignedRequest,
  parameters: SigningParameters,
): Claim | AuthenticationFailure {
  const missing = required.filter((name) => !parameters.get(name))
  if (missing.length > 0) {
    const message = missing.map((name) => `AWS query-string parameters must include '${name}'. `).join('')
    return authenticationFailure('IncompleteSignature', `${message}Re-examine the query-string parameters.`)
  }

  const date = amzDateOf(parameters.get('X-Amz-Date') ?? '')
  if ('ok' in date) return date
  const expires = parameters.get('X-Amz-Expires')
  const expiresSeconds = expires === undefined ? undefined : /^\d{1,7}$/.test(expires) ? Number(expires) : -1
  if (expiresSeconds !== undefined && (expiresSeconds < 1 || expiresSeconds > expiresSecondsMax)) {
    return authenticationFailure(
      'IncompleteSignature',
      `X-Amz-Expires must be a number of seconds from 1 to ${expiresSecondsMax} (a week).`,
    )
  }

  return claimOf({
    algorithm: parameters.get('X-Amz-Algorithm') ?? '',
    credential: parameters.get('X-Amz-Credential') ?? '',
    signedHeaders: parameters.get('X-Amz-SignedHeaders') ?? '',
    signature: parameters.get('X-Amz-Signature') ?? '',
    date,
    sessionToken: parameters.get('X-Amz-Security-Token') ?? headerOf(request, 'x-amz-security-token'),
    regionSet: parameters.get('X-Amz-Region-Set'),
    presigned: { expiresSeconds },
  })
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    return undefined // URIError: the only thing decodeURIComponent throws.
  }
}
