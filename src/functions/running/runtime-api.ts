import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { quotas } from '../quotas.ts'
import type { PieceQueue } from './piece-queue.ts'

/** What a function's process says and asks. */
export interface RuntimeCalls {
  /** It waits for work; the answer is given when there is some. */
  next(response: ServerResponse): void
  /** Whether this invocation is under way. */
  isCurrent(requestId: string): boolean
  responded(payload: Buffer, contentType: string | undefined): void
  /** It failed; `errorType` as its header says. */
  failed(payload: Buffer, errorType: string | undefined): void
  failedToStart(payload: Buffer, errorType: string | undefined): void
  tooLarge(bytesMax: number): void
  /** Where the pieces of an answer go as they come; undefined where they are gathered. */
  beginStream(contentType: string | undefined): PieceQueue | undefined
}

/** The Runtime API of all functions, on loopback: what tells them apart is a secret that begins every path. */
export interface RuntimeApi {
  /** `127.0.0.1:40123`. */
  readonly address: string
  open(secret: string, calls: RuntimeCalls): () => void
  close(): void
}

/** Source: Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes". */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const environments = new Map<string, RuntimeCalls>()
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    const [, secret = '', version, area, ...path] = (request.url ?? '').split('/')
    const calls = environments.get(secret)
    if (!calls || version !== '2018-06-01' || area !== 'runtime') return void request.socket.destroy()
    void answer(calls, request, response, path)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return {
    address: `127.0.0.1:${port}`,
    open(secret, calls) {
      environments.set(secret, calls)
      return () => environments.delete(secret)
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  calls: RuntimeCalls,
  request: IncomingMessage,
  response: ServerResponse,
  path: readonly string[],
): Promise<void> {
  const [kind, id = '', what] = path
  const route = `${request.method} ${kind} ${what ?? (kind === 'init' ? id : id === 'next' ? 'next' : '')}`
  if (route === 'GET invocation next') return calls.next(response)
  const isInit = route === 'POST init error'
  if (!isInit && route !== 'POST invocation response' && route !== 'POST invocation error')
    return tell(response, 404, 'NotFound', 'no such path')
  if (!isInit && !calls.isCurrent(id)) return tell(response, 400, 'InvalidRequestID', 'Invalid request ID')
  const contentType = headerOf(request, 'content-type')
  const isStreamed =
    what === 'response' && headerOf(request, 'lambda-runtime-function-response-mode') === 'streaming'
  const stream = isStreamed ? calls.beginStream(contentType) : undefined
  const bytesMax = stream ? quotas.streamBytesMax : quotas.responseBytesMax
  const body = await bodyOf(request, bytesMax, stream)
  if (body === 'broken') return void response.destroy()
  if (body === 'too-large') {
    tell(response, 413, 'RequestEntityTooLarge', `Exceeded maximum allowed payload size (${bytesMax} bytes).`)
    return calls.tooLarge(bytesMax)
  }
  // Another answer may have come while this one was read.
  if (!isInit && !calls.isCurrent(id)) return tell(response, 400, 'InvalidRequestID', 'Invalid request ID')
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}\n')
  const errorType = headerOf(request, 'lambda-runtime-function-error-type')
  const broke = isStreamed ? errorOf(request) : undefined
  if (isInit) calls.failedToStart(body, errorType)
  else if (broke) calls.failed(broke, undefined)
  else if (what === 'error') calls.failed(body, errorType)
  else calls.responded(body, contentType)
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/**
 * What went wrong after an answer had begun, as its trailers say.
 * Source: Lambda Developer Guide, "Building a custom runtime", response streaming: Lambda-Runtime-Function-Error-Type and -Body (base64).
 */
function errorOf({ trailers }: IncomingMessage): Buffer | undefined {
  const type = trailers['lambda-runtime-function-error-type']
  if (typeof type !== 'string') return undefined
  const body = trailers['lambda-runtime-function-error-body']
  if (typeof body === 'string') return Buffer.from(body, 'base64')
  return Buffer.from(JSON.stringify({ errorType: type, errorMessage: '' }))
}

function tell(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ errorMessage, errorType }))
}

/** Gathers a body, or hands its pieces on as they come. */
function bodyOf(
  request: IncomingMessage,
  bytesMax: number,
  stream: PieceQueue | undefined,
): Promise<Buffer | 'too-large' | 'broken'> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    let bytes = 0
    request.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes > bytesMax) {
        request.pause()
        resolve('too-large')
      } else if (!stream) pieces.push(piece)
      else if (!stream.push(piece)) {
        request.pause()
        stream.onRoom(() => request.resume())
      }
    })
    request.on('end', () => resolve(Buffer.concat(pieces)))
    request.on('error', () => resolve('broken'))
    request.on('close', () => resolve('broken'))
  })
}
