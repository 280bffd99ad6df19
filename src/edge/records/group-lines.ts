import type { Arn } from '#core/arn.ts'
import type { LogLines } from '#core/log-delivery.ts'
import type { Log } from '#core/log.ts'

/** Lines that wait to be reported; further ones are dropped, counted and told. Units: characters. */
const waitingMax = 16 * 1024 * 1024

/** Gathers lines for log groups until the main thread takes them: it alone knows which groups those are. */
export class GroupLines {
  readonly #log: Log
  #waiting = new Map<Arn, (readonly [number, string])[]>()
  #characters = 0
  #dropped = 0

  constructor(log: Log) {
    this.#log = log
  }

  add(source: Arn, timestampMs: number, line: string): void {
    if (this.#characters + line.length > waitingMax) {
      this.#dropped += 1
      return
    }
    const lines = this.#waiting.get(source)
    if (lines === undefined) this.#waiting.set(source, [[timestampMs, line]])
    else lines.push([timestampMs, line])
    this.#characters += line.length
  }

  take(): readonly LogLines[] {
    const taken = [...this.#waiting].map(([source, lines]) => ({ source, lines }))
    this.#waiting = new Map()
    this.#characters = 0
    if (this.#dropped > 0) this.#log({ level: 'error', event: 'log-lines-dropped', lines: this.#dropped })
    this.#dropped = 0
    return taken
  }
}
