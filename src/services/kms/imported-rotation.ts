import type { KeyMaterialState } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument, KeyMaterial } from './documents.ts'
import { faults } from './faults.ts'
import { hasExpired } from './key-states.ts'
import { putShared, relatedKeys } from './related-keys.ts'

/** Whether a key's material comes from outside. */
export function isImported({ origin }: KeyDocument): boolean {
  return origin === 'EXTERNAL'
}

/** Whether a key holds a material that can be used now. */
export function holds({ materials }: KeyDocument, materialId: string | undefined, nowMs: number): boolean {
  const found = materials.find((one) => one.materialId === materialId)
  return found?.sealed !== undefined && !hasExpired(found.imported, nowMs)
}

/** An imported material once it is destroyed: what it was is still known, so that it can be told from another. */
export function destroyed(material: KeyMaterial): KeyMaterial {
  const { imported } = material
  return { ...material, sealed: undefined, imported: imported && { ...imported, validToMs: undefined } }
}

/** A key with one of its materials changed. */
export function withMaterial(
  key: KeyDocument,
  materialId: string | undefined,
  change: (material: KeyMaterial) => KeyMaterial,
): KeyDocument {
  const materials = key.materials.map((one) => (one.materialId === materialId ? change(one) : one))
  return { ...key, materials }
}

/**
 * How far a material has come that waits for its rotation: it can become the current one when all related keys hold it.
 * Source: KMS API Reference, RotationsListEntry, KeyMaterialState.
 */
export function stateOfPending(call: KmsCall, key: KeyDocument): KeyMaterialState {
  const { pendingMaterialId } = key
  const isEverywhere = [key, ...relatedKeys(call.tx, key)].every((one) =>
    holds(one, pendingMaterialId, call.nowMs),
  )
  return isEverywhere || !key.multiRegion ? 'PENDING_ROTATION' : 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
}

/**
 * Makes the material that was imported for it the current one, on the primary key and its replicas.
 * Faults: KMSInvalidStateException unless all of them hold it.
 */
export function rotateImported(call: KmsCall, key: KeyDocument): void {
  const { pendingMaterialId } = key
  if (!holds(key, pendingMaterialId, call.nowMs)) {
    throw faults.invalidState(key.arn, 'without key material that is pending rotation')
  }
  if (stateOfPending(call, key) !== 'PENDING_ROTATION') {
    throw faults.invalidState(key.arn, 'pending import of its new key material in a replica Region')
  }
  const rotated = (material: KeyMaterial): KeyMaterial => ({
    ...material,
    rotatedAtMs: call.nowMs,
    rotationType: 'ON_DEMAND',
  })
  const turn = (one: KeyDocument): KeyDocument => ({
    ...withMaterial(one, pendingMaterialId, rotated),
    currentMaterialId: pendingMaterialId,
    pendingMaterialId: undefined,
  })
  putShared(call.tx, turn(key), turn)
}
