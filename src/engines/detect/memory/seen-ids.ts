/** Ids that were seen lately: a record that comes twice is seen once. Holds between `max` / 2 and `max` of them. */
export class SeenIds {
  #young = new Set<string>()
  #old = new Set<string>()
  readonly #half: number

  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
  }

  /** Whether it is new; it is not the next time. */
  isNew(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(id)
    return true
  }

  state(): readonly string[] {
    return [...this.#old, ...this.#young]
  }

  restore(ids: readonly string[]): void {
    for (const id of ids) this.isNew(id)
  }
}
