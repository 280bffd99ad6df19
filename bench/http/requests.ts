import { createSigner, type SignedRequest } from '#wire/sigv4/index.ts'
import type { Credentials } from '../../test/server.ts'
import { bytesOf } from '../../test/server-fuzz/socket.ts'

/** What is asked of a contender: a call that is signed, or bytes as they are. */
export type Asked = SignedCall | PlainRequest

/** Bytes to send, and the status that they are to be answered with. */
export interface PlainRequest {
  readonly bytes: Buffer
  readonly status: 200 | 403
}

/** What a signed request of the benchmark asks for: a POST to `/`, as the query and the JSON protocols have it. */
export interface SignedCall {
  /** The name that it is signed for. */
  readonly service: string
  /** The protocol's own: its content type, its X-Amz-Target. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const versions = { iam: '2010-05-08', sts: '2011-06-15' } as const

/** A call of the query protocol. */
export function query(
  service: keyof typeof versions,
  Action: string,
  parameters: Readonly<Record<string, string>> = {},
): SignedCall {
  return {
    service,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ Action, Version: versions[service], ...parameters }).toString(),
  }
}

/** A call to KMS, in its JSON protocol. */
export function kmsCall(operation: string, input: object): SignedCall {
  return {
    service: 'kms',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body: JSON.stringify(input),
  }
}

/** A call of SQS, in its JSON protocol. */
export function sqsCall(operation: string, input: object): SignedCall {
  return {
    service: 'sqs',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
    body: JSON.stringify(input),
  }
}

/** A call of CloudWatch Logs, in its JSON protocol. */
export function logsCall(operation: string, input: object): SignedCall {
  return {
    service: 'logs',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` },
    body: JSON.stringify(input),
  }
}

/** Signs calls to one service; the key is derived once. */
export function signing(
  port: number,
  service: string,
  credentials: Credentials,
): (call: SignedCall, nowMs?: number) => SignedRequest {
  const signer = createSigner({ ...credentials, service, region: 'us-east-1' })
  return ({ headers, body }, nowMs = Date.now()) =>
    signer.sign(
      {
        method: 'POST',
        path: '/',
        query: '',
        headers: {
          host: `127.0.0.1:${port}`,
          ...headers,
          'user-agent': 'redoubt-bench',
          connection: 'keep-alive',
        },
        body: Buffer.from(body),
      },
      nowMs,
    )
}

/** The bytes of a signed request, as an SDK would send them over a connection that is kept. */
export function requestBytes(
  port: number,
  call: SignedCall,
  credentials: Credentials,
  nowMs = Date.now(),
): Buffer {
  return bytesOf(signing(port, call.service, credentials)(call, nowMs))
}

/** Takes turns at requests that were signed at different times: no two that follow each other are the same. Plain bytes are sent again. */
export function inTurn(port: number, asked: Asked, credentials: Credentials): () => Buffer {
  if ('bytes' in asked) return () => asked.bytes
  const nowMs = Date.now()
  const requests = Array.from({ length: 64 }, (_, second) =>
    requestBytes(port, asked, credentials, nowMs - second * 1000),
  )
  let turn = 0
  return () => {
    turn = (turn + 1) % requests.length
    const [first = Buffer.alloc(0)] = requests
    return requests[turn] ?? first
  }
}
