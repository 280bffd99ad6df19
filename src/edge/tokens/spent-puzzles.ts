/**
 * The puzzles that were answered, until they are too old to be answered again. It forgets nothing before: when it is full, nobody
 * solves anything until some are old, which takes as many proofs of work as it holds. State: within one process.
 */
export class SpentPuzzles {
  readonly #expiries = new Map<string, number>()
  readonly #max: number

  constructor(max = 200_000) {
    this.#max = max
  }

  /** Marks a puzzle as answered; says why not, where it is one already or there is no room. */
  spend(id: string, expiresAtMs: number, nowMs: number): 'spent' | 'again' | 'full' {
    if (this.#expiries.has(id)) return 'again'
    // In the order of answers, and each lives for minutes at most: what is old stands at the front or soon will.
    for (const [old, until] of this.#expiries) {
      if (until > nowMs) break
      this.#expiries.delete(old)
    }
    if (this.#expiries.size >= this.#max) return 'full'
    this.#expiries.set(id, expiresAtMs)
    return 'spent'
  }
}
