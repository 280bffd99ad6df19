import type { Log } from './log.ts'
import { CommitFailed } from './store/index.ts'
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

/**
 * The same for work that ends in what it has written down: a round that fails says so in the log, and the next goes on from there. Where
 * the disk took nothing the entry is called `notWritten`; anything else is a bug.
 */
export function createLoggedRounds(
  { world, log }: { readonly world: Pick<World, 'every'>; readonly log: Log },
  everyMs: number,
  notWritten: string,
  round: () => Promise<unknown>,
): Rounds<void> {
  return createRounds(world, everyMs, async () => {
    try {
      await round()
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error)
      log({ level: 'error', event: error instanceof CommitFailed ? notWritten : 'bug', stack })
    }
  })
}
