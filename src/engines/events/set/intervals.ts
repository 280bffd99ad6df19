/** Something between two ends, both included. */
export interface Interval<E, T> {
  readonly first: E
  readonly last: E
  readonly value: T
}

/** Intervals that know which of them hold a point, without looking at those that end before it or begin behind it. */
export class Intervals<E extends number | string, T> {
  readonly #firsts: readonly E[]
  readonly #lasts: readonly E[]
  readonly #values: readonly T[]
  /** Of the half-open span whose middle the index is, the greatest end. */
  readonly #greatest: readonly E[]

  constructor(intervals: readonly Interval<E, T>[]) {
    const sorted = [...intervals].sort((one, other) =>
      one.first < other.first ? -1 : one.first > other.first ? 1 : 0,
    )
    this.#firsts = sorted.map(({ first }) => first)
    this.#lasts = sorted.map(({ last }) => last)
    this.#values = sorted.map(({ value }) => value)
    this.#greatest = greatestEnds(this.#lasts)
  }

  holding(point: E, found: (value: T) => void): void {
    this.#search(0, this.#firsts.length, point, found)
  }

  #search(low: number, high: number, point: E, found: (value: T) => void): void {
    if (low >= high) return
    const middle = (low + high) >> 1
    const greatest = this.#greatest[middle]
    if (greatest === undefined || greatest < point) return
    this.#search(low, middle, point, found)
    const first = this.#firsts[middle]
    if (first === undefined || first > point) return
    const last = this.#lasts[middle]
    // Of an index that there is, the value is the caller's.
    if (last !== undefined && point <= last) found(this.#values[middle] as T)
    this.#search(middle + 1, high, point, found)
  }
}

function greatestEnds<E extends number | string>(lasts: readonly E[]): readonly E[] {
  const greatest = [...lasts]
  const measure = (low: number, high: number): E | undefined => {
    if (low >= high) return undefined
    const middle = (low + high) >> 1
    for (const end of [measure(low, middle), measure(middle + 1, high)]) {
      const most = greatest[middle]
      if (end !== undefined && most !== undefined && end > most) greatest[middle] = end
    }
    return greatest[middle]
  }
  measure(0, lasts.length)
  return greatest
}
