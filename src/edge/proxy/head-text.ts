import { notInFieldValue, token, trimmed } from '#wire/http1/index.ts'
import type { Header } from '../request.ts'

/** What a head says of its message's length and its connection, as far as its fields tell. */
export interface MessageFields {
  readonly headers: readonly Header[]
  readonly host: string | undefined
  readonly contentLength: string | undefined
  readonly transferEncoding: string | undefined
  readonly connection: string | undefined
  readonly upgrade: string | undefined
  readonly expect: string | undefined
}

/** Why a head is refused. */
export interface Malformed {
  readonly malformed: string
}

/**
 * Reads field lines from `from` on; `text` has one character a byte, no line end after its last line, and holds nothing of `notInHead`.
 * Fields that say where a message ends are refused when repeated, as two readers could believe different ones.
 * Source: RFC 9112, section 5; RFC 9110, section 5.
 */
export function readFields(
  text: string,
  from: number,
  { headersMax, headerLineBytesMax }: { readonly headersMax: number; readonly headerLineBytesMax: number },
): MessageFields | Malformed {
  const headers: Header[] = []
  let host: string | undefined
  let contentLength: string | undefined
  let transferEncoding: string | undefined
  let connection: string | undefined
  let upgrade: string | undefined
  let expect: string | undefined
  for (let at = from; at < text.length;) {
    const found = text.indexOf('\r\n', at)
    const end = found < 0 ? text.length : found
    if (end - at > headerLineBytesMax) return { malformed: 'A header line is too long.' }
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) return { malformed: 'A header line has no colon.' }
    const name = text.slice(at, colon)
    if (!token.test(name)) return { malformed: 'A header name is malformed.' }
    if (headers.length === headersMax) return { malformed: 'There are too many header fields.' }
    const value = trimmed(text, colon + 1, end)
    headers.push([name, value])
    switch (name.length) {
      case 4:
        if (isNamed(name, 'host')) {
          if (host !== undefined) return repeated
          host = value
        }
        break
      case 6:
        if (isNamed(name, 'expect')) expect = value
        break
      case 7:
        if (isNamed(name, 'upgrade')) upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`
        break
      case 10:
        if (isNamed(name, 'connection'))
          connection = connection === undefined ? value : `${connection}, ${value}`
        break
      case 12:
      case 13: {
        const lower = name.toLowerCase()
        if (onlyOnce.has(lower) && headers.slice(0, -1).some(([other]) => other.toLowerCase() === lower))
          return repeated
        break
      }
      case 14:
        if (isNamed(name, 'content-length')) {
          if (contentLength !== undefined) return repeated
          contentLength = value
        }
        break
      case 17:
        if (isNamed(name, 'transfer-encoding')) {
          if (transferEncoding !== undefined) return repeated
          // Legal, but readers differ on whether the coding is known then, and so on where the request ends.
          if (text.slice(colon, end).includes('\t'))
            return { malformed: 'A tab stands beside the transfer-encoding.' }
          transferEncoding = value
        }
        break
      default:
    }
    at = end + 2
  }
  return { headers, host, contentLength, transferEncoding, connection, upgrade, expect }
}

/** Fields, beside those of framing, of which two readers could each believe another one. */
export const onlyOnce: ReadonlySet<string> = new Set(['authorization', 'content-type'])

const repeated: Malformed = { malformed: 'A header field is repeated that may stand once.' }

/** Whether a name is this one; `lower` is in lower case and of the same length. */
export function isNamed(name: string, lower: string): boolean {
  return name === lower || name.toLowerCase() === lower
}

/** Whether a list of options, as `Connection` has them, holds one. */
export function lists(options: string | undefined, option: string): boolean {
  if (options === undefined) return false
  if (options === option) return true
  return options.split(',').some((one) => one.trim().toLowerCase() === option)
}

/**
 * Whether this is the one protocol that connections change to here. Another one (`h2c`) would carry requests past the web ACL and the
 * listener's rules: it is not asked for, and the request goes its way without.
 */
export function isWebSocket(upgrade: string | undefined): boolean {
  return upgrade?.toLowerCase() === 'websocket'
}

/** Fields as they stand in a head. INVARIANT: none leaves, to a target or to a client, that could end its line. */
export function fieldLines(headers: readonly Header[]): string {
  let text = ''
  for (const [name, value] of headers)
    if (token.test(name) && !notInFieldValue.test(value)) text += `${name}: ${value}\r\n`
  return text
}
