import { Refusal } from './refusal.ts'

export type Token = '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'true' | 'false' | 'null' | 'end'

/** The source that a refusal quotes is cut there. Source: Jackson, `ErrorReportConfiguration`, as AWS's answers show it. */
const quotedMax = 500
const depthMax = 100
const numberAt = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const hex4 = /^[0-9a-fA-F]{4}$/
const controlMax = 0x1f
const escapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/**
 * Reads JSON token by token and stands, after each, where AWS's reader would: behind the token, but just behind the opening
 * quote of a string whose text was not asked for, and behind the start of the value once its name is read. So the places in
 * refusals are those that AWS names.
 * Source: the places in answers of PutRule and of event-ruler 1.8.1, which both read with Jackson.
 */
export class JsonTokens {
  readonly #source: string
  readonly #open: ('{' | '[')[] = []
  #offset = 0
  /** Where the reader stands, as refusals tell it. */
  #told = 0
  #text = ''
  #textEnd = 0
  #pending: Token | undefined
  #first = true

  constructor(source: string) {
    this.#source = source
  }

  next(): Token {
    if (this.#pending !== undefined) {
      const pending = this.#pending
      this.#pending = undefined
      return pending
    }
    this.#skipSpace()
    const within = this.#open.at(-1)
    const mark = this.#source[this.#offset]
    if (mark === undefined) return this.#end(within)
    if (mark === '}' || mark === ']') return this.#close(mark, within)
    if (within !== undefined && !this.#first) this.#comma(within)
    this.#first = false
    return within === '{' ? this.#name() : this.#value()
  }

  /** The text of a string, name or number; of a bracket, the bracket. */
  text(): string {
    this.#told = Math.max(this.#told, this.#textEnd)
    return this.#text
  }

  refuse(reason: string): never {
    throw new Refusal(`${reason}\n at ${this.#place(this.#told)}`)
  }

  /** Nothing but space may follow. Differs: AWS's reader stops at the closing brace and never sees what follows. */
  finish(): void {
    this.#skipSpace()
    if (this.#offset < this.#source.length) this.refuse('Text after the end of the pattern')
  }

  #place(offset: number): string {
    const before = this.#source.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    const cut = this.#source.length - quotedMax
    const quoted = this.#source.slice(0, quotedMax)
    return `[Source: (String)"${quoted}"${cut > 0 ? `[truncated ${cut} chars]` : ''}; line: ${line}, column: ${column}]`
  }

  #name(): Token {
    if (this.#source[this.#offset] !== '"') this.#unexpected('double-quote to start field name')
    const name = this.#string()
    const nameEnd = this.#offset
    this.#skipSpace()
    if (this.#source[this.#offset] !== ':') this.#unexpected('a colon to separate field name and value')
    this.#offset += 1
    this.#skipSpace()
    this.#pending = this.#value()
    const stoodAt = this.#told
    if (this.#pending === 'string' || this.#pending === 'number') {
      this.#afterName = { text: this.#text, textEnd: this.#textEnd }
    }
    this.#valueText = this.#pending
    this.#text = name
    this.#textEnd = nameEnd
    this.#told = stoodAt
    return 'name'
  }
