import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import type { QueryableAuditTrail } from '#telemetry/index.ts'
import type { AuditEvents } from './audit-events.ts'

interface Parts {
  readonly trail: Pick<QueryableAuditTrail, 'noteHeard' | 'unheard'>
  readonly auditEvents: Pick<AuditEvents, 'settled' | 'recover'>
  readonly world: Pick<World, 'every'>
  readonly log: Log
  /** Whether this worker acts on what the last run left. */
  readonly recovers: boolean
}

/** How much of a worker's records a crash may make an event of twice, in time. Units: milliseconds. */
const noteEveryMs = 1_000

/**
 * Notes how far a worker's records have become events, and makes events of those that the last run left: each management event is
 * accepted at least once.
 */
export function createAuditCursor({ trail, auditEvents, world, log, recovers }: Parts) {
  /** A disk that fails makes more be acted on twice, and no more. */
  const note = (): Promise<void> =>
    trail
      .noteHeard(auditEvents.settled)
      .catch((error: unknown) =>
        log({ level: 'error', event: 'audit-cursor-not-noted', reason: String(error) }),
      )
  let noting: Promise<void> | undefined
  const stop = world.every(noteEveryMs, () => {
    noting ??= note().finally(() => (noting = undefined))
  })
  const recovered = recovers
    ? auditEvents
        .recover(trail.unheard())
        .catch((error: unknown) =>
          log({ level: 'error', event: 'audit-events-not-recovered', reason: String(error) }),
        )
    : Promise.resolve()
  return {
    recovered,
    async close(): Promise<void> {
      stop()
      await recovered
      await noting
      await note()
    },
  }
}
