import { lowerAscii } from './bytes.ts'

/** Which literals occur, by number. */
export type Hits = Uint8Array

/** With fewer, looking for each by itself is as fast. */
export const worthScanning = 4

/** No literal occurs: what most requests get, without memory of their own. */
const none: Hits = new Uint8Array(0)

/**
 * Finds which of many literals occur in a text, in one pass, without regard to the case of ASCII letters. What it says
 * to be absent is absent; of what it says to be there, the rule that asked still decides.
 *
 * Method: Aho and Corasick's automaton, made deterministic, over classes of bytes: those that no literal has are one.
 */
export class LiteralScan {
  readonly #classes = new Uint8Array(256)
  readonly #width: number
  /** The next state, by state and class. */
  readonly #next: Int32Array
  /** The literals that end in a state. */
  readonly #ends: readonly (readonly number[])[]
  readonly #count: number

  constructor(literals: readonly string[]) {
    this.#count = literals.length
    const folded = literals.map(lowerAscii)
    // At most 231 classes: there are 256 bytes, and 26 of them are folded into others.
    let classes = 1
    for (const literal of folded) {
      for (let at = 0; at < literal.length; at += 1) {
        const code = literal.charCodeAt(at)
        if (this.#classes[code] === 0) this.#classes[code] = classes++
      }
    }
    for (let code = 65; code <= 90; code += 1) this.#classes[code] = this.#classes[code + 32] ?? 0
    this.#width = classes
    const { next, ends } = this.#build(folded)
    this.#next = next
    this.#ends = ends
  }

  #build(literals: readonly string[]): {
    readonly next: Int32Array
    readonly ends: readonly (readonly number[])[]
  } {
    const width = this.#width
    const states = literals.reduce((sum, literal) => sum + literal.length, 1)
    const next = new Int32Array(states * width).fill(-1)
    const ends: number[][] = [[]]
    for (const [number, literal] of literals.entries()) {
      let state = 0
      for (let at = 0; at < literal.length; at += 1) {
        const edge = state * width + (this.#classes[literal.charCodeAt(at)] ?? 0)
        if (next[edge] === -1) {
          next[edge] = ends.length
          ends.push([])
        }
        state = next[edge] ?? 0
      }
      ends[state]?.push(number)
    }
    this.#close(next, ends)
    return { next: next.slice(0, ends.length * width), ends }
  }

  /** Fills in where to go on a byte that does not continue: to the longest suffix that is a prefix of a literal. */
  #close(next: Int32Array, ends: number[][]): void {
    const width = this.#width
    const suffix = new Int32Array(ends.length)
    const queue: number[] = []
    for (let edge = 0; edge < width; edge += 1) {
      const child = next[edge] ?? -1
      if (child > 0) queue.push(child)
      else next[edge] = 0
    }
    for (const state of queue) {
      const shorter = suffix[state] ?? 0
      ends[state]?.push(...(ends[shorter] ?? []))
      for (let edge = 0; edge < width; edge += 1) {
        const fallback = next[shorter * width + edge] ?? 0
        const child = next[state * width + edge] ?? -1
        if (child < 0) {
          next[state * width + edge] = fallback
          continue
        }
        suffix[child] = fallback
        queue.push(child)
      }
    }
  }

  scan(texts: readonly string[]): Hits {
    const width = this.#width
    const next = this.#next
    const classes = this.#classes
    const ends = this.#ends
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
