import { carriageReturn, emptyLine, notInHead } from './grammar.ts'

/**
 * Looks for the empty line that ends a head or a trailer section, however often more bytes arrive: no byte is looked at twice, and
 * what no such section may hold is seen at once, not only when it ends.
 */
export class SectionEnd {
  /** Up to here there is nothing wrong, and no end. Never between a CR and its LF. */
  #looked = 0

  /** Where the empty line begins; `bytes` are the section from its start, longer each time. */
  find(bytes: Buffer): number | 'more' | 'malformed' {
    const end = bytes.indexOf(emptyLine, Math.max(0, this.#looked - 3), 'latin1')
    if (end >= 0) return end
    const whole =
      bytes.length > 0 && bytes[bytes.length - 1] === carriageReturn ? bytes.length - 1 : bytes.length
    if (notInHead.test(bytes.toString('latin1', this.#looked, whole))) return 'malformed'
    this.#looked = whole
    return 'more'
  }

  reset(): void {
    this.#looked = 0
  }
}
