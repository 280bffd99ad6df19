import { pairCosts, pairLetters } from './pair-costs.ts'

/** Shorter ones are too often abbreviations. */
const lengthMin = 9
/** Bits a letter. Of the names that the costs were learnt from one in a hundred lies above, of random ones nine in ten. */
const costMin = 5.2

const side = pairLetters.length
const zero = 'a'.charCodeAt(0)
/** The cost of each pair; the index of a letter by its code. */
const costs = Float64Array.from(pairCosts, (letter) => (letter.charCodeAt(0) - zero) / 2)
const indexOf = new Int8Array(128).fill(-1)
for (let at = 0; at < side; at += 1) indexOf[pairLetters.charCodeAt(at)] = at

/**
 * Whether a registered label looks as if nobody had chosen it: how much each letter surprises after the one before, on average. Made of dictionary
 * words, a generated label does not. International names (`xn--`) are not judged: their letters are an encoding.
 */
export function looksGenerated(label: string): boolean {
  return label.length >= lengthMin && !label.startsWith('xn--') && surprise(label) >= costMin
}

/** Units: bits a letter. */
function surprise(label: string): number {
  let total = 0
  let before = 0 // The edge of the label.
  for (let at = 0; at < label.length; at += 1) {
    const letter = indexOf[label.charCodeAt(at)] ?? -1
    if (letter < 0) return 0 // An underscore or worse: no domain that one can register.
    total += costs[before * side + letter] ?? 0
    before = letter
  }
  return label.length === 0 ? 0 : total / label.length
}
