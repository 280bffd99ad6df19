/** A binary heap: the item that `isBefore` puts first is on top. */
export class Heap<Item> {
  #items: Item[] = []
  readonly #isBefore: (one: Item, other: Item) => boolean

  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  peek(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const above = (at - 1) >>> 1
      if (!this.#swapIfBefore(at, above)) break
      at = above
    }
  }

  pop(): Item | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return top
    items[0] = last
    this.#sink(0)
    return top
  }

  /** Keeps only what `holds`: what is out of date costs memory until then. */
  retain(holds: (item: Item) => boolean): void {
    this.#items = this.#items.filter(holds)
    for (let at = (this.#items.length >>> 1) - 1; at >= 0; at--) this.#sink(at)
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const left = 2 * at + 1
      const right = left + 1
      let first = at
      if (this.#precedes(left, first)) first = left
      if (this.#precedes(right, first)) first = right
      if (first === at) return
      this.#swapIfBefore(first, at)
      at = first
    }
  }

  #precedes(one: number, other: number): boolean {
    const [a, b] = [this.#items[one], this.#items[other]]
    return a !== undefined && b !== undefined && this.#isBefore(a, b)
  }

  #swapIfBefore(one: number, other: number): boolean {
    const [a, b] = [this.#items[one], this.#items[other]]
    if (a === undefined || b === undefined || !this.#isBefore(a, b)) return false
    this.#items[one] = b
    this.#items[other] = a
    return true
  }
}
