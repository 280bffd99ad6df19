import { type Fields, parseFields } from './fields.ts'
import { frame, type Framing } from './framing.ts'
import { notInHead } from './grammar.ts'
import type { Http1Limits } from './limits.ts'
import { badRequest, type Refusal, refusal } from './refusal.ts'
import { parseRequestLine, refuseUnendedLine, type RequestLine } from './request-line.ts'

/** All of a request but its body. */
export interface Head {
  readonly kind: 'head'
  readonly line: RequestLine
  readonly fields: Fields
  readonly framing: Framing
}

/** Reads a head without the two line ends that end it. `text` has one character a byte. Source: RFC 9112, section 2. */
export function parseHead(text: string, limits: Http1Limits): Head | Refusal {
  if (notInHead.test(text)) return controlCharacter()
  const lineEnd = text.indexOf('\r\n')
  const line = parseRequestLine(lineEnd < 0 ? text : text.slice(0, lineEnd), limits)
  if (line.kind === 'refusal') return line
  const section = lineEnd < 0 ? '' : text.slice(lineEnd + 2)
  if (section.length > limits.headerBytesMax) return headersTooLarge(limits)
  const fields = parseFields(section, limits.headersMax)
  if (fields.kind === 'refusal') return fields
  const framing = frame(fields.headers, line.minorVersion, limits)
  return framing.kind === 'refusal' ? framing : { kind: 'head', line, fields, framing }
}

/** Refuses a head that has not ended yet and that no further bytes could mend. */
export function refuseUnendedHead(head: Buffer, limits: Http1Limits): Refusal | undefined {
  const lineEnd = head.indexOf('\r\n')
  if (lineEnd < 0) return refuseUnendedLine(head, limits)
  // Up to three bytes of what would end the head may have come.
  return head.length - lineEnd - 2 > limits.headerBytesMax + 3 ? headersTooLarge(limits) : undefined
}

/** Answers what `notInHead` finds. */
export function controlCharacter(): Refusal {
  return badRequest('The head holds a control character, or a CR or LF by itself.')
}

function headersTooLarge({ headerBytesMax }: Http1Limits): Refusal {
  return refusal(431, `The header section exceeds ${headerBytesMax} bytes.`)
}
