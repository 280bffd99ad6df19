/** Memory for what has not arrived whole, shared by all connections. Units: bytes. */
export class ReceivingBudget {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** How much is taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** Changes one holder's part; answers false, and changes nothing, where it would exceed the whole. */
  change(from: number, to: number): boolean {
    const bytes = this.#bytes + to - from
    if (to > from && bytes > this.#bytesMax) return false
    this.#bytes = bytes
    return true
  }
}
