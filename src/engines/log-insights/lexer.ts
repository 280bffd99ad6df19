import { BadQuery } from './value.ts'

/** Reads a query from left to right; `#` begins a comment. */
export class Lexer {
  readonly #text: string
  #at = 0
  /** Where what was taken last ends. */
  #end = 0

  constructor(text: string) {
    this.#text = text
  }

  match(expression: RegExp): string | undefined {
    this.#skip()
    expression.lastIndex = this.#at
    const [found] = expression.exec(this.#text) ?? []
    if (found === undefined || found === '') return undefined
    this.#end = this.#at += found.length
    return found
  }

  get isAtEnd(): boolean {
    this.#skip()
    return this.#at >= this.#text.length
  }

  /** Takes a sign if it comes next. */
  take(sign: string): boolean {
    this.#skip()
    if (!this.#text.startsWith(sign, this.#at)) return false
    this.#end = this.#at += sign.length
    return true
  }

  /** Takes a word, whatever its case, if it comes next. */
  word(wanted: string): boolean {
    this.#skip()
    const end = this.#at + wanted.length
    if (this.#text.slice(this.#at, end).toLowerCase() !== wanted || /[\w.@]/.test(this.#text.charAt(end)))
      return false
    this.#end = this.#at = end
    return true
  }

  require(sign: string): void {
    if (!this.take(sign)) throw this.unexpected(`'${sign}'`)
  }

  quoted(): string | undefined {
    const found = this.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy)
    return found?.slice(1, -1).replaceAll(/\\(["'\\])/g, '$1')
  }

  /** A regular expression between slashes, without them. */
  expression(): string | undefined {
    return this.match(/\/(?:[^/\\\n]|\\.)+\//y)
      ?.slice(1, -1)
      .replaceAll('\\/', '/')
  }

  /** A field's name: plain, or in backticks. */
  field(): string | undefined {
    const quoted = this.match(/`[^`]+`/y)
    return quoted?.slice(1, -1) ?? this.match(/[@A-Za-z_$][\w@$]*(?:\.[\w@$]+|\[\d+\])*/y)
  }

  /** Where reading has come to. */
  get at(): number {
    this.#skip()
    return this.#at
  }

  /** The text since a place, as it was written, up to what was taken last. */
  since(begin: number): string {
    return this.#text.slice(begin, this.#end)
  }

  back(begin: number): void {
    this.#at = begin
  }

  unexpected(wanted: string): BadQuery {
    return new BadQuery(`unexpected symbol found at line 1 and position ${this.#at}: ${wanted} is expected`)
  }

  #skip(): void {
    const blank = /(?:\s|#[^\n]*)*/y
    blank.lastIndex = this.#at
    this.#at += blank.exec(this.#text)?.[0].length ?? 0
  }
}
