import type { CallAnswer } from '#core/service-calls.ts'
import { Bounded } from '#core/bounded.ts'

/** Streams that are remembered; one that is forgotten is asked for again. */
const streamsMax = 10_000

/**
 * The log streams that are known to be there, in memory: without it each delivery to a log group would leave the record of a call that
 * failed, because its stream exists.
 */
export class LogStreams {
  readonly #known = new Bounded<string, Promise<CallAnswer>>(streamsMax)

  /** Makes a stream, unless it is known; whoever asks meanwhile waits for the same answer. */
  async make(key: string, create: () => Promise<CallAnswer>): Promise<CallAnswer> {
    const known = this.#known.get(key)
    if (known) return known
    const making = create()
    this.#known.set(key, making)
    const answer = await making
    if (answer.ok || answer.fault.code === 'ResourceAlreadyExistsException') {
      const there = { ok: true, output: {} } as const
      this.#known.set(key, Promise.resolve(there))
      return there
    }
    this.#known.delete(key)
    return answer
  }

  /** It is not there any more, as whoever wrote to it was told. */
  forget(key: string): void {
    this.#known.delete(key)
  }
}
