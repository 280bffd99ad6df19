import { Missing } from '#core/resource.ts'
import { kms, type KmsCall } from './declare.ts'
import { keyUses, type KeyDocument, type KeyUse } from './documents.ts'
import type { FoundKey } from './find-key.ts'
import { findKey, keyAccess } from './key-access.ts'
import { placeOf } from './related-keys.ts'
import { dayMs } from './rotation-schedule.ts'

/** A use with the event that it left in the trail: one is never told with another's. */
interface ToldUse extends KeyUse {
  readonly eventId: string | undefined
}

/**
 * Tells when and for what a key was last used. Uses are tracked from a key's creation on, and show within a minute.
 * Differs: the event's id is left out once the trail no longer keeps the event.
 */
export const GetKeyLastUsage = kms<'GetKeyLastUsage', FoundKey | Missing, ToldUse | undefined>(
  'GetKeyLastUsage',
  {
    target: ({ KeyId }, call) => findKey(call, { operation: 'GetKeyLastUsage', keyId: KeyId }),
    access: (found, _, call) => [keyAccess(call, found, 'GetKeyLastUsage')],
    prepare({ target: { key }, call }) {
      const use = useOf(call, key)
      if (!use) return undefined
      const { requestId, lastUsedAtMs: atMs } = use
      return call.parts
        .eventIdOf({ account: key.account, requestId, atMs })
        .then((eventId) => ({ ...use, eventId }))
    },
    run({ target: { key }, prepared: use }) {
      return {
        KeyId: key.keyId,
        KeyCreationDate: new Date(key.createdAtMs),
        TrackingStartDate: new Date(key.createdAtMs),
        KeyLastUsage: use && {
          Operation: use.operation,
          Timestamp: new Date(use.lastUsedAtMs),
          CloudTrailEventId: use.eventId,
          KmsRequestId: use.requestId,
        },
      }
    },
  },
)

/**
 * The condition key of how long a key was not used. A key that never was counts from its creation.
 * Source: Service Authorization Reference, "AWS KMS", kms:TrailingDaysWithoutKeyUsage.
 */
export function usageConditions(found: FoundKey | Missing, call: KmsCall) {
  if (found instanceof Missing) return {}
  const sinceMs = useOf(call, found.key)?.lastUsedAtMs ?? found.key.createdAtMs
  return {
    'kms:TrailingDaysWithoutKeyUsage': String(Math.max(0, Math.floor((call.nowMs - sinceMs) / dayMs))),
  }
}

function useOf(call: KmsCall, key: KeyDocument) {
  return call.tx.get(keyUses, placeOf(key), key.keyId)
}
