/** How much all that is held may weigh, in whatever unit. What one thing weighs must not change. */
interface Weights<Key, Value> {
  readonly weightMax: number
  readonly weigh: (value: Value, key: Key) => number
}

/**
 * A map of things that can be made again at any time: it forgets what was set longest ago once it holds more than `max`, or once they weigh
 * more than they may.
 */
export class Bounded<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #max: number
  readonly #weights: Weights<Key, Value> | undefined
  #weight = 0

  constructor(max: number, weights?: Weights<Key, Value>) {
    this.#max = max
    this.#weights = weights
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
    this.delete(key)
    this.#entries.set(key, value)
    if (this.#weights !== undefined) this.#weight += this.#weights.weigh(value, key)
    while (this.#entries.size > 1 && this.#isFull()) this.#forgetOldest()
  }

  delete(key: Key): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    if (this.#weights !== undefined) this.#weight -= this.#weights.weigh(value, key)
  }

  #isFull(): boolean {
    return this.#entries.size > this.#max || this.#weight > (this.#weights?.weightMax ?? Infinity)
  }

  #forgetOldest(): void {
    for (const oldest of this.#entries.keys()) {
      this.delete(oldest)
      return
    }
  }
}
