const bucketMs = 0.01
const buckets = 100_000

/** A histogram of latencies in steps of 10 µs, up to a second. */
export class Latencies {
  readonly #counts = new Uint32Array(buckets)
  count = 0

  add(ms: number): void {
    const bucket = Math.min(Math.floor(ms / bucketMs), buckets - 1)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.count += 1
  }

  /** The latency that a share of all calls did not exceed. Units: milliseconds. */
  percentile(share: number): number {
    let below = 0
    for (const [bucket, count] of this.#counts.entries()) {
      below += count
      if (below >= this.count * share && below > 0) return (bucket + 1) * bucketMs
    }
    return Number.NaN
  }

  reset(): void {
    this.#counts.fill(0)
    this.count = 0
  }
}
