/**
 * Counts what occurs often, in bounded memory: what is shown never exceeds what occurred, and lacks at most the number of all counted
 * divided by `max + 1`. Of up to `max` different keys every count is exact.
 * Source: Misra and Gries, "Finding repeated elements" (1982), merged as in Agarwal et al., "Mergeable Summaries" (2012).
 */
export class HeavyHitters {
  readonly #max: number
  readonly #counts = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  /** At most twice `max`. */
  get size(): number {
    return this.#counts.size
  }

  add(key: string, count = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
    if (this.#counts.size > 2 * this.#max) this.#forget()
  }

  entries(): readonly (readonly [key: string, count: number])[] {
    return [...this.#counts]
  }

  /** Takes from all what the first beyond `max` has: so many keys of equal weight cancel each other out. */
  #forget(): void {
    const taken = [...this.#counts.values()].sort((one, other) => other - one)[this.#max] ?? 0
    for (const [key, count] of this.#counts)
      if (count > taken) this.#counts.set(key, count - taken)
      else this.#counts.delete(key)
  }
}
