import { type Automaton, automatonBytesOf, automatonOf } from './automaton.ts'

/** Which literals occur, by number. */
export type Hits = Uint8Array

/** With fewer, looking for each by itself is as fast. */
export const worthScanning = 4

/** The lengths to which literals are cut, one after the other, until they fit. */
const beginnings = [Number.POSITIVE_INFINITY, 32, 16, 8, 4]

/** No literal occurs: what most requests get, without memory of their own. */
const none: Hits = new Uint8Array(0)

/**
 * Finds which of many literals occur in a text, in one pass, without regard to the case of ASCII letters. What it says
 * to be absent is absent; of what it says to be there, the rule that asked still decides.
 */
export class LiteralScan {
  readonly #automaton: Automaton
  readonly #count: number
  /** What it keeps in memory. Units: bytes. */
  readonly bytes: number

  constructor(literals: readonly string[]) {
    this.#count = literals.length
    this.#automaton = automatonOf(literals)
    this.bytes = this.#automaton.next.byteLength
  }

  /** One within so many bytes, if need be of the literals' beginnings alone; undefined where even these are too many. */
  static within(bytesMax: number, literals: readonly string[]): LiteralScan | undefined {
    for (const lengthMax of beginnings) {
      const looked = literals.map((literal) => literal.slice(0, lengthMax))
      if (automatonBytesOf(looked) <= bytesMax) return new LiteralScan(looked)
    }
    return undefined
  }

  scan(texts: readonly string[]): Hits {
    const { width, next, classes, ends } = this.#automaton
    let hits = none
    for (const text of texts) {
      let state = 0
      for (let at = 0; at < text.length; at += 1) {
        state = next[state * width + (classes[text.charCodeAt(at)] ?? 0)] ?? 0
        const found = ends[state]
        if (found === undefined || found.length === 0) continue
        if (hits === none) hits = new Uint8Array(this.#count)
        for (const number of found) hits[number] = 1
      }
    }
    return hits
  }
}
