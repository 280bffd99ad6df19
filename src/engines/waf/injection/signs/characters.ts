/**
 * Kinds of characters that injections consist of, a bit each. Letters, digits, commas and underscores have none: whatever
 * language is injected, they are its words, for which the words' groups stand.
 */
export const mark = {
  quote: 1 << 0,
  doubleQuote: 1 << 1,
  backtick: 1 << 2,
  less: 1 << 3,
  greater: 1 << 4,
  open: 1 << 5,
  close: 1 << 6,
  brace: 1 << 7,
  closingBrace: 1 << 8,
  bracket: 1 << 9,
  plus: 1 << 10,
  dollar: 1 << 11,
  hash: 1 << 12,
  semicolon: 1 << 13,
  pipe: 1 << 14,
  ampersand: 1 << 15,
  backslash: 1 << 16,
  percent: 1 << 17,
  colon: 1 << 18,
  slash: 1 << 19,
  dot: 1 << 20,
  equals: 1 << 21,
  at: 1 << 22,
  star: 1 << 23,
  lineEnd: 1 << 24,
  /** White space other than a space, and what is not shown at all. */
  control: 1 << 25,
  /** All beyond ASCII. */
  wide: 1 << 26,
  dash: 1 << 27,
  exclamation: 1 << 28,
  question: 1 << 29,
  space: 1 << 30,
  /** Tilde and caret. */
  tilde: 1 << 31,
} as const

const written: readonly (readonly [characters: string, bit: number])[] = [
  ["'", mark.quote],
  ['"', mark.doubleQuote],
  ['`', mark.backtick],
  ['<', mark.less],
  ['>', mark.greater],
  ['(', mark.open],
  [')', mark.close],
  ['{', mark.brace],
  ['}', mark.closingBrace],
  ['[]', mark.bracket],
  ['+', mark.plus],
  ['$', mark.dollar],
  ['#', mark.hash],
  [';', mark.semicolon],
  ['|', mark.pipe],
  ['&', mark.ampersand],
  ['\\', mark.backslash],
  ['%', mark.percent],
  [':', mark.colon],
  ['/', mark.slash],
  ['.', mark.dot],
  ['=', mark.equals],
  ['@', mark.at],
  ['*', mark.star],
  ['\n\r', mark.lineEnd],
  ['-', mark.dash],
  ['!', mark.exclamation],
  ['?', mark.question],
  [' ', mark.space],
  ['~^', mark.tilde],
]

/** The bit of each character code below 256; what is beyond is wide. */
export const marks: Int32Array = new Int32Array(256)
for (let code = 0; code < 256; code += 1) {
  if (code < 32 || code === 127) marks[code] = mark.control
  if (code > 127) marks[code] = mark.wide
}
for (const [characters, bit] of written)
  for (const character of characters) marks[character.charCodeAt(0)] = bit
