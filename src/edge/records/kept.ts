/** Keeps what is made of a part of the configuration and a key, as long as that part is in use. */
export class Kept<T> {
  readonly #made = new WeakMap<object, Map<string, T>>()

  of(owner: object, key: string, make: () => T): T {
    let made = this.#made.get(owner)
    if (made === undefined) this.#made.set(owner, (made = new Map()))
    let kept = made.get(key)
    if (kept === undefined) made.set(key, (kept = make()))
    return kept
  }
}
