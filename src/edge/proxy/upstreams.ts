import type { EdgeLimits } from './limits.ts'
import { Upstream, type UpstreamAddress } from './upstream.ts'

/** Connections to targets that are kept between requests; the one used last is used next, so that few stay. */
export class Upstreams {
  readonly #limits: EdgeLimits
  readonly #nowMs: () => number
  readonly #idle = new Map<string, { readonly upstream: Upstream; readonly sinceMs: number }[]>()

  constructor(limits: EdgeLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** An idle connection, or a new one. */
  take(place: UpstreamAddress): Upstream {
    const key = `${place.protocol} ${place.address} ${place.port}`
    const idle = this.#idle.get(key)
    for (let kept = idle?.pop(); kept !== undefined; kept = idle?.pop())
      if (!kept.upstream.closed) return kept.upstream
    return new Upstream(key, place, this.#limits, this.#release)
  }

  readonly #release = (upstream: Upstream): void => {
    const idle = this.#idle.get(upstream.key) ?? []
    if (idle.length === 0) this.#idle.set(upstream.key, idle)
    if (idle.length >= this.#limits.idleUpstreamsMax) return upstream.cut()
    upstream.resume()
    idle.push({ upstream, sinceMs: this.#nowMs() })
  }

  /** Ends what has been idle for too long; to be called once a second. */
  sweep(): void {
    const before = this.#nowMs() - this.#limits.idleUpstreamMsMax
    for (const [key, idle] of this.#idle) {
      const fresh = idle.filter(({ upstream, sinceMs }) => {
        if (upstream.closed) return false
        if (sinceMs >= before) return true
        upstream.cut()
        return false
      })
      if (fresh.length === 0) this.#idle.delete(key)
      else idle.splice(0, idle.length, ...fresh)
    }
  }

  stop(): void {
    for (const idle of this.#idle.values()) for (const { upstream } of idle) upstream.cut()
    this.#idle.clear()
  }
}
