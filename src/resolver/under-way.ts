import type { World } from '#core/world.ts'

/** What has begun and not ended. */
export class UnderWay {
  #count = 0

  count<Value>(work: Promise<Value>): Promise<Value> {
    this.#count += 1
    return work.finally(() => {
      this.#count -= 1
    })
  }

  /** Ends when there is nothing, and what came of it has left; or after `msMax`. Units: milliseconds. */
  async none(msMax: number, { elapsedMs, after }: Pick<World, 'elapsedMs' | 'after'>): Promise<void> {
    const giveUpAtMs = elapsedMs() + msMax
    do {
      while (this.#count > 0 && elapsedMs() < giveUpAtMs)
        await new Promise<void>((resolve) => void after(1, resolve))
      await new Promise(setImmediate) // Something may have begun meanwhile.
    } while (this.#count > 0 && elapsedMs() < giveUpAtMs)
  }
}
