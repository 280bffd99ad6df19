import type { Counter } from './rate-rules.ts'

/** A window is counted in this many steps: a count is exact to a twentieth of its window. */
const steps = 20

/** Counts of one key: a ring of steps, and the step that was counted last. */
interface Ring {
  readonly counts: Uint32Array
  step: number
}

/**
 * Counts within one process, in bounded memory: of each rule's keys those counted most lately are kept. A client that
 * keeps sending is never among those dropped, so changing addresses hides nobody else.
 */
export class SlidingCounter implements Counter {
  readonly #rules = new Map<string, Map<string, Ring>>()
  readonly #keysMax: number
  readonly #rulesMax: number

  constructor(keysMax = 100_000, rulesMax = 1_000) {
    this.#keysMax = keysMax
    this.#rulesMax = rulesMax
  }

  count(rule: string, key: string, nowMs: number, windowSec: number): number {
    return this.add(rule, key, nowMs, windowSec, 1)
  }

  /** Counts so many at once: those of another process. */
  add(rule: string, key: string, nowMs: number, windowSec: number, times: number): number {
    const keys = lately(this.#rules, rule, this.#rulesMax, () => new Map<string, Ring>())
    const ring = lately(keys, key, this.#keysMax, () => ({ counts: new Uint32Array(steps), step: 0 }))
    advance(ring, stepOf(nowMs, windowSec))
    const at = ring.step % steps
    ring.counts[at] = (ring.counts[at] ?? 0) + times
    return sum(ring)
  }

  counted(rule: string, key: string, nowMs: number, windowSec: number): number {
    const ring = this.#rules.get(rule)?.get(key)
    if (ring === undefined) return 0
    advance(ring, stepOf(nowMs, windowSec))
    return sum(ring)
  }

  /** The keys counted more often than `limit` in the window that ends now, at most `max` of them. */
  above(rule: string, limit: number, nowMs: number, windowSec: number, max: number): readonly string[] {
    const found: string[] = []
    for (const [key, ring] of this.#rules.get(rule) ?? []) {
      if (found.length === max) break
      advance(ring, stepOf(nowMs, windowSec))
      if (sum(ring) > limit) found.push(key)
    }
    return found
  }
}

function stepOf(nowMs: number, windowSec: number): number {
  return Math.floor((nowMs * steps) / (windowSec * 1000))
}

/** Forgets what has left the window. A clock that goes back forgets nothing: what was counted leaves by the new time. */
function advance(ring: Ring, step: number): void {
  const passed = step - ring.step
  if (passed < 0) turn(ring, ((passed % steps) + steps) % steps)
  else if (passed >= steps) ring.counts.fill(0)
  else for (let gone = 1; gone <= passed; gone += 1) ring.counts[(ring.step + gone) % steps] = 0
  ring.step = step
}

/** Has what was counted at a step stand so many further on, as if the clock had never shown another time. */
function turn({ counts }: Ring, by: number): void {
  const before = counts.slice()
  for (const [at, count] of before.entries()) counts[(at + by) % steps] = count
}

function sum({ counts }: Ring): number {
  let total = 0
  for (const count of counts) total += count
  return total
}

/** The entry, made if there is none, as the one used last; the one unused for longest goes when there are too many. */
function lately<Value>(entries: Map<string, Value>, key: string, max: number, make: () => Value): Value {
  const value = entries.get(key) ?? make()
  entries.delete(key)
  if (entries.size >= max) {
    const [oldest] = entries.keys()
    if (oldest !== undefined) entries.delete(oldest)
  }
  entries.set(key, value)
  return value
}
