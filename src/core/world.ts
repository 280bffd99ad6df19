import { randomBytes } from 'node:crypto'

/**
 * What a program takes from outside itself: the clock, randomness and timers. Everything that needs them takes a World (or
 * gets them through `call`), so that a test can fix them.
 * INVARIANT: no other file of src reads Date.now, Math.random, crypto randomness or sets a timer.
 */
export interface World {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: () => number
  /** Milliseconds since some moment, by a clock that nobody sets: for what took how long. */
  readonly elapsedMs: () => number
  /** Unpredictable bytes, `length` of them. */
  readonly randomBytes: (length: number) => Buffer
  /** Runs `task` every `everyMs` without keeping the process alive; the answer stops it. */
  readonly every: (everyMs: number, task: () => void) => () => void
  /** Runs `task` once after `delayMs` without keeping the process alive; the answer cancels it. */
  readonly after: (delayMs: number, task: () => void) => () => void
}

const poolBytes = 8192

/** Randomness is drawn in pools: one system call serves hundreds of ids. Bytes are never handed out twice. */
function pooledRandomBytes(): (length: number) => Buffer {
  let pool = Buffer.alloc(0)
  let used = 0
  return (length) => {
    if (length > poolBytes / 4) return randomBytes(length)
    if (used + length > pool.length) {
      pool = randomBytes(poolBytes)
      used = 0
    }
    used += length
    return pool.subarray(used - length, used)
  }
}

/** The real clock, randomness and timers. */
export function systemWorld(): World {
  return {
    nowMs: Date.now,
    elapsedMs: () => performance.now(),
    randomBytes: pooledRandomBytes(),
    every(everyMs, task) {
      const timer = setInterval(task, everyMs).unref()
      return () => clearInterval(timer)
    },
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs).unref()
      return () => clearTimeout(timer)
    },
  }
}
