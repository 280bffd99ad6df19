import { contentLength, hostAndPort } from './grammar.ts'
import type { Http1Limits } from './limits.ts'
import { badRequest, type Refusal, refusal } from './refusal.ts'

/** What the header fields say of the message: where it ends, and what becomes of its connection. */
export interface Framing {
  readonly kind: 'framing'
  /** Bytes of the body, or chunks that tell by themselves. */
  readonly body: number | 'chunked'
  /** The client waits for a word before it sends the body. */
  readonly expectsContinue: boolean
  /** Whether the connection may serve another request. */
  readonly keepAlive: boolean
}

type Headers = Readonly<Record<string, string>>

/** Source: RFC 9112, sections 3.2 (Host), 6 (message body), 9.3 (persistence); RFC 9110, section 10.1.1 (Expect). */
export function frame(headers: Headers, minorVersion: 0 | 1, limits: Http1Limits): Framing | Refusal {
  const host = headers['host']
  if (host === undefined) {
    if (minorVersion === 1) return badRequest('The header host is missing.')
  } else if (!hostAndPort.test(host)) return badRequest('The header host is malformed.')

  const body = bodyOf(headers, minorVersion, limits)
  if (typeof body === 'object') return body

  const expect = headers['expect']
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    return refusal(417, 'Only 100-continue can be expected.')
  }
  return {
    kind: 'framing',
    body,
    // A client of 1.0 would take the interim answer for the answer.
    expectsContinue: expect !== undefined && minorVersion === 1,
    keepAlive: minorVersion === 1 && !asksToClose(headers['connection']),
  }
}

/**
 * Source: RFC 9112, section 6.3, and its advice against request smuggling in section 11.2: a message that says its length in two
 * ways, or in an unusual one, is refused, not interpreted.
 */
function bodyOf(headers: Headers, minorVersion: 0 | 1, limits: Http1Limits): number | 'chunked' | Refusal {
  const length = headers['content-length']
  const encoding = headers['transfer-encoding']
  if (encoding !== undefined) {
    if (length !== undefined) return badRequest('The request has a content-length and a transfer-encoding.')
    if (minorVersion === 0) return badRequest('HTTP/1.0 has no transfer-encoding.')
    return encoding.toLowerCase() === 'chunked'
      ? 'chunked'
      : refusal(501, 'The only transfer-encoding is chunked.')
  }
  if (length === undefined) return 0
  if (!contentLength.test(length)) return badRequest('The header content-length is not a number of bytes.')
  const bytes = Number(length)
  return bytes > limits.bodyBytesMax ? bodyTooLarge(limits) : bytes
}

/** Source: RFC 9110, section 15.5.14. */
export function bodyTooLarge({ bodyBytesMax }: Http1Limits): Refusal {
  return refusal(413, `The request body exceeds ${bodyBytesMax} bytes.`)
}

function asksToClose(connection: string | undefined): boolean {
  if (connection === undefined || connection === 'keep-alive') return false
  return connection.split(',').some((option) => option.trim().toLowerCase() === 'close')
}
