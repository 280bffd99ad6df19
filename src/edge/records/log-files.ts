import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { LogPlace } from '#core/front-door.ts'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'

const gzipped = promisify(gzip)

/** Units: milliseconds. A crash loses at most this much of a log. */
const writeEveryMs = 1_000
/** Lines that wait for a slow disk; further ones are dropped, counted and told. Units: characters. */
const waitingMax = 16 * 1024 * 1024

/**
 * Delivers lines to files below the buckets' folder. What gathers within a second is appended as one gzip member: a file is whole at any
 * moment, whatever happens to the process.
 */
export class LogFiles {
  readonly #buckets: string
  readonly #log: Log
  readonly #stopTicking: () => void
  #waiting = new Map<string, string[]>()
  #waitingCharacters = 0
  #dropped = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(buckets: string, world: Pick<World, 'every'>, log: Log) {
    this.#buckets = buckets
    this.#log = log
    this.#stopTicking = world.every(writeEveryMs, () => void this.write())
  }

  /** Adds a line to a file of a bucket. `path` is made by the program, from names that their services have checked. */
  add({ bucket }: LogPlace, path: string, line: string): void {
    if (this.#waitingCharacters + line.length > waitingMax) {
      this.#dropped += 1
      return
    }
    const file = join(bucket, path)
    const lines = this.#waiting.get(file)
    if (lines === undefined) this.#waiting.set(file, [line])
    else lines.push(line)
    this.#waitingCharacters += line.length
  }

  /** Writes what waits; a write that is under way is waited for. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll())
    return this.#writing
  }

  async close(): Promise<void> {
    this.#stopTicking()
    await this.write()
  }

  async #writeAll(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = new Map()
    for (const [file, lines] of waiting) {
      const text = `${lines.join('\n')}\n`
      try {
        const path = join(this.#buckets, file)
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await appendFile(path, await gzipped(Buffer.from(text, 'utf8')), { mode: 0o600 })
      } catch (error) {
        this.#dropped += lines.length
        const why = error instanceof Error ? error.message : 'unknown error'
        this.#log({ level: 'error', event: 'log-not-delivered', file, why })
      }
      this.#waitingCharacters -= lines.reduce((sum, line) => sum + line.length, 0)
    }
    if (this.#dropped === 0) return
    this.#log({ level: 'error', event: 'log-lines-dropped', lines: this.#dropped })
    this.#dropped = 0
  }
}
