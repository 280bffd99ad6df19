import { originForm, token } from './grammar.ts'
import type { Http1Limits } from './limits.ts'
import { badRequest, type Refusal, refusal } from './refusal.ts'

/** The first line of a request. */
export interface RequestLine {
  readonly kind: 'request line'
  readonly method: string
  readonly path: string
  readonly query: string
  readonly minorVersion: 0 | 1
}

/** Source: RFC 9110, section 9.3, and RFC 5789; without CONNECT and TRACE, which only proxies and debuggers need. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const version = /^HTTP\/(\d)\.(\d)$/

/**
 * Reads a request line without its line end. Source: RFC 9112, section 3.
 * Differs: exactly one space between the parts (section 3 lets a lenient server take more); only targets in origin-form, as no
 * proxy is built here; minor versions that HTTP lacks are refused.
 */
export function parseRequestLine(line: string, limits: Http1Limits): RequestLine | Refusal {
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  if (first <= 0 || first === last) return badRequest('The request line is malformed.')

  const protocol = line.slice(last + 1)
  if (protocol !== 'HTTP/1.1' && protocol !== 'HTTP/1.0') return refuseVersion(protocol)

  const method = line.slice(0, first)
  if (!methods.has(method)) return refuseMethod(method, limits)

  const target = line.slice(first + 1, last)
  if (target.length > limits.targetBytesMax) return targetTooLong(limits)
  if (!originForm.test(target))
    return badRequest('The request target is not a path of visible ASCII characters.')
  const mark = target.indexOf('?')
  return {
    kind: 'request line',
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    minorVersion: protocol === 'HTTP/1.1' ? 1 : 0,
  }
}

/** Refuses a request line that has not ended yet and that no further bytes could mend. */
export function refuseUnendedLine(line: Buffer, limits: Http1Limits): Refusal | undefined {
  const { methodBytesMax, targetBytesMax } = limits
  const method = line.subarray(0, methodBytesMax + 1).indexOf(0x20)
  if (method < 0)
    return line.length > methodBytesMax ? badRequest('The request line is malformed.') : undefined
  return line.length > method + 1 + targetBytesMax + ' HTTP/1.1\r'.length ? targetTooLong(limits) : undefined
}

function refuseVersion(protocol: string): Refusal {
  if (!version.test(protocol)) return badRequest('The request line does not end with an HTTP version.')
  return refusal(505, 'Only HTTP/1.1 and HTTP/1.0 are spoken here.')
}

/** Source: RFC 9110, section 9.1: 501 for a method that is not known. */
function refuseMethod(method: string, { methodBytesMax }: Http1Limits): Refusal {
  if (!token.test(method) || method.length > methodBytesMax) return badRequest('The method is malformed.')
  if (method === 'CONNECT') return badRequest('This server is no proxy.')
  return refusal(501, 'The method is not implemented.')
}

function targetTooLong({ targetBytesMax }: Http1Limits): Refusal {
  return refusal(414, `The request target exceeds ${targetBytesMax} bytes.`)
}
