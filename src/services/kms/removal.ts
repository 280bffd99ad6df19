import type { Transaction } from '#core/store/index.ts'
import { aliases, type KeyDocument, keys, keyUses } from './documents.ts'
import { deleteGrantsOf } from './grants.ts'
import { placeOf, putKey, putMembership, relatedKeys } from './related-keys.ts'
import { dayMs } from './rotation-schedule.ts'

/**
 * Removes a key with all that was made for it: its material, aliases, grants and last use. The other keys of its set forget it; a
 * primary key whose deletion waited for this replica, the last one, begins its own waiting period.
 * Source: KMS Developer Guide, "Deleting multi-Region keys": it "begins when the last of its replica keys is deleted".
 */
export function removeKey(tx: Transaction, key: KeyDocument, nowMs: number): void {
  const { keyId, region, multiRegion } = key
  const place = placeOf(key)
  const related = relatedKeys(tx, key)
  for (const { id } of tx.find(aliases, place, 'target', keyId)) tx.delete(aliases, place, id)
  deleteGrantsOf(tx, key)
  tx.delete(keyUses, place, keyId)
  tx.delete(keys, place, keyId)
  if (multiRegion?.type !== 'REPLICA') return

  const replicaRegions = multiRegion.replicaRegions.filter((one) => one !== region)
  putMembership(tx, related, { primaryRegion: multiRegion.primaryRegion, replicaRegions })
  const primary = tx.get(keys, { account: key.account, region: multiRegion.primaryRegion }, keyId)
  if (primary?.deletion && primary.deletion.atMs === undefined && replicaRegions.length === 0) {
    const { windowDays } = primary.deletion
    putKey(tx, { ...primary, deletion: { windowDays, atMs: nowMs + windowDays * dayMs } })
  }
}
