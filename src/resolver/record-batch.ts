import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { limits } from './limits.ts'

interface Parts {
  readonly world: Pick<World, 'every'>
  readonly log: Log
  /** Keeps lines; throws where it cannot. */
  readonly keep: (lines: readonly string[]) => void
}

/** Gathers lines of records and hands them on together. What a full disk does not take is counted and told. */
export class RecordBatch {
  readonly #log: Log
  readonly #keep: Parts['keep']
  readonly #stopTicking: () => void
  #waiting: string[] = []
  #lost = 0

  constructor({ world, log, keep }: Parts) {
    this.#log = log
    this.#keep = keep
    this.#stopTicking = world.every(limits.writeEveryMs, () => this.write())
  }

  add(line: string): void {
    if (this.#waiting.length < limits.recordsWaiting) this.#waiting.push(line)
    else this.#lost += 1
  }

  write(): void {
    const lines = this.#waiting
    this.#waiting = []
    try {
      if (lines.length > 0) this.#keep(lines)
    } catch (error) {
      this.#lost += lines.length
      this.#log({ level: 'error', event: 'dns-records-not-kept', reason: String(error) })
    }
    if (this.#lost > 0) this.#log({ level: 'warn', event: 'dns-records-lost', count: this.#lost })
    this.#lost = 0
  }

  close(): void {
    this.#stopTicking()
    this.write()
  }
}
