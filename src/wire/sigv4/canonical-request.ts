import type { Claim } from './claim.ts'
import { percentEncodePath, percentNormalize } from './percent.ts'
import { headerOf, type SignedRequest } from './request.ts'

/** How a service's signers write the path. Source: IAM User Guide, "Create a signed AWS API request", CanonicalURI. */
export interface PathRules {
  /** Remove dot segments and repeated slashes (all services but S3). */
  readonly normalize: boolean
  /** Encode the path once more than the wire has it (all services but S3). */
  readonly encode: boolean
}

const s3Names: ReadonlySet<string> = new Set(['s3', 's3express', 's3-object-lambda', 's3-outposts'])
const plainRules: PathRules = { normalize: true, encode: true }
const s3Rules: PathRules = { normalize: false, encode: false }

/** S3's signing names keep the path as it is, because an object's key may hold dots and slashes. */
export function isS3(service: string): boolean {
  return s3Names.has(service)
}

/** S3's names keep the path as it was sent; every other service's signers normalize it and encode it once more. */
export function pathRulesOf(service: string): PathRules {
  return isS3(service) ? s3Rules : plainRules
}

/** The path as it is signed. */
export function canonicalPath(path: string, rules: PathRules): string {
  if (path === '/' || path === '') return '/'
  const normal = rules.normalize ? withoutDots(path) : path
  // Where the wire's spelling is signed, only what no URI may hold is encoded.
  return rules.encode ? percentEncodePath(normal) : normal.replaceAll(/[^!-~]/gu, percentEncodePath)
}

/** The query as it is signed: every name and value normalized, sorted by name, then by value. `except` leaves names out. */
export function canonicalQuery(query: string, except?: ReadonlySet<string>): string {
  if (query === '') return ''
  const pairs: [name: string, value: string][] = []
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = percentNormalize(equals === -1 ? part : part.slice(0, equals))
    if (except?.has(name)) continue
    pairs.push([name, equals === -1 ? '' : percentNormalize(part.slice(equals + 1))])
  }
  // Pairs, not joined texts: `=` sorts after `-` and `.`, which a name may hold.
  pairs.sort(
    ([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue),
  )
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

/** `name:value` lines of the signed headers, or undefined when a signed header was not sent. */
export function canonicalHeaders(request: SignedRequest, names: readonly string[]): string | undefined {
  let lines = ''
  for (const name of names) {
    const value = headerOf(request, name)
    if (value === undefined) return undefined
    lines += `${name}:${headerValue(request, name, value)}\n`
  }
  return lines
}

/** Bytes to hash. Header values have one character per byte; all the rest is ASCII by now. */
export function canonicalRequest(
  method: string,
  path: string,
  query: string,
  headers: string,
  signedHeaders: readonly string[],
  payloadHash: string,
): Buffer {
  const text = `${method}\n${path}\n${query}\n${headers}\n${signedHeaders.join(';')}\n${payloadHash}`
  // Characters beyond one byte never come from the wire but from a library's caller, and signers write those as UTF-8.
  return beyondOneByte.test(text) ? Buffer.from(text, 'utf8') : Buffer.from(text, 'latin1')
}

/** Source: IAM User Guide, "Create a signed AWS API request", step 3. */
export function stringToSign(
  claim: Pick<Claim, 'algorithm' | 'amzDate'> & { readonly scope: { readonly text: string } },
  requestHash: string,
): string {
  return `${claim.algorithm}\n${claim.amzDate}\n${claim.scope.text}\n${requestHash}`
}

// oxlint-disable-next-line no-control-regex -- the class is "one byte", and its first half holds the control characters.
const beyondOneByte = /[^\x00-\xff]/
// ASCII blanks only: \s would take in 0xA0, which may be half of a UTF-8 character.
const untidy = /^ | $| {2}|[\t-\r]/

function headerValue(request: SignedRequest, name: string, value: string): string {
  if (request.rawHeaders === undefined || !value.includes(', ')) return tidy(value)
  const values: string[] = []
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name)
      values.push(tidy(request.rawHeaders[index + 1] ?? ''))
  }
  return values.length > 1 ? values.join(',') : tidy(value)
}

/** Trimmed, inner blanks folded to one; no line end survives, so a value cannot pass for a further header. */
export function tidy(value: string): string {
  return untidy.test(value) ? value.replaceAll(/[ \t-\r]+/g, ' ').replaceAll(/^ | $/g, '') : value
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** RFC 3986, section 5.2.4, with empty segments dropped as well; a leading slash always stays. */
function withoutDots(path: string): string {
  if (!path.includes('/.') && !path.includes('//')) return path
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${segments.join('/')}${end}`
}
