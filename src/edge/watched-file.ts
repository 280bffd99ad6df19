import { isOver } from '#core/elapsed.ts'
import { statSync } from 'node:fs'
import type { Log } from '#core/log.ts'

/** How often a newer file is looked for, while anybody asks. Units: milliseconds. */
const lookEveryMs = 60_000

export interface Watch<Value> {
  /** Where the file may be: the first place that has it counts. */
  readonly places: readonly (string | (() => string))[]
  readonly nowMs: () => number
  readonly log: Log
  /** Faults: throws for a file that is none of its kind. */
  readonly read: (path: string) => Value
}

/**
 * What is in a file that an operator puts in place, brings up to date or takes away while the program runs. It is read when it is first
 * asked for, and again when it has changed; of one that cannot be read, what was read before stays.
 */
export class WatchedFile<Value> {
  readonly #watch: Watch<Value>
  #value: Value | undefined
  #state = ''
  #lookedAtMs = -Infinity

  constructor(watch: Watch<Value>) {
    this.#watch = watch
  }

  /** `undefined` while there is no such file. */
  value(): Value | undefined {
    const nowMs = this.#watch.nowMs()
    if (isOver(this.#lookedAtMs, nowMs, lookEveryMs)) {
      this.#lookedAtMs = nowMs
      this.#look()
    }
    return this.#value
  }

  #look(): void {
    for (const place of this.#watch.places) {
      const path = typeof place === 'string' ? place : place()
      const found = statSync(path, { throwIfNoEntry: false })
      if (found === undefined) continue
      const state = `${path} ${found.mtimeMs} ${found.size}`
      if (state !== this.#state) this.#read(path)
      this.#state = state
      if (this.#value !== undefined) return
    }
    this.#state = ''
    this.#value = undefined
  }

  #read(path: string): void {
    try {
      this.#value = this.#watch.read(path)
    } catch (error) {
      this.#watch.log({ level: 'error', event: 'data-file-not-read', path, why: String(error) })
    }
  }
}
