import { Refusal } from './refusal.ts'

export type TokenKind = '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'true' | 'false' | 'null'

interface Token {
  readonly kind: TokenKind
  /** The text of a string or name, the spelling of anything else. */
  readonly text: string
  /** Where the reader stands when it has met the token: in a string, just behind the opening quote. */
  readonly met: number
  /** Where it stands when the token's text was asked for. */
  readonly end: number
}

/** Source: Jackson, `ErrorReportConfiguration.DEFAULT_MAX_RAW_CONTENT_LENGTH`, which AWS's answers show. */
const quotedMax = 500
/** Source: Jackson, `StreamReadConstraints.DEFAULT_MAX_DEPTH`. */
const nestingMax = 1000
const space = /[ \t\r\n]*/y
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const literal = /(?:true|false|null)(?![0-9A-Za-z_$])/y
const word = /[A-Za-z_$][0-9A-Za-z_$]*/y
// eslint-disable-next-line no-control-regex -- JSON forbids control characters in strings.
const string = /"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"/y

/**
 * Reads JSON token by token. `refuse` tells the place that AWS would tell: its reader stands just behind the opening quote of a
 * string whose text was not asked for, and behind the start of a value once the value's name is read.
 * Source: answers of PutRule and of event-ruler 1.8.1, which read with Jackson; names may come twice, as there.
 */
export class JsonTokens {
  readonly #source: string
  readonly #open: ('{' | '[')[] = []
  #offset = 0
  #told = 0
  #token: Token | undefined
  #value: Token | undefined
  /** Whether a comma must come before the next member. */
  #comma = false

  constructor(source: string) {
    this.#source = source
  }

  next(): TokenKind {
    const token = this.#value ?? this.#read()
    this.#value = undefined
    this.#token = token
    this.#told = token.met
    if (token.kind === 'name') this.#told = this.#readValueOf()
    return token.kind
  }

  text(): string {
    if (this.#token === undefined) throw new Error('no token was read')
    if (this.#token.kind !== 'name') this.#told = this.#token.end
    return this.#token.text
  }

  refuse(reason: string): never {
    throw new Refusal(`${reason}\n at ${this.#place(this.#told)}`)
  }

  /** Nothing but space may follow. Differs: AWS's reader stops at the closing brace and never sees what follows. */
  finish(): void {
    this.#match(space)
    if (this.#offset < this.#source.length) this.#unexpected('the end of the pattern')
  }

  #place(offset: number): string {
    const before = this.#source.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    const cut = this.#source.length - quotedMax
    const quoted = `"${this.#source.slice(0, quotedMax)}"${cut > 0 ? `[truncated ${cut} chars]` : ''}`
    return `[Source: (String)${quoted}; line: ${line}, column: ${column}]`
  }

  #read(): Token {
    this.#match(space)
    const within = this.#open.at(-1)
    const mark = this.#source[this.#offset]
    if (mark === undefined) this.#ended()
    if (mark === '}' || mark === ']') return this.#close(mark, within)
    if (within !== undefined && this.#comma) {
      if (mark !== ',') this.#unexpected(`comma to separate ${within === '{' ? 'Object' : 'Array'} entries`)
      this.#offset += 1
      this.#match(space)
    }
    this.#comma = true
    return within === '{' ? this.#name() : this.#member()
  }

  #close(mark: '}' | ']', within: '{' | '[' | undefined): Token {
    if (within !== (mark === '}' ? '{' : '[')) {
      this.#told = this.#offset
      this.refuse(
        `Unexpected close marker '${mark}'${within === undefined ? '' : `: expected '${within === '{' ? '}' : ']'}'`}`,
      )
    }
    this.#open.pop()
    this.#comma = true
    this.#offset += 1
    return { kind: mark, text: mark, met: this.#offset, end: this.#offset }
  }

  #name(): Token {
    if (this.#source[this.#offset] !== '"') this.#unexpected('double-quote to start field name')
    const { text, end } = this.#string()
    this.#match(space)
    if (this.#source[this.#offset] !== ':') this.#unexpected('a colon to separate field name and value')
    this.#offset += 1
    return { kind: 'name', text, met: end, end }
  }

  #readValueOf(): number {
    this.#match(space)
    if (this.#source[this.#offset] === undefined) this.#ended()
    this.#value = this.#member()
    return this.#value.met
  }

  #member(): Token {
    const mark = this.#source[this.#offset]
    if (mark === '"') return this.#string()
    if (mark === '{' || mark === '[') return this.#enter(mark)
    const name = this.#match(literal)
    // The pattern above has these three and no other.
    if (name !== '') return this.#spelled(name as 'true' | 'false' | 'null', name)
    const digits = this.#match(number)
    if (digits !== '') return this.#spelled('number', digits)
    return this.#unrecognized()
  }

  #enter(mark: '{' | '['): Token {
    this.#open.push(mark)
    if (this.#open.length > nestingMax)
      this.refuse(`Document nesting depth (${this.#open.length}) exceeds the maximum allowed (${nestingMax})`)
    this.#comma = false
    this.#offset += 1
    return { kind: mark, text: mark, met: this.#offset, end: this.#offset }
  }

  #string(): Token {
    const start = this.#offset
    const quoted = this.#match(string)
    if (quoted === '') {
      this.#told = start + 1
      this.refuse('Illegal character, escape or end in a string value')
    }
    // The expression above admits exactly what JSON allows in a string.
    return { kind: 'string', text: JSON.parse(quoted) as string, met: start + 1, end: this.#offset }
  }

  #spelled(kind: TokenKind, text: string): Token {
    return { kind, text, met: this.#offset, end: this.#offset }
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#offset
    const found = expression.exec(this.#source)?.[0] ?? ''
    this.#offset += found.length
    return found
  }

  #unexpected(expected: string, expecting = 'was expecting'): never {
    const mark = this.#source[this.#offset] ?? ''
    this.#told = this.#offset
    return this.refuse(
      `Unexpected character ('${mark}' (code ${mark.charCodeAt(0)})): ${expecting} ${expected}`,
    )
  }

  #unrecognized(): never {
    const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
    const token = this.#match(word)
    if (token === '') return this.#unexpected(values, 'expected a valid value')
    this.#told = this.#offset
    return this.refuse(`Unrecognized token '${token}': was expecting ${values}`)
  }

  #ended(): never {
    this.#told = this.#source.length
    const within = this.#open.at(-1)
    return this.refuse(
      within === undefined
        ? 'Filter is not an object'
        : `Unexpected end-of-input: expected close marker for ${within === '{' ? 'Object' : 'Array'}`,
    )
  }
}
