/** Chance that is the same for the same seed. */
export interface Chance {
  /** From 0 up to but without `below`. */
  readonly whole: (below: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** Whether something of this probability happens. */
  readonly happens: (probability: number) => boolean
  readonly hex: (digits: number) => string
  readonly capitals: (letters: number) => string
}

/** A generator of 32 bits of state. Source: T. Ettinger, "Mulberry32" (public domain), in its published form. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (below: number): number => Math.floor(next() * below)
  const letters = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet[whole(alphabet.length)]).join('')
  return {
    whole,
    pick: (items) => items[whole(items.length)] as never, // No list here is empty.
    happens: (probability) => next() < probability,
    hex: (digits) => letters('0123456789abcdef', digits),
    capitals: (count) => letters('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', count),
  }
}
