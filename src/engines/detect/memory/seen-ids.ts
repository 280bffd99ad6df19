/** What tells a record from all others: a text, or a number where making texts would cost more than all the rest. */
export type RecordId = string | number

/** Ids that were seen lately: a record that comes twice is seen once. Holds between `max` / 2 and `max` of them. */
export class SeenIds {
  #young = new Set<RecordId>()
  #old = new Set<RecordId>()
  readonly #half: number

  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
  }

  /** Whether it is new; it is not the next time. */
  isNew(id: RecordId): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(id)
    return true
  }

  state(): readonly RecordId[] {
    return [...this.#old, ...this.#young]
  }

  restore(ids: readonly RecordId[]): void {
    for (const id of ids) this.isNew(id)
  }
}
