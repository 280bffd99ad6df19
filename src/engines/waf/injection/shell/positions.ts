import { isLetter, isSpace, isWord, runEnd } from '../characters.ts'

/**
 * How a command came to stand where it does: as the whole text, after another, in a line of a longer text, or put into a
 * string. A `list` is of braces.
 */
export type Position = 'list' | 'newline' | 'start' | 'separator' | 'line' | 'substitution' | 'backtick'

const listMax = 400

/** Where a shell would begin a command, from left to right. */
export function* commandPositions(
  text: string,
): Generator<{ readonly at: number; readonly position: Position }> {
  const lines = text.length > 4000 ? 99 : text.split('\n').length
  const prose = wordsOutsideCode(text) > 3
  const fenced = text.includes('```')
  let backticks = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    const next = text.charAt(at + 1)
    // Prose quotes commands with their pipes.
    const quoted = prose && backticks % 2 === 1
    if (character === ';') {
      if (!endsEntity(text, at)) yield { at: at + 1, position: lines > 4 || quoted ? 'line' : 'separator' }
    } else if (character === '|' || character === '&') {
      // A Markdown table's cells, and a bitwise operator of code, are no pipes.
      const doubled = next === character
      yield { at: at + (doubled ? 2 : 1), position: lines > 2 || quoted ? 'line' : 'separator' }
      if (doubled) at += 1
    } else if (character === '\n' || character === '\r')
      yield { at: at + 1, position: lines > 4 || fenced ? 'line' : 'newline' }
    else if (character === '\\' && (next === 'n' || next === 'r') && lines === 1)
      yield { at: at + 2, position: 'separator' }
    else if (text.startsWith('```', at)) at += 2
    else if (character === '`') {
      backticks += 1
      if (backticks % 2 === 1 && next !== '`' && !prose) yield { at: at + 1, position: 'backtick' }
    } else if ((character === '$' || character === '<' || character === '>') && next === '(')
      yield { at: at + 2, position: lines > 12 ? 'line' : 'substitution' }
    else if (character === '{' && (at === 0 || !isWord(text.charCodeAt(at - 1)))) {
      const list = braceList(text, at)
      if (list !== '') yield { at, position: 'list' }
    }
  }
}

/** `{id,}` and `{wget,x}` are a command and its arguments. */
export function braceList(text: string, at: number): string {
  const close =
    runEnd(
      text.slice(at + 1, at + listMax),
      0,
      (code) => code !== 125 && code !== 123 && !isSpace(code) && code !== 34,
    ) +
    at +
    1
  const inner = text.slice(at + 1, close)
  return text.charAt(close) === '}' && inner.includes(',') ? inner.replaceAll(',', ' ') : ''
}

/** Words that stand outside of `…`: a text with many is prose, and what is between its backticks is code that it quotes. */
function wordsOutsideCode(text: string): number {
  let count = 0
  let inside = false
  let inWord = false
  for (let at = 0; at < text.length && count < 20; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 96) inside = !inside
    const word = !inside && isLetter(code)
    if (word && !inWord) count += 1
    inWord = word
  }
  return count
}

/** Whether the semicolon at `at` closes an HTML entity, whole or with its ampersand cut off. */
function endsEntity(text: string, at: number): boolean {
  let start = at
  while (start > 0 && at - start < 10 && isWord(text.charCodeAt(start - 1))) start -= 1
  const name = text.slice(start, at)
  return (
    text.charAt(start - 1) === '&' ||
    text.charAt(start - 1) === '#' ||
    ['amp', 'lt', 'gt', 'quot', 'nbsp'].includes(name)
  )
}
