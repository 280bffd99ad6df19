import type { Chance } from './chance.ts'

/** A question in words, for whoever cannot read the picture. */
export interface Question {
  readonly text: string
  readonly answer: string
}

const groups = {
  animals: ['horse', 'otter', 'eagle', 'salmon', 'tiger', 'beetle', 'rabbit', 'whale'],
  colours: ['purple', 'green', 'orange', 'yellow', 'black', 'brown', 'white', 'pink'],
  tools: ['hammer', 'shovel', 'drill', 'wrench', 'chisel', 'rake', 'pliers', 'saw'],
  fruits: ['apple', 'cherry', 'banana', 'melon', 'grape', 'lemon', 'plum', 'mango'],
} as const
const kinds = ['animals', 'colours', 'tools', 'fruits'] as const
const ordinals = ['first', 'second'] as const

/**
 * Words of several kinds, of which one is asked for. A program written for it answers it: it keeps out those that were not, and asks
 * for more of the browser's work.
 */
export function question(chance: Chance): Question {
  const asked = chance.oneOf(kinds)
  const list: { readonly word: string; readonly kind: (typeof kinds)[number] }[] = []
  while (list.length < 7) {
    // The first two are of the kind asked for, so that there is a second; they are then put anywhere.
    const kind = list.length < 2 ? asked : chance.oneOf(kinds)
    const word = chance.oneOf(groups[kind])
    if (!list.some((entry) => entry.word === word))
      list.splice(chance.below(list.length + 1), 0, { word, kind })
  }
  const which = chance.below(2)
  const found = list.filter(({ kind }) => kind === asked)[which]
  return {
    text: `Of the ${asked} in this list, type the ${ordinals[which] ?? ''} one: ${list.map(({ word }) => word).join(', ')}.`,
    answer: found?.word ?? '',
  }
}
