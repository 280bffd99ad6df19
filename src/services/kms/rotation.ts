import type { KeyMaterialState, RotationsListEntry } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument, KeyMaterial } from './documents.ts'
import { faults } from './faults.ts'
import { isImported, rotateImported, stateOfPending } from './imported-rotation.ts'
import { hasExpired } from './key-states.ts'
import { onKey } from './on-key.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { putShared } from './related-keys.ts'
import { dayMs, rotate, rotationEvent } from './rotation-schedule.ts'

/**
 * Has a symmetric encryption key rotated every so many days, its replicas with it. Without a period, the last one that it had, or a
 * year. The first rotation comes one period from now; nothing changes for a key that rotates at that period already.
 *
 * Faults: UnsupportedOperationException for other keys; ValidationException for a period other than 90 to 2560 days.
 */
export const EnableKeyRotation = onKey('EnableKeyRotation', {
  forKeys: assertOwnRotation,
  access: ({ RotationPeriodInDays: period }) => ({
    conditions: { 'kms:RotationPeriodInDays': period === undefined ? undefined : String(period) },
  }),
  run({ key, input, call }) {
    const periodDays = input.RotationPeriodInDays ?? key.lastPeriodDays ?? quotas.rotationPeriodDaysDefault
    if (key.rotation?.periodDays === periodDays) return {}
    setRotation(call, key, {
      lastPeriodDays: periodDays,
      rotation: { periodDays, nextAtMs: call.nowMs + periodDays * dayMs },
    })
    return {}
  },
})

/** Ends the rotation that EnableKeyRotation began. Faults: UnsupportedOperationException. */
export const DisableKeyRotation = onKey('DisableKeyRotation', {
  forKeys: assertOwnRotation,
  run({ key, call }) {
    if (key.rotation) setRotation(call, key, { lastPeriodDays: key.lastPeriodDays, rotation: undefined })
    return {}
  },
})

/**
 * Tells whether and when a key is rotated next. A key that is to be deleted is not, nor is one that is not for symmetric encryption.
 * Faults: UnsupportedOperationException where KMS did not make the material.
 * Source: KMS API Reference, GetKeyRotationStatus: "The key rotation status of these KMS keys is always false" (Terraform asks it of
 * every key whose material KMS made); KMS Developer Guide, "Key states of AWS KMS keys", footnote 7.
 * Differs: a rotation on demand is done when it is answered, so none is ever in progress.
 */
export const GetKeyRotationStatus = onKey('GetKeyRotationStatus', {
  forKeys: assertOwnMaterial,
  run({ key }) {
    const rotation = key.deletion ? undefined : key.rotation
    return {
      KeyId: key.keyId,
      KeyRotationEnabled: rotation !== undefined,
      RotationPeriodInDays: rotation?.periodDays,
      NextRotationDate: rotation && new Date(rotation.nextAtMs),
    }
  },
})

/**
 * Rotates a symmetric encryption key now: to a new material, or to the one that was imported for it. Its automatic rotation goes on as
 * before. What was encrypted under older materials still decrypts.
 *
 * Faults: UnsupportedOperationException for other keys and for replicas; ConflictException shortly before an automatic rotation;
 * LimitExceededException for the 26th; KMSInvalidStateException for an imported key without a material that is pending rotation.
 */
export const RotateKeyOnDemand = onKey('RotateKeyOnDemand', {
  forKeys(key) {
    if (key.spec !== 'SYMMETRIC_DEFAULT') throw faults.wrongSpec(key.arn, key.spec)
    if (key.origin !== 'AWS_KMS' && !isImported(key)) throw faults.wrongOrigin(key.arn, key.origin)
    assertPrimary(key)
  },
  run({ key, call }) {
    const done = key.materials.filter(({ rotationType }) => rotationType === 'ON_DEMAND').length
    if (done >= quotas.onDemandRotations) throw faults.rotationLimit(quotas.onDemandRotations)
    const nearMs = quotas.rotationConflictMinutes * 60_000
    if (key.rotation && key.rotation.nextAtMs - call.nowMs <= nearMs) throw faults.rotationIsNear(key.arn)
    if (isImported(key)) rotateImported(call, key)
    else rotate(call.tx, call, key, 'ON_DEMAND')
    call.tx.record(call.parts.recordEvent(rotationEvent(key, 'ON_DEMAND', call.nowMs)))
    return { KeyId: key.keyId }
  },
})

