import type { Signals } from '../signals.ts'
import { handOver, type HandOverParts, type Reloaded, type ReloadStage } from './hand-over.ts'
import { keep, type Lifeline } from './lifeline.ts'
import { ReloadRefused } from './successor.ts'
import type { ReloadWish } from './wish.ts'

/** Hands over to a successor; ends when this process has nothing left of the server. Faults: ReloadRefused. */
export type Reload = (
  wish: ReloadWish,
  onStage: (stage: ReloadStage) => void,
  onServing: (reloaded: Reloaded) => void,
) => Promise<void>

interface Parts extends Omit<HandOverParts, 'lifeline' | 'commit' | 'isStopping'> {
  /** Of a server that has a keeper. */
  readonly lifeline: Lifeline | undefined
  readonly signals: Signals
  /** Takes no more commands. */
  readonly endCommands: () => void
}

/** How long what is left to be said is given before the process ends. Units: milliseconds. */
const lastWordsMs = 200

/**
 * One reload at a time. The process that an operator started stays, and keeps the newest server; one that has a keeper ends when its
 * successor has everything.
 */
export function createReload({ lifeline, signals, endCommands, ...parts }: Parts): Reload {
  let underWay = false
  let committed = false

  function end(code: number): void {
    process.exitCode = code
    setImmediate(() => parts.world.after(lastWordsMs, () => process.exit(code)))
  }

  return async (wish, onStage, onServing) => {
    if (underWay) throw new ReloadRefused('a reload is under way')
    underWay = true
    try {
      await handOver(
        {
          ...parts,
          lifeline: lifeline?.fd,
          isStopping: signals.isStopping,
          commit(successor) {
            committed = true
            endCommands()
            if (lifeline) {
              lifeline.leave()
              signals.leaveTo(() => undefined)
            } else signals.leaveTo(keep(successor.lifeline, end).stop)
          },
        },
        wish,
        onStage,
        onServing,
      )
      if (lifeline) end(0)
    } catch (error) {
      // A server that has let go of its directory is none any more.
      if (committed) end(1)
      else underWay = false
      throw error
    }
  }
}
