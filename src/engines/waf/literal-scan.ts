import { type Automaton, automatonOf } from './automaton.ts'

/** Which literals occur, by number. */
export type Hits = Uint8Array

/** With fewer, looking for each by itself is as fast. */
export const worthScanning = 4

/** No literal occurs: what most requests get, without memory of their own. */
const none: Hits = new Uint8Array(0)

/**
 * Finds which of many literals occur in a text, in one pass, without regard to the case of ASCII letters. What it says
 * to be absent is absent; of what it says to be there, the rule that asked still decides.
 */
export class LiteralScan {
  readonly #automaton: Automaton
  readonly #count: number

  constructor(literals: readonly string[]) {
    this.#count = literals.length
    this.#automaton = automatonOf(literals)
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
