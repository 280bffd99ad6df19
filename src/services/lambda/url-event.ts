import type { Caller } from '#core/caller.ts'
import type { Incoming } from '#core/pipeline.ts'
import { principalArn } from '#core/access/condition-context.ts'
import type { UrlDocument } from './documents.ts'
import { urlHost } from './url-names.ts'

/** What an event tells beside its request. */
interface Told {
  readonly url: UrlDocument
  readonly caller: Caller
  readonly requestId: string
  readonly nowMs: number
  readonly traceHeader: string
}

/** Fields that prove who a caller is: they are the verifier's. Differs: AWS hands them on. */
const proofs: ReadonlySet<string> = new Set(['authorization', 'x-amz-security-token'])

/**
 * A request as a function reads it, in payload format version 2.0.
 * Source: Lambda Developer Guide, "Invoking Lambda function URLs", request payload format. Of the path, as captured from AWS
 * (middleapi/standard-server #93): it stays percent-encoded, unlike that of an HTTP API.
 */
export function eventOf(request: Incoming, body: Uint8Array, told: Told): object {
  const { url, caller, requestId, nowMs } = told
  const { path, query, method } = request
  const headers = headersOf(request, told)
  // The door read it: it has the form of a URL's.
  const domainName = request.headers['host']?.toLowerCase().replace(/:\d+$/, '') ?? urlHost(url)
  const parameters = parametersOf(query)
  const cookies = request.headers['cookie']?.split(';').map((one) => one.trim()) ?? []
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(Object.keys(parameters).length > 0 && { queryStringParameters: parameters }),
    requestContext: {
      accountId: caller.kind === 'anonymous' ? 'anonymous' : url.account,
      apiId: url.urlId,
      ...authorizerOf(caller),
      domainName,
      domainPrefix: url.urlId,
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(nowMs),
      timeEpoch: nowMs,
    },
    ...bodyOf(body, request.headers),
  }
}

function authorizerOf(caller: Caller): object {
  if (!('accessKeyId' in caller)) return {}
  const { accessKeyId, account, userId, arn } = caller
  const iam = {
    accessKey: accessKeyId,
    accountId: account,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: caller.kind === 'assumed-role' ? arn : (principalArn(caller) ?? arn),
    userId,
  }
  return { authorizer: { iam } }
}

/** What the client sent, and what only we know in the place of what it said of that. */
function headersOf({ headers, sourceIp, secureTransport }: Incoming, { url, traceHeader }: Told) {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || (url.auth === 'AWS_IAM' && proofs.has(name)) ? [] : [[name, value] as const],
  )
  const port = /:(\d{1,5})$/.exec(headers['host'] ?? '')?.[1] ?? (secureTransport ? '443' : '80')
  return {
    ...Object.fromEntries(given),
    'x-amzn-trace-id': traceHeader,
    'x-forwarded-for': sourceIp,
    'x-forwarded-port': port,
    'x-forwarded-proto': secureTransport ? 'https' : 'http',
  }
}

/** Names that stand several times have their values joined by commas. */
function parametersOf(query: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const before = found.get(name)
    found.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(found)
}

const textTypes = /^text\/|(?:json|xml|javascript)(?:$|\s*;)/i

/** A text stands as it is, anything else in base64. */
function bodyOf(body: Uint8Array, headers: Incoming['headers']) {
  if (body.length === 0) return { isBase64Encoded: false }
  const encoded = headers['content-encoding'] !== undefined || !textTypes.test(headers['content-type'] ?? '')
  const text = encoded ? undefined : utf8(body)
  if (text !== undefined) return { body: text, isBase64Encoded: false }
  return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined // It is another encoding's.
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(nowMs: number): string {
  const [year = '', month = '', rest = ''] = new Date(nowMs).toISOString().split('-')
  const [day = '', time = ''] = rest.split('T')
  return `${day}/${months[Number(month) - 1] ?? ''}/${year}:${time.slice(0, 8)} +0000`
}
