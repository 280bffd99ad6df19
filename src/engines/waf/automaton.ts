import { lowerAscii } from './bytes.ts'

/**
 * Aho and Corasick's automaton for many literals, made deterministic, without regard to the case of ASCII letters, over
 * classes of characters: those that no literal has are one, and so is all beyond Latin-1.
 */
export interface Automaton {
  /** The class of each character code below 256; others have class 0. */
  readonly classes: Uint8Array
  readonly width: number
  /** The next state, by state times `width` plus class. */
  readonly next: Int32Array
  /** The literals that end in a state, by their numbers. */
  readonly ends: readonly (readonly number[])[]
}

/** As much as an automaton of these literals takes at most. Units: bytes. */
export function automatonBytesOf(literals: readonly string[]): number {
  const states = literals.reduce((sum, literal) => sum + literal.length, 1)
  const width = 1 + new Set(lowerAscii(literals.join('')).split('')).size
  return states * width * Int32Array.BYTES_PER_ELEMENT
}

export function automatonOf(literals: readonly string[]): Automaton {
  const folded = literals.map(lowerAscii)
  const classes = new Uint8Array(256)
  // At most 231 classes: there are 256 bytes, and 26 of them are folded into others.
  let width = 1
  for (const literal of folded) {
    for (let at = 0; at < literal.length; at += 1) {
      const code = literal.charCodeAt(at)
      if (classes[code] === 0) classes[code] = width++
    }
  }
  for (let code = 65; code <= 90; code += 1) classes[code] = classes[code + 32] ?? 0
  const states = folded.reduce((sum, literal) => sum + literal.length, 1)
  const next = new Int32Array(states * width).fill(-1)
  const ends: number[][] = [[]]
  for (const [number, literal] of folded.entries()) {
    let state = 0
    for (let at = 0; at < literal.length; at += 1) {
      const edge = state * width + (classes[literal.charCodeAt(at)] ?? 0)
      if (next[edge] === -1) {
        next[edge] = ends.length
        ends.push([])
      }
      state = next[edge] ?? 0
    }
    ends[state]?.push(number)
  }
  close(next, ends, width)
  return { classes, width, next: next.slice(0, ends.length * width), ends }
}

/** Fills in where to go on a character that does not continue: to the longest suffix that is a prefix of a literal. */
function close(next: Int32Array, ends: number[][], width: number): void {
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
