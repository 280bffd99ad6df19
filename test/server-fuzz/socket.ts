import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SignedRequest } from '#wire/sigv4/index.ts'

/** What came back over a socket. No status: the server closed the connection without a word. */
export interface Exchange {
  readonly status: number | undefined
  readonly text: string
  readonly ms: number
  /** The server neither answered nor closed in time. */
  readonly hung: boolean
}

/** How bytes are sent. */
export interface Sending {
  /** After the bytes our side says that it sends no more. Default: true. */
  readonly finish?: boolean
  /** Units: milliseconds. Default: 5 seconds. */
  readonly waitMsMax?: number
}

/** Writes bytes to the server and reads its first answer, or the end. */
export async function exchange(
  port: number,
  bytes: string | Uint8Array,
  sending: Sending = {},
): Promise<Exchange> {
  const { finish = true, waitMsMax = 5_000 } = sending
  const begunAt = performance.now()
  const chunks: Buffer[] = []
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const { promise: over, resolve } = Promise.withResolvers<'answered'>()
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    if (isWhole(Buffer.concat(chunks).toString('latin1'))) resolve('answered')
  })
  socket.on('close', () => resolve('answered'))
  socket.on('end', () => resolve('answered'))
  // A server that hangs up while we still write is an answer too.
  socket.on('error', () => resolve('answered'))
  const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  if (finish) socket.end(data)
  else socket.write(data)
  const outcome = await Promise.race([over, sleep(waitMsMax, 'hung' as const, { ref: false })])
  socket.destroy()
  const text = Buffer.concat(chunks).toString('utf8')
  const status = /^HTTP\/1\.1 (?<status>\d{3}) /.exec(text)?.groups?.['status']
  return {
    status: status === undefined ? undefined : Number(status),
    text,
    ms: performance.now() - begunAt,
    hung: outcome === 'hung',
  }
}

/** A request as it goes over the wire. */
export function bytesOf({ method, path, query, headers, body }: SignedRequest): Buffer {
  const lines = Object.entries({
    ...headers,
    'content-length': headers['content-length'] ?? String(body.length),
  })
  const head = lines.map(([name, value]) => `${name}: ${value ?? ''}\r\n`).join('')
  return Buffer.concat([
    Buffer.from(`${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1\r\n${head}\r\n`, 'latin1'),
    body,
  ])
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  const length = /^content-length: (?<length>\d+)/im.exec(text.slice(0, end + 2))?.groups?.['length']
  return end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)
}
