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
  async none(msMax: number, { nowMs, after }: Pick<World, 'nowMs' | 'after'>): Promise<void> {
    const giveUpAtMs = nowMs() + msMax
    do {
      while (this.#count > 0 && nowMs() < giveUpAtMs)
        await new Promise<void>((resolve) => void after(1, resolve))
      await new Promise(setImmediate) // Something may have begun meanwhile.
    } while (this.#count > 0 && nowMs() < giveUpAtMs)
  }
}
