import { detectors, type Place } from '../injection/index.ts'
import { bothSigns, needs, type Signs, signsOf } from '../injection/signs/index.ts'

/** Detectors as bits of a number, in the order of their table. */
export type DetectorBits = number

/** The detectors of these names that look at texts of a place. A name that no detector has is a bug. */
export function detectorBits(names: readonly string[], place: Place): DetectorBits {
  let bits = 0
  for (const name of names) {
    const number = detectors.findIndex((row) => row.name === name)
    const detector = detectors[number]
    if (detector === undefined) throw new Error(`there is no detector ${name}`)
    if (detector.places?.includes(place) ?? true) bits |= 1 << number
  }
  return bits
}

const needsOf = detectors.map(({ name }) => needs[name])

/** The detectors that can find something in a text of these signs. */
function possibleIn(signs: Signs): DetectorBits {
  let possible = 0
  for (let number = 0; number < needsOf.length; number += 1)
    if (needsOf[number]?.(signs) === true) possible |= 1 << number
  return possible
}

/** State: what was answered for texts without any of the words, by their marks: most texts, and few kinds of them. */
const wordless = new Map<number, DetectorBits>()
const wordlessMax = 4_096

function possibleFor(signs: Signs): DetectorBits {
  if (signs.words !== 0) return possibleIn(signs)
  let possible = wordless.get(signs.marks)
  if (possible === undefined) {
    possible = possibleIn(signs)
    if (wordless.size === wordlessMax) wordless.clear()
    wordless.set(signs.marks, possible)
  }
  return possible
}

/** A text that an application would read, and what detectors have said of it: each is asked once, by whichever rule. */
export class ReadText {
  readonly text: string
  readonly signs: Signs
  /** The detectors that can find something in it, by what they need. */
  readonly possible: DetectorBits
  #asked = 0
  #found = 0

  constructor(text: string) {
    this.text = text
    this.signs = signsOf(text)
    this.possible = possibleFor(this.signs)
  }

  /** Whether any of the detectors finds something. */
  finds(detectorsAsked: DetectorBits): boolean {
    if ((this.#found & detectorsAsked) !== 0) return true
    let open = detectorsAsked & this.possible & ~this.#asked
    while (open !== 0) {
      const number = 31 - Math.clz32(open)
      const bit = 1 << number
      open &= ~bit
      this.#asked |= bit
      if (detectors[number]?.test(this.text) !== true) continue
      this.#found |= bit
      return true
    }
    return false
  }
}

/** Texts of one place, and what they have together: what none of them has, need not be looked for in any. */
export class ReadTexts {
  readonly all: readonly ReadText[]
  readonly signs: Signs
  readonly possible: DetectorBits

  constructor(all: readonly ReadText[]) {
    this.all = all
    let signs: Signs = { marks: 0, words: 0 }
    let possible = 0
    for (const text of all) {
      signs = bothSigns(signs, text.signs)
      possible |= text.possible
    }
    this.signs = signs
    this.possible = possible
  }

  finds(detectorsAsked: DetectorBits): boolean {
    if ((this.possible & detectorsAsked) === 0) return false
    return this.all.some((text) => text.finds(detectorsAsked))
  }

  /** Whether a text passes; `needed` says what a text must have for that. */
  some(test: (text: string) => boolean, needed: (signs: Signs) => boolean): boolean {
    if (!needed(this.signs)) return false
    return this.all.some(({ text, signs }) => needed(signs) && test(text))
  }
}
