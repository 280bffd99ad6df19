import { sealedText } from '#core/seal/index.ts'

/** Whose material a sealed text holds. Related multi-Region keys have one key id, so one text serves them all. */
export interface MaterialOwner {
  readonly keyId: string
  readonly materialId: string
}

const nameOf = ({ keyId, materialId }: MaterialOwner): string => `${keyId} ${materialId}`

/** The material of a key. */
export const sealedMaterial = sealedText('kms-material', nameOf)

/** The digest by which an imported material is known again after it was deleted. */
export const sealedDigest = sealedText('kms-material-digest', nameOf)

/** The secret with which KMS signs its calls to an external key store's proxy; the owner is the key store's id. */
export const sealedProxySecret = sealedText('kms-xks-proxy', (customKeyStoreId) => customKeyStoreId)
