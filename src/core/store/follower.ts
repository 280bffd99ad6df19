import assert from 'node:assert/strict'
import { type Awaitable, next } from '../awaitable.ts'
import type { LogEntry } from './change-log.ts'
import type { Driver, Missed } from './driver.ts'
import { applyEntry, applySnapshot } from './follow.ts'
import type { Head } from './head.ts'
import type { Replica } from './replica.ts'
import type { Change, Tail } from './tail.ts'

/**
 * Keeps a replica in step with the change log, and tells the tail.
 * INVARIANT: one thing at a time moves the replica, and every entry does so once, in order.
 */
export class Follower {
  readonly #replica: Replica
  readonly #tail: Tail
  readonly #driver: Driver
  readonly #head: Head
  readonly #strict: boolean
  /** What a driver with promises has under way; it never rejects. */
  #underWay: Promise<void> | undefined
  #applying = false

  constructor(replica: Replica, tail: Tail, driver: Driver, head: Head, strict: boolean) {
    this.#replica = replica
    this.#tail = tail
    this.#driver = driver
    this.#head = head
    this.#strict = strict
  }

  /** The end of what is under way, if anything is. */
  get underWay(): Promise<void> | undefined {
    return this.#underWay
  }

  /** Brings the replica up to the head as it is now. */
  catchUp(): Awaitable<void> {
    if (this.#underWay !== undefined) return this.#underWay.then(() => this.catchUp())
    // A listener asks, in the midst of a change: it can have what it asks for once all of the change is applied.
    if (this.#applying) return Promise.resolve().then(() => this.catchUp())
    return this.exclusively(() => this.readMissed())
  }

  /** Runs what moves the replica; nothing may be under way, and until it has ended nothing else gets to. */
  exclusively(work: () => Awaitable<void>): Awaitable<void> {
    assert.ok(this.#underWay === undefined && !this.#applying, 'one thing at a time moves the replica')
    const result = work()
    if (!(result instanceof Promise)) return undefined
    const ended = (): void => {
      this.#underWay = undefined
    }
    this.#underWay = result.then(ended, ended)
    return result
  }

  /** Reads and applies what the replica lacks. Only within `exclusively`. */
  readMissed(): Awaitable<void> {
    if (this.#replica.seq >= this.#head.seq) return undefined
    return next(this.#driver.missedSince(this.#replica.seq), (missed) => this.absorb(missed))
  }

  /** Applies what others committed. Only within `exclusively`. */
  absorb(missed: Missed): void {
    if (missed.kind === 'entries') this.apply(missed.entries, false)
    else this.#applyAll([() => applySnapshot(this.#replica, missed, this.#strict)])
  }

  /** Applies entries that follow on the replica's state. Only within `exclusively`. */
  apply(entries: readonly LogEntry[], own: boolean): void {
    this.#applyAll(entries.map((entry) => () => applyEntry(this.#replica, entry, own, this.#strict)))
  }

  #applyAll(steps: readonly (() => Change)[]): void {
    this.#applying = true
    try {
      for (const step of steps) this.#tail.deliver(step())
    } finally {
      this.#applying = false
    }
  }
}
