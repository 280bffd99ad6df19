/** Chance that follows from a seed alone. */
export interface Chance {
  /** A whole number below a bound. */
  readonly below: (bound: number) => number
  readonly of: <Item>(items: readonly Item[]) => Item
  readonly letters: (length: number, alphabet?: string) => string
}

/** Source of the constants: Knuth, TAOCP, volume 2, section 3.3.4, table 1. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  return {
    below,
    of: <Item>(items: readonly Item[]) => items[below(items.length)] as Item, // Within its bounds.
    letters: (length, alphabet = '0123456789abcdef') =>
      Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  }
}
