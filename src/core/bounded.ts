/** A map of things that can be made again at any time: it forgets the oldest once it holds `max`. */
export class Bounded<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  /** What is kept under `key`, made first where nothing is. */
  of(key: Key, make: () => Value): Value {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const made = make()
    this.set(key, made)
    return made
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    if (this.#entries.size >= this.#max && !this.#entries.has(key)) this.#forgetOldest()
    this.#entries.set(key, value)
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }
}
