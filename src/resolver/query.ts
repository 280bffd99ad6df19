import { decode } from 'dns-packet'

/** What a client asked, as far as it matters for passing it on. */
export interface Query {
  readonly id: number
  /** RD and CD as the client set them, AD where it understands it. The other flags are between a client and its server. */
  readonly flags: number
  /** The question's bytes: name, type, class. */
  readonly question: Buffer
  /** As text: lower case, without the dot at the end; what is no printable character stands as `\DDD`. Source: RFC 1035, section 5.1. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** Where the client speaks EDNS. */
  readonly edns: Edns | undefined
}

export interface Edns {
  readonly version: number
  readonly udpPayloadBytes: number
  readonly dnssecOk: boolean
}

/** What a message is that is no query to pass on: one to stay silent about, or one to refuse. */
export type Unreadable =
  { readonly kind: 'ignored' } | { readonly kind: 'refused'; readonly id: number; readonly rcode: number }

export const headerBytes = 12
/** Bits of a header's second word. Source: RFC 1035, section 4.1.1; RFC 4035, section 3. */
export const flag = { response: 0x8000, truncated: 0x0200, recursionDesired: 0x0100 } as const
export const recursionAvailable = 0x0080
const passedOn = 0x0100 | 0x0020 | 0x0010
/** Source: RFC 1035, section 4.1.1. */
export const rcode = { noError: 0, formatError: 1, serverFailure: 2, notImplemented: 4, refused: 5 } as const
/** More than OPT and a signature nobody adds to a query. */
const additionalsMax = 2

/**
 * Reads a message as a query of one question.
 * Source: RFC 1035, section 4.1; RFC 6891, section 6.1; RFC 9619 (one question).
 */
export function readQuery(message: Buffer): Query | Unreadable {
  // What answers, or is no message, is not answered: two servers would go on for ever.
  if (message.length < headerBytes) return { kind: 'ignored' }
  const id = message.readUInt16BE(0)
  const flags = message.readUInt16BE(2)
  if ((flags & flag.response) !== 0) return { kind: 'ignored' }
  if ((flags & 0x7800) !== 0) return { kind: 'refused', id, rcode: rcode.notImplemented }
  const wrong: Unreadable = { kind: 'refused', id, rcode: rcode.formatError }
  const [questions, answers, authorities, additionals] = countsOf(message)
  if (questions !== 1 || answers !== 0 || authorities !== 0 || additionals > additionalsMax) return wrong
  const name = readName(message, headerBytes)
  if (name === undefined || name.end + 4 > message.length) return wrong
  const edns = additionals === 0 ? undefined : readEdns(message)
  if (edns === 'malformed') return wrong
  return {
    id,
    flags: flags & passedOn,
    question: message.subarray(headerBytes, name.end + 4),
    name: name.text,
    type: message.readUInt16BE(name.end),
    class: message.readUInt16BE(name.end + 2),
    edns,
  }
}

/** How many questions, answers, authorities and additionals a message says that it has. */
export function countsOf(message: Buffer): readonly [number, number, number, number] {
  return [message.readUInt16BE(4), message.readUInt16BE(6), message.readUInt16BE(8), message.readUInt16BE(10)]
}

/** A name that is written out, as a question's is. Source: RFC 1035, sections 2.3.4 and 3.1. */
function readName(
  message: Buffer,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = []
  let at = start
  for (;;) {
    const length = message[at]
    if (length === undefined || length > 63 || at - start > 254) return undefined
    at += 1
    if (length === 0) return { text: labels.join('.').toLowerCase(), end: at }
    if (at + length > message.length) return undefined
    labels.push(labelText(message.subarray(at, at + length)))
    at += length
  }
}

function labelText(label: Buffer): string {
  return label.toString('latin1').replace(/[^\x21-\x7e]|[.\\]/g, (character) => {
    if (character === '.' || character === '\\') return `\\${character}`
    return `\\${String(character.charCodeAt(0)).padStart(3, '0')}`
  })
}

function readEdns(message: Buffer): Edns | undefined | 'malformed' {
  try {
    const found = (decode(message).additionals ?? []).filter(({ type }) => type === 'OPT')
    const [first] = found
    if (first === undefined) return undefined
    if (found.length > 1 || first.type !== 'OPT') return 'malformed'
    return {
      version: first.ednsVersion,
      udpPayloadBytes: first.udpPayloadSize,
      dnssecOk: first.flag_do,
    }
  } catch {
    return 'malformed' // The library throws errors of no kind of their own.
  }
}
