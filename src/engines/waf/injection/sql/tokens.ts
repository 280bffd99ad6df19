import { isDigit, isHexDigit, isSpace, isWord, runEnd, skipSpace } from '../characters.ts'

/** What a token of SQL can be; `word` is any bare word, `call` a word with a parenthesis after it. */
export type Kind =
  | 'number'
  | 'string'
  | 'openString'
  | 'word'
  | 'call'
  | 'name'
  | 'variable'
  | 'serverVariable'
  | 'compare'
  | 'compute'
  | 'logical'
  | '('
  | ')'
  | ','
  | ';'
  | 'cast'
  | 'comment'
  | 'unknown'
  | 'end'

export interface Token {
  readonly kind: Kind
  /** Lower case for words, the quote for strings, the characters for operators; for comments, what they say. */
  readonly text: string
  readonly start: number
  readonly end: number
}

const compares = [
  '?&',
  '?|',
  '<=>',
  '!==',
  '===',
  '<@',
  '@>',
  '<>',
  '<=',
  '>=',
  '!=',
  '==',
  '!<',
  '!>',
  '^=',
  '~*',
  '~=',
  '=',
  '<',
  '>',
  '?',
]
const computes = ['->>', '->', '<<', '>>', ':=', '+', '-', '*', '/', '%', '^', '~', '!', '|', '&', '#']

/** Reads the tokens of a text as SQL, one at a time, each character at most a few times. */
export class Tokens {
  readonly #text: string
  readonly #escapes: boolean
  readonly #hashes: boolean
  #at: number
  /** How many comments stood between tokens so far: text that hides words breaks them with comments. */
  comments = 0
  /** How many executable comments (MySQL's) were opened. */
  executable = 0

  /** `hashes`: a hash begins a comment, as in MySQL; elsewhere it is an operator. `escapes`: a backslash in a string takes the next character with it, as in MySQL. */
  constructor(text: string, start: number, escapes: boolean, hashes: boolean) {
    this.#text = text
    this.#hashes = hashes
    this.#at = start
    this.#escapes = escapes
  }

