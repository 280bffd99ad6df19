// Requests of an attack corpus as a web ACL sees them: sent through node:http's strict parser, as an edge parses them.
import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import type { WebRequest } from '#engines/waf/index.ts'
import type { CorpusRequest } from './injection-requests.ts'

/** As much of a body as is inspected for a load balancer. Source: AWS WAF Developer Guide, "Handling oversize web request components". */
const bodyBytesMax = 8_192

/** The request, or `undefined` where the parser refuses its bytes: an edge answers those itself, with status 400. */
export function webRequest(request: CorpusRequest): Promise<WebRequest | undefined> {
  const { promise, resolve } = Promise.withResolvers<WebRequest | undefined>()
  const server = createServer((message) => {
    void received(message).then(resolve, () => resolve(undefined))
  })
  const refuse = (): void => resolve(undefined)
  server.on('clientError', refuse)
  server.on('connect', refuse)
  server.on('upgrade', refuse)
  server.emit('connection', connection(bytesOf(request)))
  // A request whose end never comes is answered with status 408; all that comes of this one is there already.
  const timer = setTimeout(refuse, 200)
  return promise.finally(() => clearTimeout(timer))
}

async function received(message: IncomingMessage): Promise<WebRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer) // Without setEncoding, chunks are bytes.
  const body = Buffer.concat(chunks)
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2)
    headers.push([message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? ''])
  const target = message.url ?? ''
  const question = target.indexOf('?')
  return {
    method: message.method ?? '',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers,
    clientAddress: '203.0.113.7',
    body: body.subarray(0, bodyBytesMax),
    bodyCut: body.length > bodyBytesMax,
  }
}

/** One end of a connection over which the bytes come, and then nothing more. */
function connection(bytes: Buffer): Duplex {
  const duplex = new Duplex({
    read() {
      // All is pushed at once.
    },
    write(_chunk, _encoding, done) {
      done()
    },
  })
  duplex.push(bytes)
  return duplex
}

/** A request of the corpus as it goes on the wire. */
export function bytesOf(request: CorpusRequest): Buffer {
  if (request.raw_b64 !== undefined) return Buffer.from(request.raw_b64, 'base64')
  const body =
    request.body === undefined ? Buffer.from(request.body_b64 ?? '', 'base64') : Buffer.from(request.body)
  const headers = (request.headers ?? []).filter(([name]) => name.toLowerCase() !== 'content-length')
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body.length > 0 ? [`Content-Length: ${body.length}`] : []),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body])
}
