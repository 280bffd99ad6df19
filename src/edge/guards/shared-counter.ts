import { type Counter, SlidingCounter } from '#engines/waf/index.ts'

/** What one worker has counted of a key since it last told. */
export interface RateIncrement {
  readonly rule: string
  readonly key: string
  readonly windowSec: number
  readonly times: number
}

/** Keys that one exchange tells at most: those counted most. */
const incrementsMax = 10_000

/**
 * Counts for all workers together: one's own at once, the others' as they are told, several times a second, so that many workers hold a
 * limit as one does, save for what comes between two exchanges (AWS's counts lag too).
 */
export class SharedCounter implements Counter {
  readonly #counter = new SlidingCounter()
  #since = new Map<string, Map<string, { windowSec: number; times: number }>>()

  count(rule: string, key: string, nowMs: number, windowSec: number): number {
    let keys = this.#since.get(rule)
    if (keys === undefined) this.#since.set(rule, (keys = new Map()))
    const counted = keys.get(key)
    if (counted === undefined) keys.set(key, { windowSec, times: 1 })
    else counted.times += 1
    return this.#counter.count(rule, key, nowMs, windowSec)
  }

  counted(rule: string, key: string, nowMs: number, windowSec: number): number {
    return this.#counter.counted(rule, key, nowMs, windowSec)
  }

  /** What was counted since the last take. */
  takeIncrements(): readonly RateIncrement[] {
    const taken: RateIncrement[] = []
    for (const [rule, keys] of this.#since)
      for (const [key, { windowSec, times }] of keys) taken.push({ rule, key, windowSec, times })
    this.#since = new Map()
    if (taken.length <= incrementsMax) return taken
    return taken.sort((one, other) => other.times - one.times).slice(0, incrementsMax)
  }

  /** Counts what other workers have counted. */
  addForeign(increments: readonly RateIncrement[], nowMs: number): void {
    for (const { rule, key, windowSec, times } of increments)
      this.#counter.add(rule, key, nowMs, windowSec, times)
  }

  above(rule: string, limit: number, nowMs: number, windowSec: number, max: number): readonly string[] {
    return this.#counter.above(rule, limit, nowMs, windowSec, max)
  }
}
