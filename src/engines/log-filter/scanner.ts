import { BadPattern } from './pattern.ts'

/** Reads a pattern from left to right. */
export class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    this.skipSpaces()
    return this.#at >= this.#text.length
  }

  skipSpaces(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1
  }

  /** Takes a text if it comes next. */
  take(wanted: string): boolean {
    this.skipSpaces()
    if (!this.#text.startsWith(wanted, this.#at)) return false
    this.#at += wanted.length
    return true
  }

  require(wanted: string): void {
    if (!this.take(wanted)) throw new BadPattern(`'${wanted}' is missing at position ${this.#at}`)
  }

  /** Takes what a sticky expression matches here. */
  match(expression: RegExp): string | undefined {
    this.skipSpaces()
    expression.lastIndex = this.#at
    const [found] = expression.exec(this.#text) ?? []
    if (found === undefined || found === '') return undefined
    this.#at += found.length
    return found
  }

  /** Takes a text in quotes, without them; undefined where none begins. */
  quoted(): string | undefined {
    const found = this.match(/"(?:[^"\\]|\\.)*"/sy)
    return found?.slice(1, -1).replaceAll(/\\(.)/gs, '$1')
  }

  /** Takes a regular expression in percent signs, without them; undefined where none begins. */
  regularExpression(): string | undefined {
    return this.match(/%(?:[^%\\]|\\.)+%/sy)?.slice(1, -1)
  }
}
