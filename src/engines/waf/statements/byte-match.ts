import { textOfBytes, utf8Bytes } from '../bytes.ts'
import { members, oneOf, type Read } from '../read.ts'
import { invalid } from '../refusal.ts'
import { checkInspected, inputOf, inspected, inspectedPrice } from './inspected.ts'
import { matchKind } from './kind.ts'

const searchBytesMax = 200

/** Bytes where the wire has a blob; a text stands for its UTF-8 bytes. */
const searchString: Read<string> = (value, field, name) => {
  const bytes =
    value instanceof Uint8Array ? textOfBytes(value) : typeof value === 'string' ? utf8Bytes(value) : ''
  if (bytes.length < 1 || bytes.length > searchBytesMax)
    throw invalid(field, name, `must have 1 to ${searchBytesMax} bytes`)
  return bytes
}

const wordByte = /[A-Za-z0-9_]/

/** A place where the word stands with neither a letter, a digit nor an underscore beside it. */
function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = at > 0 && wordByte.test(text.charAt(at - 1))
    const after = wordByte.test(text.charAt(at + word.length))
    if (!before && !after) return true
  }
  return false
}

/** Where the bytes have to stand, and what looking for them costs. Source: AWS WAFV2 API, PositionalConstraint. */
const positions = {
  EXACTLY: { price: 2, holds: (text, searched) => text === searched },
  STARTS_WITH: { price: 2, holds: (text, searched) => text.startsWith(searched) },
  ENDS_WITH: { price: 2, holds: (text, searched) => text.endsWith(searched) },
  CONTAINS: { price: 10, holds: (text, searched) => text.includes(searched) },
  CONTAINS_WORD: { price: 10, holds: containsWord },
} as const satisfies Record<
  string,
  { readonly price: number; readonly holds: (text: string, searched: string) => boolean }
>

const read = members(
  {
    ...inspected,
    SearchString: searchString,
    PositionalConstraint: oneOf(['EXACTLY', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'CONTAINS_WORD']),
  },
  'BYTE_MATCH_STATEMENT',
)

/** Looks for bytes. */
export const byteMatch = matchKind({
  read: () => (value, field, name) => {
    const body = read(value, field, name)
    checkInspected(body, body.PositionalConstraint === 'EXACTLY')
    return body
  },
  price: (body) => inspectedPrice(positions[body.PositionalConstraint].price, body),
  compile(body, build) {
    const { holds } = positions[body.PositionalConstraint]
    const searched = body.SearchString
    return inputOf(body, build).search.containing(searched, (text) => holds(text, searched))
  },
})
