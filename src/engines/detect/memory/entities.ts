import { boundedText } from './bounded-text.ts'

/**
 * What a detector remembers, by entity. Once twice `half` entities were seen, those that were not seen again meanwhile are forgotten.
 * State: two generations; an entity that is asked for moves to the young one.
 */
export class Entities<Memory> {
  #young = new Map<string, Memory>()
  #old = new Map<string, Memory>()
  readonly #half: number
  /** Accounts come again and again: comparing a text is quicker than hashing it. */
  #last: { readonly entity: string; readonly memory: Memory } | undefined
  readonly #fresh: () => Memory

  constructor(entitiesMax: number, fresh: () => Memory) {
    this.#half = Math.max(1, Math.floor(entitiesMax / 2))
    this.#fresh = fresh
  }

  /** The memory of an entity, a fresh one where there is none. */
  of(entity: string): Memory {
    if (this.#last !== undefined && entity === this.#last.entity) return this.#last.memory
    const memory = this.#find(boundedText(entity))
    this.#last = { entity, memory }
    return memory
  }

  #find(entity: string): Memory {
    const young = this.#young.get(entity)
    if (young !== undefined) return young
    const memory = this.#old.get(entity) ?? this.#fresh()
    this.#old.delete(entity)
    this.#keep(entity, memory)
    return memory
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** All of it as plain JSON, the oldest first. */
  state(): readonly (readonly [string, Memory])[] {
    return [...this.#old, ...this.#young]
  }

  restore(state: readonly (readonly [string, Memory])[]): void {
    for (const [entity, memory] of state) this.#keep(entity, memory)
  }

  #keep(entity: string, memory: Memory): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(entity, memory)
  }
}
