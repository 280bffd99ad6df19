import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { HttpResponse } from '#wire/index.ts'
import type { AuditTrail } from './audit.ts'
import type { Log } from './log.ts'
import type { Incoming, Pipeline } from './pipeline.ts'

/**
 * Limits of one connection and request. AWS's own are 128 KB and more for headers and bodies of its services; a Lambda
 * function's package, the largest thing that any service takes inline, has 50 MB and arrives in base64.
 */
const limits = {
  bodyBytesMax: 70 * 1024 * 1024,
  headerBytesMax: 32 * 1024,
  headersMax: 200,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  /** Bodies that are being received, all together; beyond it new requests are told to come back. */
  receivingBytesMax: 256 * 1024 * 1024,
}

/** An endpoint of Redoubt itself, under `/_redoubt/`. */
export type OwnEndpoint = () => HttpResponse | Promise<HttpResponse>

interface Parts {
  readonly pipeline: Pipeline
  readonly audit: Pick<AuditTrail, 'flush'>
  readonly log: Log
  /** By method and path: `GET /_redoubt/health`. */
  readonly ownEndpoints: ReadonlyMap<string, OwnEndpoint>
}

/** The HTTP server of one worker; the caller makes it listen. */
export function createHttpServer({ pipeline, audit, log, ownEndpoints }: Parts): Server {
  const turn = createTurn(audit)
  let receivingBytes = 0

  const server = createServer(
    {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      noDelay: true,
    },
    receive,
  )
  server.maxHeadersCount = limits.headersMax
  return server

  function receive(message: IncomingMessage, response: ServerResponse): void {
    const declared = Number(message.headers['content-length'] ?? 0)
    if (declared > limits.bodyBytesMax) return tooLarge(message, response)
    if (declared === 0 && message.headers['transfer-encoding'] === undefined) {
      // The parser has seen the whole request: there is no body to wait for.
      message.resume()
      return answer(message, response, noBody)
    }

    const chunks: Buffer[] = []
    let bytes = 0
    message.on('data', (chunk: Buffer) => {
      if (response.headersSent) return
      bytes += chunk.length
      receivingBytes += chunk.length
      if (bytes > limits.bodyBytesMax) tooLarge(message, response)
      else if (receivingBytes > limits.receivingBytesMax) unavailable(message, response)
      else chunks.push(chunk)
    })
    message.on('end', () => {
      receivingBytes -= bytes
      bytes = 0
      if (response.headersSent) return
      const [first = noBody] = chunks
      answer(message, response, chunks.length <= 1 ? first : Buffer.concat(chunks))
    })
    message.on('close', () => {
      receivingBytes -= bytes
    })
  }

  function answer(message: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const given = handle(message, body)
    if (!(given instanceof Promise)) return turn.end(() => send(response, given))
    given.then(
      (late) => turn.end(() => send(response, late)),
      (error: unknown) => {
        log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
        turn.end(() => send(response, { status: 500, headers: {}, body: '' }))
      },
    )
  }

  function handle(message: IncomingMessage, body: Buffer): HttpResponse | Promise<HttpResponse> {
    const { method = 'GET', url = '/' } = message
    if (url.startsWith('/_redoubt/')) {
      return ownEndpoints.get(`${method} ${url}`)?.() ?? { status: 404, headers: {}, body: '' }
    }
    return pipeline(incoming(message, method, url, body))
  }
}

const noBody = Buffer.alloc(0)

function incoming(message: IncomingMessage, method: string, url: string, body: Buffer): Incoming {
  const mark = url.indexOf('?')
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    // Node joins repeated headers to one text, but for set-cookie, which no signature covers.
    headers: message.headers as Readonly<Record<string, string | undefined>>,
    rawHeaders: message.rawHeaders,
    body,
    sourceIp: sourceIp(message.socket.remoteAddress),
    secureTransport: 'encrypted' in message.socket,
  }
}

/** An IPv4 caller on an IPv6 socket is shown, and compared, as IPv4. */
function sourceIp(remoteAddress: string | undefined): string {
  return remoteAddress?.startsWith('::ffff:') ? remoteAddress.slice(7) : (remoteAddress ?? '')
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function tooLarge(message: IncomingMessage, response: ServerResponse): void {
  answerEarly(message, response, 413, `The request body exceeds ${limits.bodyBytesMax} bytes.\n`)
}

function unavailable(message: IncomingMessage, response: ServerResponse): void {
  answerEarly(message, response, 503, 'Too many bodies are being received; try again.\n')
}

/** Answers before the body has arrived. The rest of it is thrown away, for as long as a request may take. */
function answerEarly(message: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': text.length })
  response.end(text)
  message.resume()
}

/**
 * Answers leave together at the end of an event-loop turn, behind the audit records of their calls: whoever has an answer,
 * has a record of it on disk.
 */
function createTurn(audit: Pick<AuditTrail, 'flush'>) {
  let answers: (() => void)[] = []
  function flush(): void {
    const leaving = answers
    answers = []
    audit.flush()
    for (const leave of leaving) leave()
  }
  return {
    end(leave: () => void): void {
      if (answers.push(leave) === 1) setImmediate(flush)
    },
  }
}
