import type { EdgeLimits } from './limits.ts'

/** What one source address has left, and how many connections it has open. */
interface Source {
  open: number
  connectionTokens: number
  requestTokens: number
  atMs: number
}

/** Lets in what a source address may have: connections at a time, new ones and requests a second. Memory is bounded by the addresses kept. */
export class Admission {
  readonly #limits: EdgeLimits
  readonly #nowMs: () => number
  readonly #sources = new Map<string, Source>()
  #open = 0

  constructor(limits: EdgeLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** Counts a new connection in, or refuses it; one that was let in must `leave`. */
  admit(address: string): boolean {
    const { connectionsMax, connectionsPerAddressMax } = this.#limits
    const source = this.#source(address)
    if (
      this.#open >= connectionsMax ||
      source.open >= connectionsPerAddressMax ||
      source.connectionTokens < 1
    )
      return false
    source.connectionTokens -= 1
    source.open += 1
    this.#open += 1
    return true
  }

  leave(address: string): void {
    this.#open -= 1
    const source = this.#sources.get(address)
    if (source && source.open > 0) source.open -= 1
  }

  mayRequest(address: string): boolean {
    const source = this.#source(address)
    if (source.requestTokens < 1) return false
    source.requestTokens -= 1
    return true
  }

  /** Forgets those who have nothing open and all their tokens back; to be called once a second. */
  sweep(): void {
    const { newConnectionsBurst, requestsBurst } = this.#limits
    for (const [address, source] of this.#sources) {
      if (source.open > 0) continue
      this.#refill(source)
      if (source.connectionTokens >= newConnectionsBurst && source.requestTokens >= requestsBurst)
        this.#sources.delete(address)
    }
  }

  #source(address: string): Source {
    const known = this.#sources.get(address)
    if (known) {
      this.#refill(known)
      return known
    }
    const { newConnectionsBurst, requestsBurst, addressesMax } = this.#limits
    if (this.#sources.size >= addressesMax) this.#forgetOne()
    const made = {
      open: 0,
      connectionTokens: newConnectionsBurst,
      requestTokens: requestsBurst,
      atMs: this.#nowMs(),
    }
    this.#sources.set(address, made)
    return made
  }

  /** The oldest that has nothing open: those with connections are as few as connections may be. */
  #forgetOne(): void {
    for (const [address, { open }] of this.#sources) {
      if (open > 0) continue
      this.#sources.delete(address)
      return
    }
  }

  #refill(source: Source): void {
    const nowMs = this.#nowMs()
    const seconds = (nowMs - source.atMs) / 1000
    if (seconds < 0) source.atMs = nowMs // The clock was set back: it gains from now on.
    if (seconds <= 0) return
    const { newConnectionsPerSecond, newConnectionsBurst, requestsPerSecond, requestsBurst } = this.#limits
    source.atMs = nowMs
    source.connectionTokens = Math.min(
      newConnectionsBurst,
      source.connectionTokens + seconds * newConnectionsPerSecond,
    )
    source.requestTokens = Math.min(requestsBurst, source.requestTokens + seconds * requestsPerSecond)
  }
}
