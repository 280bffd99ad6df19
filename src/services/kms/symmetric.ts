import { decrypt, encrypt, readBlob } from './cryptography/index.ts'
import type { KeyDocument, KmsCall } from './documents.ts'
import { faults } from './faults.ts'
import type { EncryptionContext } from './grant-scope.ts'

/** What was encrypted, and under which of the key's materials. */
export interface Encrypted {
  readonly blob: Buffer
  readonly materialId: string
}

/** What was decrypted; a symmetric key tells under which of its materials. */
export interface Decrypted {
  readonly plaintext: Buffer
  readonly materialId: string | undefined
}

/** Encrypts under the current material of a symmetric encryption key. */
export function encryptSymmetric(
  { parts, randomBytes }: KmsCall,
  key: KeyDocument,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Encrypted {
  const { materialId, material } = parts.ring.open(key)
  if (material.kind !== 'aes') throw faults.wrongAlgorithm('SYMMETRIC_DEFAULT', key.spec)
  const { keyId } = key
  return { blob: encrypt({ keyId, materialId, key: material.key, plaintext, context, randomBytes }), materialId }
}

/**
 * Decrypts what `encryptSymmetric` made under any material of the key.
 * Faults: InvalidCiphertextException for a blob or an encryption context that differs in anything; IncorrectKeyException for a blob of
 * another key; KMSInvalidStateException when the material is gone.
 */
export function decryptSymmetric(
  { parts }: KmsCall,
  key: KeyDocument,
  blob: Uint8Array,
  context: EncryptionContext,
): Decrypted {
  const ids = readBlob(blob)
  if (!ids) throw faults.invalidCiphertext()
  if (ids.keyId !== key.keyId) throw faults.incorrectKey()
  // A material that the key never had is as wrong as a changed byte.
  if (!key.materials.some(({ materialId }) => materialId === ids.materialId)) throw faults.invalidCiphertext()
  const { material } = parts.ring.open(key, ids.materialId)
  const plaintext = material.kind === 'aes' ? decrypt({ key: material.key, blob, context }) : undefined
  if (!plaintext) throw faults.invalidCiphertext()
  return { plaintext, materialId: ids.materialId }
}

