import { createSigner, type SignedRequest } from '#wire/sigv4/index.ts'
import type { Credentials, TestServer } from './server.ts'

/** The query services that tests call without a client, with the version of their API. */
const versions = { iam: '2010-05-08', sns: '2010-03-31', sqs: '2012-11-05', sts: '2011-06-15' } as const
export type QueryService = keyof typeof versions

/** What a call without a client can choose. Default: signed now, for us-east-1. */
export interface CallOptions {
  readonly nowMs?: number
  readonly region?: string
  /** Default: `/`. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An HTTP answer, read to its end. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** A request of the query protocol, signed: for what AWS's clients would not send. */
export function signedQuery(
  { port }: Pick<TestServer, 'port'>,
  service: QueryService,
  parameters: Readonly<Record<string, string>>,
  credentials: Credentials,
  { nowMs = Date.now(), region = 'us-east-1', path = '/', headers = {} }: CallOptions = {},
): SignedRequest {
  const form = new URLSearchParams({ Version: versions[service], ...parameters }).toString()
  const request = {
    method: 'POST',
    path,
    query: '',
    headers: {
      host: `127.0.0.1:${port}`,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...headers,
    },
    body: Buffer.from(form),
  }
  return createSigner({ ...credentials, service, region }).sign(request, nowMs)
}

/** Sends a request as it is. */
export async function send({ url }: Pick<TestServer, 'url'>, request: SignedRequest): Promise<HttpAnswer> {
  const { host: _set, ...headers } = request.headers // The socket's end gives the host, and it is the one that was signed.
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const answer = await fetch(`${url}${request.path}${request.query === '' ? '' : `?${request.query}`}`, {
    method: request.method,
    headers: Object.fromEntries(given),
    ...(request.body.length > 0 && { body: Buffer.from(request.body) }),
  })
  return { status: answer.status, headers: answer.headers, body: await answer.text() }
}

/** The code and message of an error of the query protocol; undefined members where the body is of another form. */
export function errorOf({ status, body }: HttpAnswer): { status: number; code?: string; message?: string } {
  const { code, message } =
    /<Code>(?<code>[^<]*)<\/Code>\s*<Message>(?<message>[^<]*)<\/Message>/.exec(body)?.groups ?? {}
  return { status, ...(code !== undefined && { code }), ...(message !== undefined && { message }) }
}
