import type { Header } from '../request.ts'

/**
 * Fields that speak of one connection, and are never handed on; those that say where a message ends are set anew by whoever sends it.
 * Source: RFC 9110, section 7.6.1; RFC 9112, section 6.
 */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a field, by its lower-case name, is not to be handed on. */
export function isHopByHop(lower: string): boolean {
  return hopByHop.has(lower)
}

const nobody: ReadonlySet<string> = new Set()

/**
 * Further fields that a message's own `Connection` names, in lower case; the host is for everybody (RFC 9110, section 7.6.1), and a target
 * without it would choose by itself whom it serves.
 */
export function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  let named: Set<string> | undefined
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue
    const lower = value.toLowerCase()
    if (lower === 'keep-alive' || lower === 'close') continue
    named ??= new Set()
    for (const option of lower.split(',')) named.add(option.trim())
    named.delete('host')
  }
  return named ?? nobody
}
