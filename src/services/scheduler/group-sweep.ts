import type { Scope, Store } from '#core/store/index.ts'
import { groups, scheduleId, schedules } from './documents.ts'

/** Schedules that are deleted in one transaction. */
const batchMax = 500

/** Deletes the schedules of groups that are being deleted, and then the groups. A crash ends nothing: the next look goes on. */
export async function sweepGroups(store: Pick<Store, 'read' | 'transact'>): Promise<void> {
  for (const { account, region, id } of store.read.findAnywhere(groups, 'deleting', 'yes')) {
    const scope = { account, region }
    while (!(await sweepBatch(store, scope, id)));
  }
}

/** Whether the group is gone. */
function sweepBatch(store: Pick<Store, 'transact'>, scope: Scope, group: string): Promise<boolean> {
  return store.transact((tx) => {
    if (tx.get(groups, scope, group)?.state !== 'DELETING') return true
    const found = tx.list(schedules, scope, { prefix: scheduleId(group, ''), limit: batchMax })
    for (const { id } of found) tx.delete(schedules, scope, id)
    if (found.length === batchMax) return false
    tx.delete(groups, scope, group)
    return true
  })
}
