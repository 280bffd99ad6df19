import { hash } from 'node:crypto'
import { type Claim, claimOf, shown, signedDate } from './claim.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { headerOf, type SignedRequest } from './request.ts'

/** Limit: far above what any client sends; Node allows 16 KiB for all headers together. */
const authorizationLengthMax = 8192
const required = ['Credential', 'Signature', 'SignedHeaders'] as const
type Parameter = (typeof required)[number]

/**
 * Reads `Authorization: AWS4-… Credential=…, SignedHeaders=…, Signature=…`.
 * Faults: IncompleteSignature, in AWS's words.
 * Source: IAM User Guide, "Create a signed AWS API request"; the words from Lambda and API Gateway (which no longer echo the
 * header but its hash), and from the error table of scratchstack's aws-sig-v4 tests.
 */
export function claimOfHeader(request: SignedRequest, authorization: string): Claim | AuthenticationFailure {
  if (authorization.length > authorizationLengthMax) return authenticationFailure('IncompleteSignature')
  const text = authorization.trim()
  const space = text.indexOf(' ')
  const algorithm = space === -1 ? text : text.slice(0, space)
  if (algorithm.includes('=')) {
    return authenticationFailure(
      'IncompleteSignature',
      `Authorization header must begin with the algorithm name, which cannot include an equal-sign. ${hashed(authorization)}`,
    )
  }
  if (algorithm.startsWith('AWS') && algorithm.length > 3 && !algorithm.startsWith('AWS4-')) {
    return authenticationFailure('IncompleteSignature', `Unsupported AWS 'algorithm': '${shown(algorithm)}'.`)
  }

  const found: Record<Parameter, string | undefined> = {
    Credential: undefined,
    Signature: undefined,
    SignedHeaders: undefined,
  }
  const list = space === -1 ? '' : text.slice(space + 1)
  for (let start = 0; start < list.length;) {
    const comma = list.indexOf(',', start)
    const end = comma === -1 ? list.length : comma
    const pair = list.slice(start, end).trim()
    start = end + 1
    const equals = pair.indexOf('=')
    // A space inside a value means that a pair lost its comma, or a key was pasted with a blank.
    if (equals === -1 || pair.includes(' ')) return notAPair(authorization)
    const name = pair.slice(0, equals)
    if (!isParameter(name)) continue // AWS passes over parameters that it does not know.
    if (found[name] !== undefined) {
      return authenticationFailure('IncompleteSignature', `Authorization header has '${name}' twice.`)
    }
    found[name] = pair.slice(equals + 1)
  }

  const date = signedDate(request)
  const { Credential: credential, Signature: signature, SignedHeaders: signedHeaders } = found
  if (!credential || !signature || !signedHeaders || date === undefined) {
    const missing = required.filter((name) => !found[name]).map((name) => `requires '${name}' parameter. `)
    if (date === undefined) missing.push("requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
    const message = missing.map((what) => `Authorization header ${what}`).join('')
    return authenticationFailure('IncompleteSignature', `${message}${hashed(authorization)}`)
  }
  if ('ok' in date) return date

  return claimOf({
    algorithm,
    credential,
    signedHeaders,
    signature,
    date,
    sessionToken: headerOf(request, 'x-amz-security-token'),
    regionSet: headerOf(request, 'x-amz-region-set'),
    presigned: undefined,
  })
}

function isParameter(name: string): name is Parameter {
  return name === 'Credential' || name === 'SignedHeaders' || name === 'Signature'
}

/** AWS answers with the header's hash, so that what somebody pasted there by mistake is not echoed into logs. */
function hashed(authorization: string): string {
  return `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash('sha256', authorization, 'base64')}`
}

function notAPair(authorization: string): AuthenticationFailure {
  return authenticationFailure(
    'IncompleteSignature',
    'Invalid key=value pair (missing equal-sign) in Authorization header ' +
      `(hashed with SHA-256 and encoded with Base64): '${hash('sha256', authorization, 'base64')}'.`,
  )
}
