import { isDue } from '#core/elapsed.ts'

/** Slows deliveries down to a subscription's pace. It remembers nothing across a restart, which costs a second's burst at most. */
export interface Throttle {
  /** When the next delivery may be made, if not now; a turn that is given is taken. */
  readonly wait: (subscription: string, perSecond: number) => number | undefined
}

/**
 * Faster paces than `evenMax` a second catch up on what was not used of the last `catchUpMs`, since deliveries are looked after at intervals;
 * slower ones are spaced evenly.
 */
const [evenMax, catchUpMs] = [10, 100]

/** Beyond so many subscriptions those are forgotten whose last turn is over. */
const keptMax = 10_000

export function createThrottle(nowMs: () => number): Throttle {
  /** When the next turn is. */
  const next = new Map<string, number>()
  return {
    wait(subscription, perSecond) {
      const now = nowMs()
      const turnMs = 1_000 / perSecond
      const at = next.get(subscription) ?? now
      if (!isDue(at, now, turnMs)) return at
      if (next.size >= keptMax) for (const [key, until] of next) if (until <= now) next.delete(key)
      const since = perSecond > evenMax ? now - catchUpMs : now
      next.set(subscription, Math.max(Math.min(at, now), since) + turnMs)
      return undefined
    },
  }
}
