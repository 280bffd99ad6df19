import { Malformed } from '../fault.ts'
import { itemsMax, nestingMax } from '../limits.ts'

/**
 * Parses JSON of bounded nesting and size. Of duplicate keys the last counts, as with AWS. Faults: Malformed.
 *
 * The result may hold own keys such as `__proto__`: only the compiled decoders, which look members up in a Map, read it.
 */
export function parseJson(text: string): unknown {
  // Each level takes two characters, so a short text cannot be too deep.
  if (text.length > 2 * nestingMax) checkBounds(text)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) throw new Malformed('Unable to parse the request body as JSON')
    throw error
  }
}

function checkBounds(text: string): void {
  let [depth, items] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // A string: brackets in it do not count.
        at = endOfString(text, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        depth += 1
        items += 1
        if (depth > nestingMax)
          throw new Malformed(`The request body is nested deeper than ${nestingMax} levels`)
        break
      case 0x5d:
      case 0x7d:
        depth -= 1
        break
      case 0x2c: // A comma, which stands before a value.
        items += 1
    }
    if (items > itemsMax) throw new Malformed(`The request body has more than ${itemsMax} values`)
  }
}

/** Where the string that opens at `start` closes; the text's end if it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1
    if (backslashes % 2 === 0) return at
  }
}
