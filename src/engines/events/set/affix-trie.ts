interface TrieNode<T> {
  readonly next: Map<number, TrieNode<T>>
  readonly values: T[]
}

/** Texts that know which of them a longer text begins, or ends, with: one step a character, and no further than any text goes. */
export class AffixTrie<T> {
  readonly #root: TrieNode<T> = { next: new Map(), values: [] }
  readonly #fromEnd: boolean

  constructor(kind: 'prefix' | 'suffix') {
    this.#fromEnd = kind === 'suffix'
  }

  add(text: string, value: T): void {
    let node = this.#root
    for (let step = 0; step < text.length; step += 1) {
      const unit = this.#unit(text, step)
      const known = node.next.get(unit)
      const next = known ?? { next: new Map(), values: [] }
      if (known === undefined) node.next.set(unit, next)
      node = next
    }
    node.values.push(value)
  }

  holding(text: string, found: (value: T) => void): void {
    let node: TrieNode<T> | undefined = this.#root
    for (let step = 0; node !== undefined; step += 1) {
      for (const value of node.values) found(value)
      if (step === text.length || node.next.size === 0) return
      node = node.next.get(this.#unit(text, step))
    }
  }

  #unit(text: string, step: number): number {
    return text.charCodeAt(this.#fromEnd ? text.length - 1 - step : step)
  }
}
