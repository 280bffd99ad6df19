import type { World } from './world.ts'

/** Work that is done from time to time. */
interface Rounds<Result> {
  /** Does it now; while it is under way, whoever asks gets the end of that. */
  readonly now: () => Promise<Result>
  /** Begins it no more by the clock; answers once none is under way. */
  readonly close: () => Promise<void>
}

/** Does work every so often and when it is asked for, never twice at once. */
export function createRounds<Result>(
  world: Pick<World, 'every'>,
  everyMs: number,
  round: () => Promise<Result>,
): Rounds<Result> {
  let underWay: Promise<Result> | undefined
  const now = (): Promise<Result> => (underWay ??= round().finally(() => (underWay = undefined)))
  const stop = world.every(everyMs, () => void now())
  return {
    now,
    async close() {
      stop()
      await underWay
    },
  }
}
