import type { FrontDoor, Listener } from '#core/front-door.ts'
import type { EdgeRequest, Header } from '../request.ts'
import { isHopByHop, namedByConnection } from './hop-by-hop.ts'

/** What is known of a request on its way out, beside what it says itself. */
export interface Outgoing {
  readonly frontDoor: FrontDoor
  readonly listener: Listener
  /** Of the web ACL and of whoever authenticated the user: they take the place of what the client sent under the same names. */
  readonly inserted: readonly Header[]
  readonly traceId: string
}

const validName = /^[-A-Za-z0-9]+$/

/**
 * A request's fields as its target gets them. Source: ELB User Guide for Application Load Balancers, "HTTP headers and Application Load
 * Balancers"; RFC 9110, section 7.6.
 * INVARIANT: no field that a target takes for the balancer's word (X-Forwarded-Proto and -Port, X-Amzn-Oidc-*, -Waf-* and -Mtls-*, what is
 * inserted) comes from the client.
 * Differs: nor does one of these with underscores, which many applications read as hyphens, and none of X-Amzn-Waf-* whether or not a rule
 * inserted it.
 */
export function outgoingHeaders(
  request: EdgeRequest,
  { frontDoor, listener, inserted, traceId }: Outgoing,
): readonly Header[] {
  const { attributes } = frontDoor
  const named = namedByConnection(request.headers)
  const headers: Header[] = []
  let forwardedFor: string | undefined
  for (const header of request.headers) {
    const [name, value] = header
    const lower = name.toLowerCase()
    if (isHopByHop(lower) || named.has(lower)) continue
    if (lower.includes('_') && isBalancers(lower.replaceAll('_', '-'), inserted)) continue
    if (attributes.dropInvalidHeaderFields && !validName.test(name)) continue
    if (lower.startsWith('x-')) {
      if (lower === 'x-forwarded-for') {
        forwardedFor = forwardedFor === undefined ? value : `${forwardedFor}, ${value}`
        continue
      }
      if (isSetHere(lower)) continue
      if (attributes.tlsVersionAndCipherHeaders && tlsHeaders.has(lower)) continue
    }
    if (isInserted(lower, inserted)) continue
    headers.push(lower === 'host' ? ['Host', hostFor(value, frontDoor, listener)] : header)
  }
  const address = forwardedForOf(request, frontDoor, forwardedFor)
  if (address !== undefined) headers.push(['X-Forwarded-For', address])
  headers.push(
    ['X-Forwarded-Proto', request.scheme],
    ['X-Forwarded-Port', String(listener.port)],
    ['X-Amzn-Trace-Id', traceId],
  )
  if (attributes.tlsVersionAndCipherHeaders && request.tls)
    headers.push(['X-Amzn-Tls-Version', request.tls.version], ['X-Amzn-Tls-Cipher-Suite', request.tls.cipher])
  for (const header of inserted) headers.push(header)
  return headers
}

/** Whether, spelt with hyphens, it is a field that the balancer sets. */
function isBalancers(lower: string, inserted: readonly Header[]): boolean {
  return (
    lower === 'x-forwarded-for' || tlsHeaders.has(lower) || isSetHere(lower) || isInserted(lower, inserted)
  )
}

function isInserted(lower: string, inserted: readonly Header[]): boolean {
  return inserted.some(([one]) => one.toLowerCase() === lower)
}

function isSetHere(lower: string): boolean {
  return setHere.has(lower) || /^x-amzn-(?:oidc|waf|mtls)-/.test(lower)
}

const setHere: ReadonlySet<string> = new Set(['x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id'])
const tlsHeaders: ReadonlySet<string> = new Set(['x-amzn-tls-version', 'x-amzn-tls-cipher-suite'])

/** Source: the same guide, "Host header preservation": a listener's port stands in it unless it is a usual one. */
function hostFor(host: string, { attributes }: FrontDoor, { port }: Listener): string {
  const usual = port === 80 || port === 443
  return attributes.preserveHostHeader || usual || /:\d+$/.test(host) ? host : `${host}:${port}`
}

function forwardedForOf(
  { client }: EdgeRequest,
  { attributes }: FrontDoor,
  sent: string | undefined,
): string | undefined {
  switch (attributes.xffHeaderProcessing) {
    case 'preserve':
      return sent
    case 'remove':
      return undefined
    case 'append': {
      const { address, port } = client
      const host = attributes.xffClientPort && address.includes(':') ? `[${address}]` : address
      const own = attributes.xffClientPort ? `${host}:${port}` : host
      return sent === undefined || sent === '' ? own : `${sent}, ${own}`
    }
  }
}

/** A target's answer's fields as the client gets them, without the balancer's cookies. */
export function incomingHeaders(headers: readonly Header[], listener: Listener): readonly Header[] {
  const named = namedByConnection(headers)
  const { responseHeaders, serverHeader } = listener
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase()
    if (isHopByHop(lower) || named.has(lower) || (!serverHeader && lower === 'server')) return false
    return responseHeaders.length === 0 || !responseHeaders.some(([one]) => one.toLowerCase() === lower)
  })
  return responseHeaders.length === 0 ? kept : [...kept, ...responseHeaders]
}
