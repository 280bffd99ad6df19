import { formatAmzDate } from './amz-date.ts'
import type { Claim } from './claim.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { headerOf, type SignedRequest } from './request.ts'

/** What the caller of the verifier knows and the request does not. */
export interface VerifyOptions {
  /** Units: milliseconds since 1970. */
  readonly nowMs: number
  /** How far the signer's clock may be off, in ms. 15 minutes by default; KMS, Lambda and CloudWatch use 5. */
  readonly skewMs?: number
  /** The signing names that the called service answers to; the first is the one that messages name. */
  readonly services: readonly string[]
  /** Whether a region may be signed for; any well-formed one by default. */
  readonly region?: (region: string) => boolean
}

const defaultSkewMs = 15 * 60_000

/**
 * Headers of the `x-amz-` family that need no signature: a session token binds itself to the access key (and IoT's clients add it
 * after signing), and the payload's hash is part of the canonical request in its own right.
 */
const boundOtherwise: ReadonlySet<string> = new Set(['x-amz-security-token', 'x-amz-content-sha256'])

/**
 * Checks all that needs no secret: scope, clock, and that the headers which matter are signed. Those are `host`, the date that
 * was used, and every `x-amz-` header sent (x-amz-target names the operation; AWS documents that all of them are to be signed).
 * Content-Type need not be: signers leave it out (aws4fetch), and AWS takes them.
 * Faults: InvalidScope, SignatureExpired, SignatureNotYetCurrent, RequestExpired, UnsignedHeader.
 * Source: IAM User Guide, "Troubleshoot signed requests" (the words), "Create a signed AWS API request" (CanonicalHeaders).
 */
export function checkClaim(
  request: SignedRequest,
  claim: Claim,
  options: VerifyOptions,
): AuthenticationFailure | undefined {
  return checkHeaders(request, claim) ?? checkTime(claim, options) ?? checkScope(claim, options)
}

function checkHeaders(request: SignedRequest, claim: Claim): AuthenticationFailure | undefined {
  if (!claim.signedHeaders.includes('host')) return authenticationFailure('UnsignedHeader')
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith('x-amz-') || boundOtherwise.has(name) || request.headers[name] === undefined)
      continue
    if (!claim.signedHeaders.includes(name)) return unsigned(name)
  }
  const dated = claim.presigned !== undefined || headerOf(request, 'x-amz-date') !== undefined
  return dated || claim.signedHeaders.includes('date') ? undefined : unsigned('Date')
}

function checkTime(
  claim: Claim,
  { nowMs, skewMs = defaultSkewMs }: VerifyOptions,
): AuthenticationFailure | undefined {
  if (claim.timeMs > nowMs + skewMs) {
    return authenticationFailure(
      'SignatureNotYetCurrent',
      `Signature not yet current: ${claim.amzDate} is still later than ${window(nowMs, '+', skewMs)}`,
    )
  }
  const expiresSeconds = claim.presigned?.expiresSeconds
  if (expiresSeconds !== undefined) {
    return nowMs > claim.timeMs + expiresSeconds * 1000
      ? authenticationFailure(
          'RequestExpired',
          `Signature expired: ${claim.amzDate} is now earlier than ${window(nowMs, '-', expiresSeconds * 1000)}`,
        )
      : undefined
  }
  if (claim.timeMs < nowMs - skewMs) {
    return authenticationFailure(
      'SignatureExpired',
      `Signature expired: ${claim.amzDate} is now earlier than ${window(nowMs, '-', skewMs)}`,
    )
  }
  return undefined
}

function checkScope(claim: Claim, { services, region }: VerifyOptions): AuthenticationFailure | undefined {
  // Both at once, as STS does.
  let message = ''
  if (region !== undefined && !regionsOf(claim).every((name) => name.includes('*') || region(name))) {
    message += 'Credential should be scoped to a valid region. '
  }
  if (!services.includes(claim.scope.service)) {
    message += `Credential should be scoped to correct service: '${services[0] ?? ''}'. `
  }
  return message === '' ? undefined : authenticationFailure('InvalidScope', message)
}

function regionsOf(claim: Claim): readonly string[] {
  return claim.regionSet ?? (claim.scope.region === undefined ? [] : [claim.scope.region])
}

function unsigned(name: string): AuthenticationFailure {
  return authenticationFailure(
    'UnsignedHeader',
    `'${name}' must be a 'SignedHeader' in the AWS Authorization.`,
  )
}

/** `20150830T122100Z (20150830T123600Z - 15 min.)` */
function window(nowMs: number, sign: '+' | '-', spanMs: number): string {
  const edge = formatAmzDate(sign === '+' ? nowMs + spanMs : nowMs - spanMs)
  const span = spanMs % 60_000 === 0 ? `${spanMs / 60_000} min` : `${spanMs / 1000} sec`
  return `${edge} (${formatAmzDate(nowMs)} ${sign} ${span}.)`
}
