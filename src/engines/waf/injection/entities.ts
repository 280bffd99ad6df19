import { isDigit, isHexDigit, isLetter, runEnd } from './characters.ts'

/** The named entities that hide characters with a meaning in HTML, URLs and scripts. */
const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['tab', '\t'],
  ['newline', '\n'],
  ['colon', ':'],
  ['semi', ';'],
  ['comma', ','],
  ['sol', '/'],
  ['bsol', '\\'],
  ['lpar', '('],
  ['rpar', ')'],
  ['lsqb', '['],
  ['lbrack', '['],
  ['rsqb', ']'],
  ['rbrack', ']'],
  ['lbrace', '{'],
  ['lcub', '{'],
  ['rcub', '}'],
  ['rbrace', '}'],
  ['period', '.'],
  ['excl', '!'],
  ['equals', '='],
  ['plus', '+'],
  ['grave', '`'],
  ['diacriticalgrave', '`'],
  ['dollar', '$'],
  ['num', '#'],
  ['percnt', '%'],
  ['ast', '*'],
  ['quest', '?'],
  ['commat', '@'],
  ['lowbar', '_'],
  ['vert', '|'],
  ['verbar', '|'],
  ['hyphen', '-'],
])

const longestName = 16

/** Resolves HTML's character references once, with or without the closing semicolon, as browsers do. */
export function decodeEntities(text: string): string {
  let at = text.indexOf('&')
  if (at < 0) return text
  let decoded = ''
  let kept = 0
  while (at >= 0) {
    const reference = referenceAt(text, at)
    if (reference !== undefined) {
      decoded += text.slice(kept, at) + reference.value
      kept = reference.end
    }
    at = text.indexOf('&', at + 1)
  }
  return decoded + text.slice(kept)
}

function referenceAt(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  if (text.charAt(at + 1) === '#') return numericAt(text, at + 2)
  const end = runEnd(text.slice(at + 1, at + 1 + longestName), 0, isLetter) + at + 1
  const value = named.get(text.slice(at + 1, end).toLowerCase())
  if (value === undefined) return undefined
  return { value, end: text.charAt(end) === ';' ? end + 1 : end }
}

function numericAt(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  const hex = (text.charCodeAt(at) | 32) === 120
  const start = hex ? at + 1 : at
  const end = runEnd(text, start, hex ? isHexDigit : isDigit)
  if (end === start) return undefined
  // Leading zeros may pad a reference at will: only the last digits count.
  const code = Number.parseInt(text.slice(Math.max(start, end - 8), end), hex ? 16 : 10)
  if (!(code <= 0x10ffff)) return undefined
  return { value: String.fromCodePoint(code), end: text.charAt(end) === ';' ? end + 1 : end }
}
