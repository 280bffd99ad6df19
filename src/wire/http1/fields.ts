import { token, trimmed } from './grammar.ts'
import { badRequest, type Refusal, refusal } from './refusal.ts'

/** A header or trailer section. */
export interface Fields {
  readonly kind: 'fields'
  /** By lower-case name, on no prototype; the values of a repeated field joined with `, `. One character a byte. */
  readonly headers: Readonly<Record<string, string>>
  /** Name, value, name, value … as they were sent, where a field was repeated; else empty. */
  readonly rawHeaders: readonly string[]
}

/** Fields that end a request when sent twice: two readers could each believe another one. */
const singular: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
])

const none: readonly string[] = []

/**
 * Reads field lines, without the line end of the last; `notInHead` has found nothing in them.
 * Source: RFC 9112, section 5 (no white space before the colon, no line folding); RFC 9110, section 5.
 */
export function parseFields(text: string, fieldsMax: number): Fields | Refusal {
  const headers = Object.create(null) as Record<string, string> // Object.create answers any.
  let count = 0
  let repeated = false
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\r\n', at)
    const end = found < 0 ? text.length : found
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) return refuseLine(text.slice(at, end))
    const sent = text.slice(at, colon)
    if (!token.test(sent)) return refuseLine(sent)
    count += 1
    if (count > fieldsMax) return refusal(431, `The request has more than ${fieldsMax} header fields.`)

    const name = sent.toLowerCase()
    const value = trimmed(text, colon + 1, end)
    // Legal, but readers differ on whether the coding is known then, and so on where the request ends.
    if (name === 'transfer-encoding' && text.slice(colon, end).includes('\t'))
      return badRequest('A tab stands beside the transfer-encoding.')
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else if (singular.has(name)) return badRequest(`The header ${name} is repeated.`)
    else {
      headers[name] = `${before}, ${value}`
      repeated = true
    }
    at = end + 2
  }
  return { kind: 'fields', headers, rawHeaders: repeated ? pairs(text) : none }
}

/** Names and values as they were sent, of lines that `parseFields` has accepted. */
function pairs(text: string): readonly string[] {
  return text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), trimmed(line, colon + 1, line.length)]
  })
}

function refuseLine(line: string): Refusal {
  if (/^[ \t]/.test(line)) return badRequest('A header line is folded.')
  if (/[ \t]$/.test(line)) return badRequest('White space stands before the colon of a header.')
  return badRequest('A header line does not begin with a name and a colon.')
}
