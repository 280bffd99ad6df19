import { hash, timingSafeEqual } from 'node:crypto'
import type { ImportKeyMaterialRequest } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument, KeyMaterial } from './documents.ts'
import { faults } from './faults.ts'
import { holds } from './imported-rotation.ts'
import { quotas } from './quotas.ts'
import { dayMs } from './rotation-schedule.ts'
import { sealedDigest } from './sealed.ts'

/**
 * When an imported material expires; undefined when it does not.
 * Faults: ValidationException.
 * Source: KMS API Reference, ImportKeyMaterial, ExpirationModel and ValidTo.
 */
export function validToMs(
  { ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }: ImportKeyMaterialRequest,
  nowMs: number,
): number | undefined {
  if (ExpirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (ValidTo)
      throw faults.invalid('ValidTo must be omitted if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE')
    return undefined
  }
  if (!ValidTo)
    throw faults.invalid('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES')
  const atMs = ValidTo.getTime()
  // Written so that a date that is none is refused.
  if (!(atMs > nowMs && atMs <= nowMs + quotas.validToDaysMax * dayMs)) {
    throw faults.invalid(`ValidTo must be in the future, and at most ${quotas.validToDaysMax} days from now`)
  }
  return atMs
}

/** By which a material is known again. */
export function digestOf(material: Uint8Array): Buffer {
  return hash('sha256', material, 'buffer')
}

/** The material of a key that has this digest, whether or not it is there at present. */
export function knownMaterial(
  { seal }: Pick<KmsCall, 'seal'>,
  key: KeyDocument,
  digest: Buffer,
): KeyMaterial | undefined {
  const { keyId } = key
  return key.materials.find(({ materialId, imported }) => {
    if (!imported) return false
    return timingSafeEqual(sealedDigest.open(seal, { keyId, materialId }, imported.sealedDigest), digest)
  })
}

/**
 * Whether a request brings a material that the key has never had, or one that it knows; refuses it where it is neither.
 *
 * Faults: IncorrectKeyMaterialException for another material than the one that belongs here; UnsupportedOperationException for new
 * material of a replica, and for members that only symmetric encryption keys have; ValidationException; KMSInvalidStateException
 * while another new material waits for its rotation.
 * Source: KMS API Reference, ImportKeyMaterial, ImportType and KeyMaterialId.
 */
export function checkImport(
  key: KeyDocument,
  input: ImportKeyMaterialRequest,
  known: KeyMaterial | undefined,
  nowMs: number,
): 'new' | 'known' {
  const { KeyMaterialId } = input
  const isFirst = key.materials.length === 0
  if (key.spec !== 'SYMMETRIC_DEFAULT') {
    const { ImportType, KeyMaterialDescription } = input
    if ([ImportType, KeyMaterialId, KeyMaterialDescription].some((member) => member !== undefined)) {
      throw faults.unsupported(
        'ImportType, KeyMaterialId and KeyMaterialDescription are for symmetric encryption keys only.',
      )
    }
    if (isFirst && key.multiRegion?.type !== 'REPLICA') return 'new'
    if (!known) throw faults.wrongMaterial()
    return 'known'
  }

  const type = input.ImportType ?? (isFirst ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL')
  if (type === 'EXISTING_KEY_MATERIAL') {
    if (!known || (KeyMaterialId !== undefined && KeyMaterialId !== known.materialId))
      throw faults.wrongMaterial()
    return 'known'
  }
  if (KeyMaterialId !== undefined)
    throw faults.invalid('KeyMaterialId cannot be specified with the ImportType NEW_KEY_MATERIAL')
  if (key.multiRegion?.type === 'REPLICA') throw faults.notPrimary(key.arn)
  if (known) throw faults.wrongMaterial()
  if (key.pendingMaterialId !== undefined && holds(key, key.pendingMaterialId, nowMs)) {
    throw faults.pendingMaterial(key.arn, key.pendingMaterialId)
  }
  return 'new'
}
