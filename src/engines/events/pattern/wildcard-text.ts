import { Refusal } from './refusal.ts'

/** A place as AWS counts it: from the quote that opens the string, in bytes of UTF-8. */
const position = (text: string, index: number): number => 1 + Buffer.byteLength(text.slice(0, index))

/**
 * The literal pieces between the wildcards of a text: `\*` and `\\` stand for themselves, nothing else may be escaped.
 * Source: event-ruler, `WildcardParser`; EventBridge User Guide, "Comparison operators", "Matching using wildcards".
 */
export function wildcardPieces(text: string): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  for (let index = 0; index < text.length; index += 1) {
    const mark = text[index] ?? ''
    if (mark === '*') {
      if (text[index + 1] === '*')
        throw new Refusal(`Consecutive wildcard characters at pos ${position(text, index)}`)
      pieces.push(piece)
      piece = ''
    } else if (mark === '\\') {
      const escaped = text[index + 1]
      if (escaped !== '*' && escaped !== '\\')
        throw new Refusal(`Invalid escape character at pos ${position(text, index)}`)
      piece += escaped
      index += 1
    } else piece += mark
  }
  return [...pieces, piece]
}
