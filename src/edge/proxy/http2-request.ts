import type { IncomingHttpHeaders } from 'node:http2'
import { hostAndPort, notInFieldValue, token } from '#wire/http1/index.ts'
import type { EdgeRequest, Header } from '../request.ts'
import type { Place } from './connection.ts'
import { onlyOnce } from './head-text.ts'
import { hostOf, isForbiddenMethod, notInTarget } from './request-head.ts'

/** Fields that speak of a connection, which a stream has none of. Source: RFC 9113, section 8.2.2; RFC 7540, section 3.2.1. */
export const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/**
 * A stream's request, as strictly read as one of HTTP/1, since that is what it becomes for its target; undefined where it is none.
 * Source: RFC 9113, sections 8.2 and 8.3.
 */
export function readHttp2Request(
  headers: IncomingHttpHeaders,
  raw: readonly string[],
  { address, clientPort, tls }: Place,
  receivedAtMs: number,
): EdgeRequest | undefined {
  const method = headers[':method']
  const target = headers[':path']
  if (method === undefined || target === undefined || !token.test(method) || isForbiddenMethod(method))
    return undefined
  if (!(target.startsWith('/') || (target === '*' && method === 'OPTIONS')) || notInTarget.test(target))
    return undefined
  const authority = headers[':authority'] ?? headers.host
  if (authority === undefined || !hostAndPort.test(authority)) return undefined
  if (headers.host !== undefined && headers.host !== authority) return undefined
  const fields = fieldsOf(raw, authority)
  if (fields === undefined) return undefined
  const mark = target.indexOf('?')
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? undefined : target.slice(mark + 1),
    httpVersion: '2.0',
    headers: fields,
    host: hostOf(authority),
    scheme: 'https',
    client: { address, port: clientPort },
    tls,
    receivedAtMs,
  }
}

/** Its fields, with the host first; cookies come apart and go on as one (RFC 9113, section 8.2.3). */
function fieldsOf(raw: readonly string[], authority: string): readonly Header[] | undefined {
  const fields: Header[] = [['host', authority]]
  const cookies: string[] = []
  const seen = new Set<string>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]]
    if (name.startsWith(':') || name === 'host') continue
    if (connectionFields.has(name) || !token.test(name) || notInFieldValue.test(value)) return undefined
    if (name === 'te' && value !== 'trailers') return undefined
    if (name === 'expect' && value.toLowerCase() !== '100-continue') return undefined
    if (onlyOnce.has(name) && seen.has(name)) return undefined
    seen.add(name)
    if (name === 'cookie') cookies.push(value)
    else fields.push([name, value])
  }
  if (cookies.length > 0) fields.push(['cookie', cookies.join('; ')])
  return fields
}