  /** Whether nothing but white space stands from here on. */
  atEnd(from: number): boolean {
    return skipSpace(this.#text, from) >= this.#text.length
  }

  next(): Token {
    const skipped = this.#skip()
    if (skipped !== undefined) return skipped
    const text = this.#text
    const start = this.#at
    if (start >= text.length) return this.#take('end', start, '')
    const code = text.charCodeAt(start)
    if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(start + 1)))) return this.#number(start)
    if (isWord(code) || code === 36) return this.#word(start)
    const character = text.charAt(start)
    if (character === "'" || character === '"') return this.#string(start, character, 'string')
    if (character === '`') return this.#string(start, character, 'name')
    if (character === '[') return this.#bracketed(start)
    if (character === '@') return this.#variable(start)
    return this.#symbol(start, character)
  }

  #take(kind: Kind, end: number, text: string): Token {
    const token = { kind, text, start: this.#at, end }
    this.#at = end
    return token
  }

  /** White space and closed comments; a line comment, or one that never closes, is a token of its own. */
  #skip(): Token | undefined {
    const text = this.#text
    for (;;) {
      while (this.#at < text.length && isSpace(text.charCodeAt(this.#at))) this.#at += 1
      const at = this.#at
      const two = text.substr(at, 2)
      if (two === '*/' && this.executable > 0) {
        this.#at = at + 2
      } else if (two === '/*') {
        const third = text.charAt(at + 2)
        if (third === '!' || (third === 'M' && text.charAt(at + 3) === '!')) {
          this.executable += 1
          this.#at = runEnd(text, at + (third === '!' ? 3 : 4), isDigit)
          continue
        }
        const close = text.indexOf('*/', at + 2)
        this.comments += 1
        if (close < 0) return this.#take('comment', text.length, text.slice(at + 2, at + 66))
        this.#at = close + 2
      } else if (two === '--' || (this.#hashes && text.charAt(at) === '#')) {
        const line = text.indexOf('\n', at)
        const end = line < 0 ? text.length : line + 1
        return this.#take('comment', end, text.slice(at + (two === '--' ? 2 : 1), Math.min(end, at + 66)))
      } else return undefined
    }
  }

  #number(start: number): Token {
    const text = this.#text
    if (text.charAt(start) === '0' && (text.charCodeAt(start + 1) | 32) === 120) {
      return this.#take('number', runEnd(text, start + 2, isHexDigit), '0x')
    }
    let end = runEnd(text, start, (code) => isDigit(code) || code === 46)
    if ((text.charCodeAt(end) | 32) === 101) {
      const sign = text.charAt(end + 1)
      const digits = end + (sign === '+' || sign === '-' ? 2 : 1)
      const exponent = runEnd(text, digits, isDigit)
      // `1.e(…)` and `1e0union`: MySQL reads the e as the number's even without digits.
      if (exponent > digits) end = exponent
      else if (!isWord(text.charCodeAt(end + 1))) end += 1
    }
    return this.#take('number', end, text.slice(start, Math.min(end, start + 24)))
  }

  /** Words may contain `$`, and dots between parts. */
  #word(start: number): Token {
    const text = this.#text
    if (text.startsWith('$$', start)) {
      const close = text.indexOf('$$', start + 2)
      if (close > 0) return this.#take('string', close + 2, '$$')
    }
    const belongs = (code: number): boolean => isWord(code) || code === 36
    let end = runEnd(text, start, belongs)
    const quote = text.charAt(end)
    // N'…', X'…', B'…', E'…', q'…' and _utf8'…' are strings with a prefix; $$…$$ is one in PostgreSQL.
    if (
      quote === "'" &&
      (end - start === 1 ? 'nxbeqNXBEQ'.includes(text.charAt(start)) : text.charAt(start) === '_')
    ) {
      return this.#string(end, quote, 'string')
    }
    while (text.charAt(end) === '.') {
      const part = text.charAt(end + 1) === '.' ? end + 2 : end + 1
      // `select.1`: no name has a digit there, and MySQL reads a number.
      if (!isWord(text.charCodeAt(part)) || isDigit(text.charCodeAt(part))) break
      end = runEnd(text, part, belongs)
    }
    const word = text.slice(start, Math.min(end, start + 64)).toLowerCase()
    const after = this.#afterComments(end)
    return this.#take(text.charAt(after) === '(' ? 'call' : 'word', end, word)
  }

  /** Where the next token begins, white space and closed comments skipped. */
  #afterComments(start: number): number {
    let at = skipSpace(this.#text, start)
    while (this.#text.startsWith('/*', at) && this.#text.charAt(at + 2) !== '!') {
      const close = this.#text.indexOf('*/', at + 2)
      if (close < 0) return at
      at = skipSpace(this.#text, close + 2)
    }
    return at
  }

  #string(start: number, quote: string, kind: 'string' | 'name'): Token {
    const end = stringEnd(this.#text, start + 1, quote, this.#escapes)
    if (end < 0) return this.#take('openString', this.#text.length, quote)
    return this.#take(kind, end, quote)
  }

  #bracketed(start: number): Token {
    const close = this.#text.indexOf(']', start)
    return close < 0 ? this.#take('unknown', start + 1, '[') : this.#take('name', close + 1, '[')
  }

  #variable(start: number): Token {
    const text = this.#text
    if ('>?'.includes(text.charAt(start + 1) || ' ')) return this.#take('compare', start + 2, '@>')
    const server = text.charAt(start + 1) === '@'
    const first = start + (server ? 2 : 1)
    const end = runEnd(text, first, (code) => isWord(code) || code === 46 || code === 36)
    if (end === first) {
      const quoted = text.charAt(first)
      if (quoted === '`' || quoted === "'" || quoted === '"') return this.#string(first, quoted, 'name')
      return this.#take(server ? 'unknown' : 'compute', first, '@')
    }
    return this.#take(
      server ? 'serverVariable' : 'variable',
      end,
      text.slice(first, Math.min(end, first + 64)).toLowerCase(),
    )
  }

  #symbol(start: number, character: string): Token {
    const text = this.#text
    if (character === '(' || character === '{') return this.#take('(', start + 1, character)
    if (character === ')' || character === '}') return this.#take(')', start + 1, character)
    if (character === ',' || character === ';') return this.#take(character, start + 1, character)
    const two = text.substr(start, 2)
    if (two === '||' || two === '&&') return this.#take('logical', start + 2, two)
    if (two === '::') return this.#take('cast', start + 2, two)
    const compare = compares.find((operator) => text.startsWith(operator, start))
    if (compare !== undefined) return this.#take('compare', start + compare.length, compare)
    const compute = computes.find((operator) => text.startsWith(operator, start))
    if (compute !== undefined) return this.#take('compute', start + compute.length, compute)
    // `\N` is MySQL's NULL.
    if (two === '\\N') return this.#take('number', start + 2, two)
    return this.#take('unknown', start + 1, character)
  }
}

/** Where a string that began before `start` ends, just after its closing quote; -1 when it never does. */
export function stringEnd(text: string, start: number, quote: string, escapes: boolean): number {
  const mark = quote.charCodeAt(0)
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 92 && escapes) at += 1
    else if (code === mark) {
      if (text.charCodeAt(at + 1) !== mark) return at + 1
      at += 1
    }
  }
  return -1
}
