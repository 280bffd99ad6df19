import { uuid } from '#core/ids.ts'
import { changesOf, type Scope, type Store, type Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { occurrences, type ScheduleDocument, scheduleId, schedules } from './documents.ts'
import { quotas } from './quotas.ts'
import { runAfter } from './timing.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
}

interface Known {
  readonly scope: Scope
  readonly id: string
  readonly dueAtMs: number
}

/** Begins the runs that are due. */
export interface DueSchedules {
  readonly fire: () => Promise<void>
  readonly close: () => void
}

/** Runs that begin in one look at most: what is due after a long stop comes in parts. */
const fireMax = 1_000

/**
 * Knows when each schedule is due. The run and the schedule's next time are one transaction, so that no run is lost or begun twice. Of runs
 * that were missed while nobody ran, one is made up.
 */
export function createDueSchedules({ store, world }: Parts): DueSchedules {
  const known = new Map<string, Known>()

  function note(scope: Scope, id: string, schedule: ScheduleDocument | undefined): void {
    const key = `${scope.account}/${scope.region}/${id}`
    if (schedule?.next === undefined) known.delete(key)
    else known.set(key, { scope, id, dueAtMs: schedule.next.dueAtMs })
  }

  const unfollow = store.tail((change) => {
    for (const { account, region, id, after } of changesOf(schedules, change))
      note({ account, region }, id, after)
  })
  for (const { account, region, id, document } of store.read.everywhere(schedules))
    note({ account, region }, id, document)

  return {
    async fire() {
      const nowMs = world.nowMs()
      const hasRoom = roomOf(store)
      const due: Known[] = []
      for (const one of known.values()) {
        if (due.length >= fireMax) break
        if (one.dueAtMs <= nowMs && hasRoom(one.scope)) due.push(one)
      }
      await Promise.all(due.map(({ scope, id }) => store.transact((tx) => begin(tx, world, scope, id))))
    },
    close: unfollow,
  }
}

/** Where too many runs wait, asked once a place: its schedules must not hold up those of others. */
function roomOf({ read }: Pick<Store, 'read'>): (scope: Scope) => boolean {
  const places = new Map<string, boolean>()
  return (scope) => {
    const place = `${scope.account}/${scope.region}`
    const known = places.get(place) ?? read.count(occurrences, scope) < quotas.occurrences
    places.set(place, known)
    return known
  }
}

/** While too many runs wait, the schedule waits too: it stays due. */
function begin(
  tx: Transaction,
  { nowMs: clock, randomBytes }: Parts['world'],
  scope: Scope,
  id: string,
): void {
  const nowMs = clock()
  const schedule = tx.get(schedules, scope, id)
  if (!schedule?.next || schedule.next.dueAtMs > nowMs) return
  if (!tx.requireRoom(occurrences, scope, quotas.occurrences)) return
  const { arn: scheduleArn, group, name, target, next } = schedule
  tx.put(occurrences, scope, uuid(randomBytes), {
    ...{ scheduleArn, group, name, target, scheduledAtMs: next.scheduledAtMs },
    ...{ acceptedAtMs: nowMs, attempts: 0, dueAtMs: nowMs },
  })
  const after = runAfter(schedule, next, nowMs, randomBytes)
  tx.put(schedules, scope, id, { ...schedule, next: after, complete: after === undefined ? true : undefined })
}

/** Deletes a schedule that asked for it once the last of its runs has ended. */
export function deleteCompleted(tx: Transaction, scope: Scope, group: string, name: string): void {
  const id = scheduleId(group, name)
  const schedule = tx.get(schedules, scope, id)
  if (schedule?.complete !== true || schedule.afterCompletion !== 'DELETE') return
  if (tx.find(occurrences, scope, 'schedule', schedule.arn, { limit: 1 }).length > 0) return
  tx.delete(schedules, scope, id)
}
