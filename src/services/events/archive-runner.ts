import type { Log } from '#core/log.ts'
import { CommitFailed, type FoundAnywhere, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { EventArchive } from '#telemetry/index.ts'
import { createArchiveWriter } from './archive-writer.ts'
import { type ReplayDocument, replays } from './documents.ts'
import { eachInTurn } from './each-in-turn.ts'
import { quotas } from './quotas.ts'
import { replayStep } from './replay-step.ts'
import type { Router } from './router.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly files: EventArchive
  readonly router: Router
  readonly log: Log
}

/** Fills archives and runs replays; one worker has it. */
export interface ArchiveRunner {
  /** Does what is to be done; answers once nothing is under way. */
  readonly look: () => Promise<void>
  /** Removes what is too old, or nobody's. */
  readonly sweep: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Units: milliseconds. */
const lookEveryMs = 250
const sweepEveryMs = 3_600_000
const dayMs = 86_400_000
/** Steps of one replay before it is another's turn, and that of what has come meanwhile. */
const stepsMax = 8

/**
 * Brings events that were accepted into their archives' files, and takes replays on from where they stand. All of it is one thing after
 * the other: a file has one writer.
 */
export function createArchiveRunner({ store, world, files, router, log }: Parts): ArchiveRunner {
  const writer = createArchiveWriter({ store, world, files })
  let closed = false
  let last: Promise<void> = Promise.resolve()

  /** Runs a task once all before it have ended. */
  function next(task: () => Promise<void>): Promise<void> {
    last = last.then(task).catch((error: unknown) => {
      // A full disk: the next look does it.
      if (error instanceof CommitFailed || isSystemError(error))
        log({ level: 'warn', event: 'archives-wait', reason: String(error) })
      else log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    })
    return last
  }

  async function lookNow(): Promise<void> {
    await eachInTurn([writer.write, takeReplaysOn], (task) => task())
  }

  const takeReplaysOn = (): Promise<void> =>
    eachInTurn(store.read.findAnywhere(replays, 'activeAnywhere', 'yes'), takeOn)

  async function takeOn(found: FoundAnywhere<ReplayDocument>): Promise<void> {
    for (let step = 0; step < stepsMax; step += 1) {
      const document = store.read.get(replays, found, found.id)
      if (closed || !document) return
      if (!(await replayStep({ store, world, files, router }, { ...found, document }))) return
    }
  }

  async function sweepNow(): Promise<void> {
    await writer.sweep()
    const before = world.nowMs() - quotas.replayDays * dayMs
    const old = [...store.read.everywhere(replays)].filter(
      ({ document }) => document.endedAtMs !== undefined && document.endedAtMs < before,
    )
    if (old.length > 0)
      await store.transact((tx) => {
        for (const { id, ...scope } of old) tx.delete(replays, scope, id)
      })
  }

  let looking = false
  const stopLooking = world.every(lookEveryMs, () => {
    if (looking || closed) return
    looking = true
    void next(lookNow).then(() => (looking = false))
  })
  const stopSweeping = world.every(sweepEveryMs, () => void next(sweepNow))
  void next(sweepNow)
  return {
    look: () => next(lookNow),
    sweep: () => next(sweepNow),
    async close() {
      closed = true
      stopLooking()
      stopSweeping()
      await last
    },
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
