import type { Log } from '#core/log.ts'
import { createRounds } from '#core/rounds.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { LogStore } from '#telemetry/index.ts'
import { groups, queries } from './documents.ts'
import { keptSinceMs } from './retention.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly log: Log
  readonly logs: LogStore
}

/** Removes what nobody keeps any more. */
export interface LogKeeper {
  readonly sweep: () => Promise<void>
  readonly close: () => Promise<void>
}

const everyMs = 3_600_000
/** Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas": results of queries are kept for seven days. */
const queriesKeptMs = 7 * 86_400_000

/** Sweeps from time to time: events beyond their group's retention, those of groups that are gone, old queries. One worker does. */
export function createLogKeeper({ store, world, log, logs }: Parts): LogKeeper {
  async function sweepNow(): Promise<void> {
    const nowMs = world.nowMs()
    const before = nowMs - queriesKeptMs
    const old = store.read
      .findAnywhere(queries, 'everywhere', 'all')
      .filter(({ document }) => document.createdAtMs < before)
    if (old.length > 0)
      await store.transact((tx) => {
        for (const query of old) tx.delete(queries, query, query.id)
      })
    await logs.sweep((id) => {
      const [group] = store.read.findAnywhere(groups, 'id', id)
      return group && { sinceMs: keptSinceMs(group.document, nowMs) }
    })
  }

  const { now: sweep, close } = createRounds(world, everyMs, () =>
    sweepNow().catch((error: unknown) =>
      log({ level: 'error', event: 'logs-not-swept', reason: String(error) }),
    ),
  )
  return { sweep, close }
}
