/** Something between two ends, both included. */
export interface Interval<E, T> {
  readonly first: E
  readonly last: E
  readonly value: T
}

/** Intervals that know which of them hold a point, without looking at those that end before it or begin behind it. */
export class Intervals<E extends number | string, T> {
  readonly #sorted: readonly Interval<E, T>[]
  /** Of the half-open span of `#sorted` whose middle the index is, the greatest end. */
  readonly #greatest: E[] = []

  constructor(intervals: readonly Interval<E, T>[]) {
    this.#sorted = [...intervals].sort((one, other) =>
      one.first < other.first ? -1 : one.first > other.first ? 1 : 0,
    )
    this.#measure(0, this.#sorted.length)
  }

  holding(point: E, found: (value: T) => void): void {
    this.#search(0, this.#sorted.length, point, found)
  }

  #measure(low: number, high: number): E | undefined {
    if (low >= high) return undefined
    const middle = (low + high) >> 1
    let greatest = this.#at(middle).last
    for (const end of [this.#measure(low, middle), this.#measure(middle + 1, high)])
      if (end !== undefined && end > greatest) greatest = end
    this.#greatest[middle] = greatest
    return greatest
  }

  #search(low: number, high: number, point: E, found: (value: T) => void): void {
    if (low >= high) return
    const middle = (low + high) >> 1
    const greatest = this.#greatest[middle]
    if (greatest === undefined || greatest < point) return
    this.#search(low, middle, point, found)
    const { first, last, value } = this.#at(middle)
    if (first > point) return
    if (point <= last) found(value)
    this.#search(middle + 1, high, point, found)
  }

  #at(index: number): Interval<E, T> {
    const interval = this.#sorted[index]
    if (interval === undefined) throw new Error(`no interval ${index}`)
    return interval
  }
}
