import type { KeyMetadata, MultiRegionConfiguration } from '#models/kms.d.ts'
import { connectionOf } from './custom-key-store.ts'
import { keySpecs } from './cryptography/index.ts'
import type { KeyDocument, KmsCall } from './documents.ts'
import { keyArn } from './find-key.ts'
import { stateOf } from './key-states.ts'

/** A key as CreateKey and DescribeKey show it. */
export function keyMetadata(call: KmsCall, key: KeyDocument): KeyMetadata {
  const state = stateOf(key, call.nowMs, connectionOf(call))
  const current = key.materials.find(({ materialId }) => materialId === key.currentMaterialId)
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
    ...(state === 'PendingImport' ? {} : expiration(key)),
    CurrentKeyMaterialId: key.spec === 'SYMMETRIC_DEFAULT' && current?.sealed !== undefined ? current.materialId : undefined,
  }
}

/** What a key can do, under the member that belongs to its usage. */
export function algorithms({ spec, usage }: KeyDocument) {
  const { encryption, signing, mac, agreement, encapsulation } = keySpecs[spec].algorithms
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: encryption }
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: signing }
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: mac }
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: agreement }
    case 'ENCAPSULATE_DECAPSULATE':
      return { EncapsulationAlgorithms: encapsulation }
  }
}
