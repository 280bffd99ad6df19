import { formatAmzDate, parseAmzDate, parseDateHeader } from './amz-date.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { headerOf, type SignedRequest } from './request.ts'

/** SigV4 (one region, HMAC) and SigV4a (a set of regions, ECDSA). */
export type Algorithm = 'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256'

/** What the signature is bound to. */
export interface Scope {
  /** `YYYYMMDD`, the day of `timeMs`. */
  readonly date: string
  /** Undefined for SigV4a, which has a `regionSet` instead. */
  readonly region: string | undefined
  readonly service: string
  /** The scope as it is signed: `20150830/us-east-1/iam/aws4_request`. */
  readonly text: string
}

/** Who a request says it is from, and how it proves it. Nothing here is verified yet. Units: times in ms since 1970. */
export interface Claim {
  readonly ok: true
  readonly algorithm: Algorithm
  readonly accessKeyId: string
  readonly scope: Scope
  /** SigV4a alone: region names, `*` stands for any run of characters. */
  readonly regionSet: readonly string[] | undefined
  /** Lower-case, ascending, without repetition. */
  readonly signedHeaders: readonly string[]
  /** Lower-case hexadecimal: 32 bytes for SigV4, DER for SigV4a. */
  readonly signature: string
  readonly sessionToken: string | undefined
  /** The time as it is signed: `20150830T123600Z`. */
  readonly amzDate: string
  readonly timeMs: number
  /** Set when the signature came in the query. `expiresSeconds` is undefined when X-Amz-Expires was left out. */
  readonly presigned: { readonly expiresSeconds: number | undefined } | undefined
}

/** The parts that header and query forms share, as text. */
export interface ClaimText {
  readonly algorithm: string
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  readonly date: { readonly text: string; readonly timeMs: number }
  readonly sessionToken: string | undefined
  readonly regionSet: string | undefined
  readonly presigned: Claim['presigned']
}

/** What every credential scope ends with. Source: IAM User Guide, "Elements of an AWS API request signature". */
export const terminator = 'aws4_request'
/** Limit: an access key id has at most 128 characters. Source: IAM API Reference, AccessKey. Comma and slash delimit it. */
const accessKeyIdForm = /^[!-+\--.0-~]{1,128}$/
const scopePartForm = /^[a-z0-9_.-]{1,64}$/i
const regionSetForm = /^[a-z0-9*-]{1,64}$/
const signatureForms = {
  'AWS4-HMAC-SHA256': /^[0-9a-f]{64}$/,
  // A P-256 signature in DER has 8 to 72 bytes.
  'AWS4-ECDSA-P256-SHA256': /^(?:[0-9a-f]{2}){8,72}$/,
} as const satisfies Record<Algorithm, RegExp>

/** Checks the form of what a request claims. Faults: IncompleteSignature, InvalidScope, SignatureDoesNotMatch. */
export function claimOf(text: ClaimText): Claim | AuthenticationFailure {
  const { algorithm, credential, signature, date } = text
  if (!isAlgorithm(algorithm)) {
    return authenticationFailure('IncompleteSignature', `Unsupported AWS 'algorithm': '${shown(algorithm)}'.`)
  }

  const parts = credential.split('/')
  const asymmetric = algorithm === 'AWS4-ECDSA-P256-SHA256'
  if (parts.length !== (asymmetric ? 4 : 5)) return wrongCredential(credential, asymmetric)
  const [accessKeyId = '', day = '', ...rest] = parts
  const [region, service = '', end = ''] = asymmetric ? [undefined, ...rest] : rest
  if (!accessKeyIdForm.test(accessKeyId)) return wrongCredential(credential, asymmetric)
  if (!scopePartForm.test(service) || (region !== undefined && !scopePartForm.test(region))) {
    return wrongCredential(credential, asymmetric)
  }

  if (end !== terminator) {
    return authenticationFailure(
      'InvalidScope',
      `Credential should be scoped with a valid terminator: '${terminator}', not '${shown(end)}'. `,
    )
  }
  if (day !== date.text.slice(0, 8)) {
    return authenticationFailure(
      'InvalidScope',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. ',
    )
  }

  const signedHeaders = signedHeaderNames(text.signedHeaders)
  if (signedHeaders === undefined || !signatureForms[algorithm].test(signature)) {
    return authenticationFailure('SignatureDoesNotMatch')
  }

  const regionSet = asymmetric ? text.regionSet?.split(',').map((name) => name.trim()) : undefined
  if (asymmetric && !regionSet?.every((name) => regionSetForm.test(name))) {
    return authenticationFailure('IncompleteSignature', "SigV4a requires a valid 'X-Amz-Region-Set'.")
  }

  return {
    ok: true,
    algorithm,
    accessKeyId,
    scope: { date: day, region, service, text: credential.slice(accessKeyId.length + 1) },
    regionSet,
    signedHeaders,
    signature,
    sessionToken: text.sessionToken,
    amzDate: date.text,
    timeMs: date.timeMs,
    presigned: text.presigned,
  }
}

/** The time a request was signed at: X-Amz-Date, or else Date. Undefined when there is neither. */
export function signedDate(request: SignedRequest): ClaimText['date'] | AuthenticationFailure | undefined {
  const amzDate = headerOf(request, 'x-amz-date')
  if (amzDate !== undefined) return amzDateOf(amzDate)
  const date = headerOf(request, 'date')
  if (date === undefined) return undefined
  const timeMs = parseDateHeader(date)
  return timeMs === undefined ? wrongDate(date) : { text: formatAmzDate(timeMs), timeMs }
}

/** Reads X-Amz-Date, from a header or from the query. */
export function amzDateOf(text: string): ClaimText['date'] | AuthenticationFailure {
  const timeMs = parseAmzDate(text)
  return timeMs === undefined ? wrongDate(text) : { text, timeMs }
}

/** A caller's own text in a message: bounded, and printable. */
export function shown(text: string): string {
  return text.slice(0, 256).replaceAll(/[^ -~]/g, '?')
}

function isAlgorithm(text: string): text is Algorithm {
  return Object.hasOwn(signatureForms, text)
}

function wrongDate(text: string): AuthenticationFailure {
  return authenticationFailure(
    'IncompleteSignature',
    `Date must be in ISO-8601 'basic format'. Got '${shown(text)}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  )
}

function wrongCredential(credential: string, asymmetric: boolean): AuthenticationFailure {
  const form = asymmetric ? 'keyid/date/service/term' : 'keyid/date/region/service/term'
  return authenticationFailure(
    'IncompleteSignature',
    `Credential must have exactly ${asymmetric ? 4 : 5} slash-delimited elements, e.g. ${form}, got '${shown(credential)}'`,
  )
}

const headerNames = /^[a-z0-9!#$%&'*+.^_`|~;-]+$/
/** Limit: Node's own is 2,000 header fields in 16 KiB; nobody signs more than a few dozen. */
const signedHeadersMax = 200

function signedHeaderNames(text: string): readonly string[] | undefined {
  if (!headerNames.test(text)) return undefined
  const names = text.split(';')
  if (names.length > signedHeadersMax) return undefined
  let previous = ''
  for (const name of names) {
    // Strictly ascending refuses repetition and empty names too: one list has one spelling.
    if (name <= previous) return undefined
    previous = name
  }
  return names
}
