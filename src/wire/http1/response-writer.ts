import assert from 'node:assert/strict'
import type { HttpResponse } from '../http.ts'
import { notInFieldValue, token } from './grammar.ts'
import { reasonPhrases } from './reason-phrases.ts'

/** A response as it goes over the wire: texts are to be written as latin1, in this order. */
export type Written = string | Buffer | readonly [head: string, body: Uint8Array]

/** What the request and its connection ask of the response. */
export interface ResponseContext {
  readonly method: string
  /** No other response follows on the connection. */
  readonly close: boolean
  /** Whether what comes piece by piece may come in chunks; else its end is the connection's. */
  readonly chunks?: boolean
}

/** Writes responses; a response that cannot be written is a bug and throws. */
export type ResponseWriter = (response: HttpResponse, context: ResponseContext) => Written

/** Fields that say where a response ends, and the date: only the writer knows them. */
const own = /^(?:connection|content-length|date|keep-alive|te|trailer|transfer-encoding|upgrade)$/i

/**
 * Makes a writer of responses. Source: RFC 9112, section 4 and 6.3; RFC 9110, sections 6.6.1 (Date), 8.6 (Content-Length).
 * INVARIANT: no name or value leaves that could end its line.
 */
export function createResponseWriter(nowMs: () => number): ResponseWriter {
  const date = createDate(nowMs)
  return ({ status, headers, body, setCookies = [], rest }, { method, close, chunks = false }) => {
    assert.ok(Number.isInteger(status) && status >= 200 && status <= 599, 'a final status')
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    const bodiless = status === 204 || status === 304
    assert.ok(!bodiless || (bytes === 0 && !rest), `a status ${status} has no body`)
    assert.ok(!rest || bytes === 0, 'what comes piece by piece comes whole so')

    let head = `HTTP/1.1 ${status} ${reasonPhrases.get(status) ?? ''}\r\n`
    for (const name in headers) head += field(name, headers[name])
    for (const cookie of setCookies) head += field('set-cookie', cookie)
    head += `date: ${date()}\r\n`
    if (rest) head += chunks ? 'transfer-encoding: chunked\r\n' : ''
    else if (!bodiless) head += `content-length: ${bytes}\r\n`
    head += close ? 'connection: close\r\n\r\n' : '\r\n'

    if (bytes === 0 || method === 'HEAD') return head
    if (typeof body !== 'string') return [head, body]
    return bytes === body.length ? head + body : joined(head, body, bytes)
  }
}

/** Whether a response asks for the end of its connection; the one thing that it may say about it. */
export function asksToClose({ headers }: HttpResponse): boolean {
  return headers['connection'] === 'close'
}

function field(name: string, value: string | undefined): string {
  if (own.test(name)) {
    assert.ok(name === 'connection' && value === 'close', `the header ${name} is the writer's own`)
    return ''
  }
  assert.ok(token.test(name), 'a header name is a token')
  assert.ok(typeof value === 'string' && !notInFieldValue.test(value), `the header ${name} can be written`)
  return `${name}: ${value}\r\n`
}

/** A head in latin1 and a body in UTF-8, in one piece of memory. */
function joined(head: string, body: string, bodyBytes: number): Buffer {
  const whole = Buffer.allocUnsafe(head.length + bodyBytes)
  whole.write(head, 0, 'latin1')
  whole.write(body, head.length, 'utf8')
  return whole
}

/** The date as HTTP writes it, made once a second. */
function createDate(nowMs: () => number): () => string {
  let second = Number.NaN
  let text = ''
  return () => {
    const now = Math.floor(nowMs() / 1000)
    if (now !== second) {
      second = now
      text = new Date(now * 1000).toUTCString()
    }
    return text
  }
}
