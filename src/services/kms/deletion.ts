import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { usageConditions } from './last-usage.ts'
import { onKey } from './on-key.ts'
import { quotas } from './quotas.ts'
import { dayMs } from './rotation-schedule.ts'

/**
 * Schedules a key's deletion: from now on it refuses every use, and when the waiting period is over its material is destroyed. A
 * multi-Region primary key waits for its replicas first.
 *
 * State: PendingDeletion, or PendingReplicaDeletion.
 * Faults: ValidationException for a period other than 7 to 30 days; KMSInvalidStateException when it is scheduled already.
 */
export const ScheduleKeyDeletion = onKey('ScheduleKeyDeletion', {
  access: ({ PendingWindowInDays = quotas.deletionWindowDaysDefault }, call, found) => ({
    conditions: {
      'kms:ScheduleKeyDeletionPendingWindowInDays': String(PendingWindowInDays),
      ...usageConditions(found, call),
    },
  }),
  run({ key, input: { PendingWindowInDays: windowDays = quotas.deletionWindowDaysDefault }, call }) {
    const { deletionWindowDaysMin: min, deletionWindowDaysMax: max } = quotas
    if (windowDays < min || windowDays > max) {
      throw faults.invalid(`PendingWindowInDays must be between ${min} and ${max}, inclusive.`)
    }
    const waits = key.multiRegion?.type === 'PRIMARY' && key.multiRegion.replicaRegions.length > 0
    const atMs = waits ? undefined : call.nowMs + windowDays * dayMs
    const after: KeyDocument = { ...key, enabled: false, deletion: { windowDays, atMs } }
    call.keys.put(key.keyId, after)
    return {
      KeyId: key.arn,
      DeletionDate: atMs === undefined ? undefined : new Date(atMs),
      KeyState: waits ? 'PendingReplicaDeletion' : 'PendingDeletion',
      PendingWindowInDays: waits ? windowDays : undefined,
    }
  },
})

/** Keeps a key whose deletion was scheduled. State: Disabled. Faults: KMSInvalidStateException when none was. */
export const CancelKeyDeletion = onKey('CancelKeyDeletion', {
  run({ key, call }) {
    call.keys.put(key.keyId, { ...key, enabled: false, deletion: undefined })
    return { KeyId: key.arn }
  },
})
