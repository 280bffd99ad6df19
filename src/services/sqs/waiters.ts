import { isDue } from '#core/elapsed.ts'
import type { World } from '#core/world.ts'
import type { Lanes } from './lanes.ts'
import { ownLimits, quotas } from './quotas.ts'

/** Receivers that wait for messages (long polling). */
export interface Waiters {
  /**
   * Ends when the queue has something to receive, or at `untilMs`, or when the server stops; undefined where too many wait already.
   */
  wait(queueKey: string, untilMs: number): Promise<void> | undefined
  readonly count: number
  /** Whether all waits have been ended for good. */
  readonly isStopped: boolean
  /** Ends all waits, now and later. */
  stop(): void
}

interface Waiter {
  readonly untilMs: number
  readonly end: () => void
}

/** Whether a wait is over: it ends at `untilMs`, or where the clock was set back. */
export function isWaitOver(untilMs: number, nowMs: number): boolean {
  return isDue(untilMs, nowMs, quotas.waitSecondsMax * 1000)
}

/** How often messages that become visible by time, and those of other workers, are looked for. Units: milliseconds. */
const lookEveryMs = 50

/** Makes the waiters of one worker. While nobody waits, nothing runs. */
export function createWaiters({
  world,
  lanes,
}: {
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly lanes: Lanes
}): Waiters {
  const waiting = new Map<string, Set<Waiter>>()
  let count = 0
  let stopLooking: (() => void) | undefined
  let isStopped = false

  function leave(queueKey: string, waiter: Waiter): void {
    const ofQueue = waiting.get(queueKey)
    if (ofQueue?.delete(waiter) !== true) return
    if (ofQueue.size === 0) waiting.delete(queueKey)
    count -= 1
    if (count === 0) {
      stopLooking?.()
      stopLooking = undefined
    }
    waiter.end()
  }

  /** Wakes the one that has waited longest; it takes what there is, and the next change or look wakes the next. */
  function wakeOne(queueKey: string): void {
    const [first] = waiting.get(queueKey) ?? []
    if (first && lanes.isAvailable(queueKey, world.nowMs())) leave(queueKey, first)
  }

  function look(): void {
    const nowMs = world.nowMs()
    for (const [queueKey, ofQueue] of waiting) {
      for (const waiter of ofQueue) if (isWaitOver(waiter.untilMs, nowMs)) leave(queueKey, waiter)
      wakeOne(queueKey)
    }
  }

  lanes.onChange(wakeOne)
  return {
    wait(queueKey, untilMs) {
      if (isStopped) return Promise.resolve()
      if (count >= ownLimits.waiters) return undefined
      return new Promise((resolve) => {
        const ofQueue = waiting.get(queueKey) ?? new Set()
        waiting.set(queueKey, ofQueue.add({ untilMs, end: resolve }))
        count += 1
        stopLooking ??= world.every(lookEveryMs, look)
      })
    },
    get count() {
      return count
    },
    get isStopped() {
      return isStopped
    },
    stop() {
      isStopped = true
      for (const [queueKey, ofQueue] of waiting) for (const waiter of ofQueue) leave(queueKey, waiter)
    },
  }
}
