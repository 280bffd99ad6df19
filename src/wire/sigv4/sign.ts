import { hash } from 'node:crypto'
import { formatAmzDate } from './amz-date.ts'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  isS3,
  type PathRules,
  pathRulesOf,
  stringToSign,
} from './canonical-request.ts'
import { type Algorithm, terminator } from './claim.ts'
import { sha256, unsignedPayload } from './payload.ts'
import { percentEncode } from './percent.ts'
import { headerOf, type SignedRequest } from './request.ts'
import { ecdsaSigningKey, hmacSigningKey, type SigningKey } from './signing-key.ts'

/** Whose credentials sign, and for which service and region. */
export interface SignerOptions {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly service: string
  /** A region, or for SigV4a a set of them: `us-east-1,eu-*`. */
  readonly region: string
  readonly algorithm?: Algorithm
  readonly pathRules?: PathRules
}

/** Signs requests with one set of credentials, whose signing key it keeps. */
export interface Signer {
  /**
   * Signs by header: adds X-Amz-Date, Authorization and, where they apply, X-Amz-Security-Token and X-Amz-Region-Set. An
   * x-amz-content-sha256 that is set stays and is signed. `host` must be set.
   */
  sign(request: SignedRequest, nowMs: number): SignedRequest
  /** Signs by query, for `expiresSeconds` (1 to 604,800). S3's payload stays unsigned, others sign the body that is given. */
  presign(request: SignedRequest, nowMs: number, expiresSeconds: number): SignedRequest
}

/** Headers that proxies and clients change under way. Source: the AWS SDKs' signers, which all leave these out. */
const unsignable: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])

/** Makes a signer for one service and region; it keeps the day's derived key. */
export function createSigner(options: SignerOptions): Signer {
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    service,
    region,
    algorithm = 'AWS4-HMAC-SHA256',
  } = options
  const rules = options.pathRules ?? pathRulesOf(service)
  const asymmetric = algorithm === 'AWS4-ECDSA-P256-SHA256'
  let current: { readonly date: string; readonly key: SigningKey } | undefined

  const keyOf = (date: string): SigningKey => {
    if (current?.date !== date) {
      const key = asymmetric
        ? ecdsaSigningKey(secretAccessKey, accessKeyId)
        : hmacSigningKey(secretAccessKey, date, region, service)
      current = { date, key }
    }
    return current.key
  }
  const scopeOf = (date: string): string =>
    asymmetric ? `${date}/${service}/${terminator}` : `${date}/${region}/${service}/${terminator}`
  const signatureOf = (
    request: SignedRequest,
    names: readonly string[],
    amzDate: string,
    payloadHash: string,
  ): string => {
    const date = amzDate.slice(0, 8)
    const headers = canonicalHeaders(request, names) ?? ''
    const query = canonicalQuery(request.query)
    const bytes = canonicalRequest(
      request.method,
      canonicalPath(request.path, rules),
      query,
      headers,
      names,
      payloadHash,
    )
    const scope = { text: scopeOf(date) }
    return keyOf(date).sign(stringToSign({ algorithm, amzDate, scope }, hash('sha256', bytes, 'hex')))
  }

  return {
    sign(request, nowMs) {
      const amzDate = formatAmzDate(nowMs)
      const headers = {
        ...request.headers,
        'x-amz-date': amzDate,
        ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
        ...(asymmetric && { 'x-amz-region-set': region }),
      }
      const names = signable(headers)
      const payloadHash = headerOf(request, 'x-amz-content-sha256') ?? sha256(request.body)
      const signature = signatureOf({ ...request, headers }, names, amzDate, payloadHash)
      const credential = `${accessKeyId}/${scopeOf(amzDate.slice(0, 8))}`
      const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`
      return { ...request, headers: { ...headers, authorization } }
    },

    presign(request, nowMs, expiresSeconds) {
      const amzDate = formatAmzDate(nowMs)
      const names = signable(request.headers)
      const parameters: readonly [string, string | undefined][] = [
        ['X-Amz-Algorithm', algorithm],
        ['X-Amz-Credential', `${accessKeyId}/${scopeOf(amzDate.slice(0, 8))}`],
        ['X-Amz-Date', amzDate],
        ['X-Amz-Expires', String(expiresSeconds)],
        ['X-Amz-Region-Set', asymmetric ? region : undefined],
        ['X-Amz-Security-Token', sessionToken],
        ['X-Amz-SignedHeaders', names.join(';')],
      ]
      const added = parameters.flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${percentEncode(value)}`],
      )
      const query = [...(request.query === '' ? [] : [request.query]), ...added].join('&')
      const stated = headerOf(request, 'x-amz-content-sha256')
      const payloadHash = stated ?? (isS3(service) ? unsignedPayload : sha256(request.body))
      const signature = signatureOf({ ...request, query }, names, amzDate, payloadHash)
      return { ...request, query: `${query}&X-Amz-Signature=${signature}` }
    },
  }
}

function signable(headers: SignedRequest['headers']): readonly string[] {
  return Object.keys(headers)
    .filter((name) => headers[name] !== undefined && !unsignable.has(name))
    .sort()
}