/**
 * Lists the rotations of a key, oldest first; with ALL_KEY_MATERIAL also its first material, and one that waits for its rotation.
 * Source: KMS API Reference, ListKeyRotations: 100 a page unless told. RotationsListEntry.
 */
export const ListKeyRotations = onKey('ListKeyRotations', {
  forKeys({ arn, spec, origin }) {
    if (spec !== 'SYMMETRIC_DEFAULT') throw faults.wrongSpec(arn, spec)
    if (origin !== 'AWS_KMS' && origin !== 'EXTERNAL') throw faults.wrongOrigin(arn, origin)
  },
  run({ key, input, call }) {
    const { IncludeKeyMaterial = 'ROTATIONS_ONLY' } = input
    const shown =
      IncludeKeyMaterial === 'ALL_KEY_MATERIAL'
        ? key.materials
        : key.materials.filter(({ rotatedAtMs }) => rotatedAtMs !== undefined)
    // They only become more, at the end.
    const { items, info } = pageOf(input, 100, shown, (_, index) => String(index).padStart(8, '0'))
    return { Rotations: items.map((material) => rotationEntry(call, key, material)), ...info }
  },
})

/** Only symmetric encryption keys whose material KMS made rotate by themselves. */
function assertRotates(key: KeyDocument): void {
  if (key.spec !== 'SYMMETRIC_DEFAULT') throw faults.wrongSpec(key.arn, key.spec)
  assertOwnMaterial(key)
}

function assertOwnMaterial({ arn, origin }: KeyDocument): void {
  if (origin !== 'AWS_KMS') throw faults.wrongOrigin(arn, origin)
}

/** A replica's rotation is its primary key's. */
function assertPrimary({ arn, multiRegion }: KeyDocument): void {
  if (multiRegion?.type === 'REPLICA') throw faults.notPrimary(arn)
}

function assertOwnRotation(key: KeyDocument): void {
  assertRotates(key)
  assertPrimary(key)
}

function setRotation(
  call: KmsCall,
  key: KeyDocument,
  setting: Pick<KeyDocument, 'rotation' | 'lastPeriodDays'>,
): void {
  putShared(call.tx, { ...key, ...setting }, (replica) => ({ ...replica, ...setting }))
}

function rotationEntry(call: KmsCall, key: KeyDocument, material: KeyMaterial): RotationsListEntry {
  const { materialId, rotatedAtMs, rotationType } = material
  return {
    KeyId: key.keyId,
    KeyMaterialId: materialId,
    KeyMaterialState: materialState(call, key, materialId),
    RotationDate: rotatedAtMs === undefined ? undefined : new Date(rotatedAtMs),
    RotationType: rotationType,
    ...importEntry(material, call.nowMs),
  }
}

function materialState(call: KmsCall, key: KeyDocument, materialId: string): KeyMaterialState {
  if (materialId === key.pendingMaterialId) return stateOfPending(call, key)
  return materialId === key.currentMaterialId ? 'CURRENT' : 'NON_CURRENT'
}

function importEntry({ sealed, imported }: KeyMaterial, nowMs: number): RotationsListEntry {
  if (!imported) return {}
  const isThere = sealed !== undefined && !hasExpired(imported, nowMs)
  const { validToMs, description } = imported
  return {
    KeyMaterialDescription: description,
    ImportState: isThere ? 'IMPORTED' : 'PENDING_IMPORT',
    ...(isThere && {
      ExpirationModel: validToMs === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
      ValidTo: validToMs === undefined ? undefined : new Date(validToMs),
    }),
  }
}
