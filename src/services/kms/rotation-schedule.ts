import type { ServiceEvent } from '#core/audit.ts'
import type { Call } from '#core/call.ts'
import type { Transaction } from '#core/store/index.ts'
import type { RotationType } from '#models/kms.d.ts'
import type { KeyDocument, KeyMaterial } from './documents.ts'
import { newMaterial, symmetricSecret } from './new-key.ts'
import { putShared } from './related-keys.ts'

/** Units: milliseconds. */
export const dayMs = 24 * 3600 * 1000

/** What making a new material takes: of a call, or of the keeper. */
export type Making = Pick<Call, 'randomBytes' | 'seal' | 'nowMs'>

/**
 * Gives a key of KMS's own material a new one, and its replicas the same. The materials before it stay, to decrypt.
 * Returns the key as it is then.
 */
export function rotate(
  tx: Transaction,
  making: Making,
  key: KeyDocument,
  rotationType: RotationType,
): KeyDocument {
  const made = newMaterial(making, key.keyId, symmetricSecret(making))
  const current: KeyMaterial = { ...made, rotatedAtMs: making.nowMs, rotationType }
  const after: KeyDocument = {
    ...key,
    materials: [...key.materials, current],
    currentMaterialId: current.materialId,
    rotation: rotationType === 'AUTOMATIC' ? following(key, making.nowMs) : key.rotation,
  }
  const { materials, currentMaterialId, rotation } = after
  putShared(tx, after, (replica) => ({ ...replica, materials, currentMaterialId, rotation }))
  return after
}

/** The next rotation keeps to the schedule; periods that went by without one (the key was disabled) are not made up for. */
function following({ rotation }: KeyDocument, nowMs: number): KeyDocument['rotation'] {
  if (!rotation) return undefined
  const periodMs = rotation.periodDays * dayMs
  const missed = Math.floor((nowMs - rotation.nextAtMs) / periodMs)
  return { ...rotation, nextAtMs: rotation.nextAtMs + (missed + 1) * periodMs }
}

/** CloudTrail's event of a rotation. Source: KMS Developer Guide, CloudTrail entry of RotateKey. */
export function rotationEvent(
  { keyId, arn, account, region }: KeyDocument,
  rotationType: RotationType,
  nowMs: number,
): ServiceEvent {
  const details = { keyId, rotationType }
  return { service: 'kms', name: 'RotateKey', account, region, nowMs, resource: arn, details }
}
