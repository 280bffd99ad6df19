import { contentLength as lengthForm, hostAndPort, notInHead, token } from '#wire/http1/index.ts'
import type { Header } from '../request.ts'
import { isWebSocket, lists, readFields } from './head-text.ts'
import type { EdgeLimits } from './limits.ts'

/** The head of a request of HTTP/1, read. */
export interface RequestHead {
  readonly kind: 'head'
  readonly method: string
  readonly path: string
  readonly query: string | undefined
  readonly minorVersion: 0 | 1
  readonly headers: readonly Header[]
  /** In lower case, without port; empty where a request of 1.0 names none. */
  readonly host: string
  /** Bytes of the body, or chunks that tell by themselves. */
  readonly body: number | 'chunked'
  readonly keepAlive: boolean
  readonly expectsContinue: boolean
  /** The protocol that the client would change to: `websocket`. */
  readonly upgrade: string | undefined
}

/** A request that is answered without being forwarded, and why: it could be understood in two ways, or not at all. */
export interface RefusedHead {
  readonly kind: 'refused'
  readonly status: number
  readonly reason: string
}

function refused(status: number, reason: string): RefusedHead {
  return { kind: 'refused', status, reason }
}

/** Of a target in origin form: what no path and query may hold. */
export const notInTarget = /[^!-~\x80-\xff]/

/**
 * Reads a head without the two line ends that end it; `text` has one character a byte. Methods are any token but CONNECT; an absolute
 * target's host takes the place of the header's (RFC 9112, section 3.2.2). Source: RFC 9112, sections 2, 3, 6, 9.
 */
export function readRequestHead(text: string, limits: EdgeLimits): RequestHead | RefusedHead {
  if (notInHead.test(text))
    return refused(400, 'The head holds a control character, or a CR or LF by itself.')
  const lineEnd = text.indexOf('\r\n')
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd)
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  if (first <= 0 || first === last) return refused(400, 'The request line is malformed.')
  const protocol = line.slice(last + 1)
  if (protocol !== 'HTTP/1.1' && protocol !== 'HTTP/1.0')
    return /^HTTP\/\d\.\d$/.test(protocol)
      ? refused(505, 'Only HTTP/1.1 and HTTP/1.0 are spoken here.')
      : refused(400, 'The request line does not end with an HTTP version.')
  if (line.length > limits.requestLineBytesMax) return refused(414, 'The request line is too long.')
  const method = line.slice(0, first)
  if (!token.test(method)) return refused(400, 'The method is malformed.')
  if (isForbiddenMethod(method)) return refused(405, 'The method is not allowed.')
  const minorVersion = protocol === 'HTTP/1.1' ? 1 : 0

  const fields = readFields(text, line.length + 2, limits)
  if ('malformed' in fields) return refused(400, fields.malformed)

  const target = splitTarget(line.slice(first + 1, last), method)
  if (target === undefined) return refused(400, 'The request target is malformed.')
  const authority = target.authority ?? fields.host
  if (authority === undefined && minorVersion === 1) return refused(400, 'The header host is missing.')
  if (!hostAndPort.test(fields.host ?? '') || !hostAndPort.test(authority ?? ''))
    return refused(400, 'The header host is malformed.')

  const body = bodyOf(fields.contentLength, fields.transferEncoding, minorVersion)
  if (typeof body === 'object') return body
  if (fields.expect !== undefined && fields.expect.toLowerCase() !== '100-continue')
    return refused(417, 'Only 100-continue can be expected.')
  return {
    kind: 'head',
    method,
    path: target.path,
    query: target.query,
    minorVersion,
    headers: target.authority === undefined ? fields.headers : withHost(fields.headers, target.authority),
    host: hostOf(authority ?? ''),
    body,
    keepAlive:
      minorVersion === 1 ? !lists(fields.connection, 'close') : lists(fields.connection, 'keep-alive'),
    expectsContinue: fields.expect !== undefined && minorVersion === 1,
    upgrade:
      minorVersion === 1 && lists(fields.connection, 'upgrade') && isWebSocket(fields.upgrade)
        ? 'websocket'
        : undefined,
  }
}

/**
 * Where a body ends. A message that says it in two ways, or in an unusual one, is refused and not interpreted: that is what requests
 * are smuggled by. Source: RFC 9112, sections 6.3 and 11.2.
 */
function bodyOf(
  length: string | undefined,
  encoding: string | undefined,
  minorVersion: 0 | 1,
): number | 'chunked' | RefusedHead {
  if (encoding !== undefined) {
    if (length !== undefined) return refused(400, 'The request has a content-length and a transfer-encoding.')
    if (minorVersion === 0) return refused(400, 'HTTP/1.0 has no transfer-encoding.')
    return encoding.toLowerCase() === 'chunked'
      ? 'chunked'
      : refused(501, 'The only transfer-encoding is chunked.')
  }
  if (length === undefined) return 0
  return lengthForm.test(length)
    ? Number(length)
    : refused(400, 'The header content-length is not a number of bytes.')
}

/** Methods that make a tunnel, or send back what a target was asked, with what the edge put there. */
export function isForbiddenMethod(method: string): boolean {
  return method === 'CONNECT' || method === 'TRACE'
}

interface Target {
  readonly authority: string | undefined
  readonly path: string
  readonly query: string | undefined
}

/** A target in origin form, in absolute form, or the `*` of OPTIONS. */
function splitTarget(target: string, method: string): Target | undefined {
  if (notInTarget.test(target)) return undefined
  if (target.charCodeAt(0) === 0x2f) return pathAndQuery(target, undefined)
  if (target === '*')
    return method === 'OPTIONS' ? { authority: undefined, path: '*', query: undefined } : undefined
  const absolute = /^https?:\/\/([^/?#@]+)/i.exec(target)
  if (absolute === null) return undefined
  const rest = target.slice(absolute[0].length)
  return pathAndQuery(rest.startsWith('/') ? rest : `/${rest}`, absolute[1])
}

function pathAndQuery(target: string, authority: string | undefined): Target {
  const mark = target.indexOf('?')
  return mark < 0
    ? { authority, path: target, query: undefined }
    : { authority, path: target.slice(0, mark), query: target.slice(mark + 1) }
}

function withHost(headers: readonly Header[], authority: string): readonly Header[] {
  return [['Host', authority], ...headers.filter(([name]) => name.toLowerCase() !== 'host')]
}

/** A host in lower case without its port; an IPv6 address keeps its brackets. */
export function hostOf(authority: string): string {
  const bracket = authority.lastIndexOf(']')
  const colon = authority.indexOf(':', bracket < 0 ? 0 : bracket)
  return (colon < 0 ? authority : authority.slice(0, colon)).toLowerCase()
}
