import type { Transaction } from '#core/store/index.ts'
import { type KeyDocument, keys, type MultiRegion } from './documents.ts'

/** The account and region that a key's documents are in. */
type Addressed = Pick<KeyDocument, 'account' | 'region' | 'keyId'>

/** Stores a key where it is, whatever region the call is for. */
export function putKey(tx: Transaction, key: KeyDocument): void {
  tx.put(keys, placeOf(key), key.keyId, key)
}

/** The address of a key's documents. */
export function placeOf({ account, region }: Pick<Addressed, 'account' | 'region'>) {
  return { account, region }
}

/** The namesakes of a multi-Region key in other regions: primary and replicas. */
export function relatedKeys(tx: Transaction, key: KeyDocument): readonly KeyDocument[] {
  if (!key.multiRegion) return []
  const { primaryRegion, replicaRegions } = key.multiRegion
  return [primaryRegion, ...replicaRegions]
    .filter((region) => region !== key.region)
    .map((region) => tx.get(keys, { account: key.account, region }, key.keyId))
    .filter((found) => found !== undefined)
}

/** Stores a key, and with it what related keys take over from it. */
export function putShared(
  tx: Transaction,
  key: KeyDocument,
  shared: (related: KeyDocument) => KeyDocument,
): void {
  putKey(tx, key)
  for (const related of relatedKeys(tx, key)) putKey(tx, shared(related))
}

/** Tells every key of a set who belongs to it, and which of them is the primary one. */
export function putMembership(
  tx: Transaction,
  members: readonly KeyDocument[],
  { primaryRegion, replicaRegions }: Omit<MultiRegion, 'type'>,
): void {
  for (const member of members) {
    const type = member.region === primaryRegion ? 'PRIMARY' : 'REPLICA'
    putKey(tx, {
      ...member,
      multiRegion: { type, primaryRegion, replicaRegions: replicaRegions.toSorted() },
    })
  }
}
