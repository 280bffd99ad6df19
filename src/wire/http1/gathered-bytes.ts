const none = Buffer.alloc(0)
const firstBytes = 4096

/**
 * Bytes that arrive piece by piece, in one buffer that doubles: a client that sends single bytes costs no object for each, and
 * no byte is copied more than twice on average.
 */
export class GatheredBytes {
  #buffer = none
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Memory that is taken. Units: bytes. */
  get capacity(): number {
    return this.#buffer.length
  }

  /** The memory that would be taken with `more` bytes, where there will be `total` of them in the end. */
  capacityFor(more: number, total: number): number {
    const wanted = this.#length + more
    if (wanted <= this.capacity) return this.capacity
    return Math.max(wanted, Math.min(total, Math.max(firstBytes, 2 * this.capacity)))
  }

  append(piece: Uint8Array, total: number): void {
    const capacity = this.capacityFor(piece.length, total)
    if (capacity > this.capacity) {
      const larger = Buffer.allocUnsafeSlow(capacity)
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    this.#buffer.set(piece, this.#length)
    this.#length += piece.length
  }

  /** What was gathered. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** What was gathered; nothing is left. */
  take(): Buffer {
    const taken = this.view()
    this.#buffer = none
    this.#length = 0
    return taken
  }
}
