import type { CustomerMasterKeySpec, KeyMetadata, KeySpec, MultiRegionConfiguration } from '#models/kms.d.ts'
import { connectionOf } from './connection.ts'
import { algorithmsOf } from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument, MultiRegion } from './documents.ts'
import { keyArn } from './find-key.ts'
import { stateOf } from './key-states.ts'

/** A key as CreateKey and DescribeKey show it. */
export function keyMetadata(call: KmsCall, key: KeyDocument): KeyMetadata {
  const state = stateOf(key, call.nowMs, connectionOf(call))
  const { deletion, multiRegion, xksKeyId } = key
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createdAtMs),
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: state,
    DeletionDate: deletion?.atMs === undefined ? undefined : new Date(deletion.atMs),
    PendingDeletionWindowInDays: state === 'PendingReplicaDeletion' ? deletion?.windowDays : undefined,
    Origin: key.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: legacySpec(key.spec),
    KeySpec: key.spec,
    ...algorithms(key),
    MultiRegion: multiRegion !== undefined,
    MultiRegionConfiguration: multiRegion && multiRegionConfiguration(call, key, multiRegion),
    CustomKeyStoreId: key.customKeyStoreId,
    XksKeyConfiguration: xksKeyId === undefined ? undefined : { Id: xksKeyId },
    ...currentMaterial(key),
  }
}

/** What a key can do, under the member that belongs to its usage. */
export function algorithms({ spec, usage }: KeyDocument) {
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: algorithmsOf(spec, usage) }
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: algorithmsOf(spec, usage) }
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: algorithmsOf(spec, usage) }
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: algorithmsOf(spec, usage) }
    case 'ENCAPSULATE_DECAPSULATE':
      return { EncapsulationAlgorithms: algorithmsOf(spec, usage) }
  }
}

const legacySpecs: ReadonlySet<string> = new Set<CustomerMasterKeySpec>([
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'SYMMETRIC_DEFAULT',
  'HMAC_224',
  'HMAC_256',
  'HMAC_384',
  'HMAC_512',
  'SM2',
])

/** The spec under the member's older name, which newer specs do not have. */
export function legacySpec(spec: KeySpec): CustomerMasterKeySpec | undefined {
  return legacySpecs.has(spec) ? (spec as CustomerMasterKeySpec) : undefined // It is one of the set's.
}

function multiRegionConfiguration(
  call: KmsCall,
  { keyId, account }: KeyDocument,
  { type, primaryRegion, replicaRegions }: MultiRegion,
): MultiRegionConfiguration {
  const named = (region: string) => ({ Arn: keyArn(call, { account, region }, keyId), Region: region })
  return {
    MultiRegionKeyType: type,
    PrimaryKey: named(primaryRegion),
    ReplicaKeys: replicaRegions.map(named),
  }
}

/** What a key's current material tells of itself: its id, and of an imported one when it expires. */
function currentMaterial({ spec, materials, currentMaterialId }: KeyDocument): Partial<KeyMetadata> {
  const current = materials.find(({ materialId }) => materialId === currentMaterialId)
  if (current?.sealed === undefined) return {}
  const { imported, materialId } = current
  const validTo = imported?.validToMs
  return {
    CurrentKeyMaterialId: spec === 'SYMMETRIC_DEFAULT' ? materialId : undefined,
    ...(imported && {
      ExpirationModel: validTo === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
      ValidTo: validTo === undefined ? undefined : new Date(validTo),
    }),
  }
}
