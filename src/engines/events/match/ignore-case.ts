/**
 * The spellings of a text without regard to case: each character as it is, in lower or in upper case, which may be longer (ß, SS).
 * Source: event-ruler, `EqualsIgnoreCaseParser`, which goes by single UTF-16 units.
 */
export class AnyCase {
  readonly #lower: readonly string[]
  readonly #upper: readonly string[]

  constructor(text: string) {
    const units = text.split('')
    this.#lower = units.map((unit) => unit.toLowerCase())
    this.#upper = units.map((unit) => unit.toUpperCase())
  }

  /** The offset behind the text where it stands in the value at `start`; -1 where it does not. */
  endOf(value: string, start: number): number {
    let offset = start
    for (let index = 0; index < this.#lower.length; index += 1) {
      const lower = this.#lower[index] ?? ''
      const upper = this.#upper[index] ?? ''
      // Where both begin alike they are the same, so the first that fits is right.
      if (value.startsWith(lower, offset)) offset += lower.length
      else if (value.startsWith(upper, offset)) offset += upper.length
      else return -1
    }
    return offset
  }

  /** Whether the value ends in the text. */
  ends(value: string): boolean {
    let offset = value.length
    for (let index = this.#lower.length - 1; index >= 0; index -= 1) {
      const lower = this.#lower[index] ?? ''
      const upper = this.#upper[index] ?? ''
      if (value.endsWith(lower, offset)) offset -= lower.length
      else if (value.endsWith(upper, offset)) offset -= upper.length
      else return false
    }
    return true
  }
}

// eslint-disable-next-line no-control-regex -- All of ASCII.
const ascii = /^[\u0000-\u007f]*$/

/** One text for all spellings of a text that `AnyCase` takes for the same; of ASCII, the lower case. */
export function folded(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  let out = ''
  for (const unit of text.split(''))
    for (const upper of unit.toUpperCase().split('')) out += upper.toLowerCase()
  return out
}
