import { automatonOf } from '../../automaton.ts'
import { mark, marks } from './characters.ts'
import { pieces } from './words.ts'

export { mark } from './characters.ts'
export { word } from './words.ts'

/** Bits of `mark` and of `word`. */
export interface Signs {
  readonly marks: number
  readonly words: number
}

const { classes, width, next, ends } = automatonOf(pieces.map(([piece]) => piece))
/** The groups of the pieces that end in a state. */
const found = Int32Array.from(ends, (numbers) =>
  numbers.reduce((bits, number) => bits | (pieces[number]?.[1] ?? 0), 0),
)

/** Characters beyond ASCII whose small letters are ASCII: where one stands, any word may. */
const foldsToAscii = (code: number): boolean => code === 0x130 || code === 0x212a

/** Reads a text once for everything by which detectors that have nothing to find there are passed over. */
export function signsOf(text: string): Signs {
  let kinds = 0
  let words = 0
  let state = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 255) {
      kinds |= mark.wide
      if (foldsToAscii(code)) words = -1
      state = 0
      continue
    }
    kinds |= marks[code] ?? 0
    state = next[state * width + (classes[code] ?? 0)] ?? 0
    words |= found[state] ?? 0
  }
  return { marks: kinds, words }
}

/** The signs of several texts together. */
export const bothSigns = (one: Signs, other: Signs): Signs => ({
  marks: one.marks | other.marks,
  words: one.words | other.words,
})

/** Whether any of these kinds of characters occurs. */
export const anyMark = (signs: Signs, kinds: number): boolean => (signs.marks & kinds) !== 0
/** Whether a piece of any of these groups occurs. */
export const anyWord = (signs: Signs, groups: number): boolean => (signs.words & groups) !== 0

/** Whatever a text has. */
export const always = (): boolean => true
