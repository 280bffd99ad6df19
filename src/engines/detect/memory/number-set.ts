/** A set of numbers other than 0, at most so many, in an array that the garbage collector need not look into. */
export class NumberSet {
  readonly #places: Float64Array
  readonly #mask: number
  #size = 0

  constructor(max: number) {
    const places = 2 ** Math.ceil(Math.log2(max * 2)) // Half of the places stay empty.
    this.#places = new Float64Array(places)
    this.#mask = places - 1
  }

  get size(): number {
    return this.#size
  }

  has(value: number): boolean {
    return this.#places[this.#placeOf(value)] === value
  }

  add(value: number): void {
    const place = this.#placeOf(value)
    if (this.#places[place] === value) return
    this.#places[place] = value
    this.#size += 1
  }

  clear(): void {
    this.#places.fill(0)
    this.#size = 0
  }

  values(): readonly number[] {
    return Array.from(this.#places.filter((value) => value !== 0))
  }

  /** Where it is, or where it would be: the first empty place from its own on. */
  #placeOf(value: number): number {
    let place = value & this.#mask
    for (let held = this.#places[place]; held !== 0 && held !== value; held = this.#places[place])
      place = (place + 1) & this.#mask
    return place
  }
}
