import { type Awaitable, next } from '#core/awaitable.ts'
import { decrypt, encrypt, readBlob } from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import type { EncryptionContext } from './grant-scope.ts'

/** What was encrypted, and under which of the key's materials. */
export interface Encrypted {
  readonly blob: Buffer
  readonly materialId: string
}

/** What was decrypted, and under which of the key's materials. */
export interface Decrypted {
  readonly plaintext: Buffer
  readonly materialId: string
}

/** Encrypts under the current material of a symmetric encryption key; that of an external key store then wraps it. */
export function encryptSymmetric(
  call: KmsCall,
  key: KeyDocument,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Awaitable<Encrypted> {
  const { parts, randomBytes } = call
  const { materialId, material } = parts.ring.open(key)
  if (material.kind !== 'aes') throw faults.wrongAlgorithm('SYMMETRIC_DEFAULT', key.spec)
  const { keyId } = key
  const blob = encrypt({ keyId, materialId, key: material.key, plaintext, context, randomBytes })
  if (key.origin !== 'EXTERNAL_KEY_STORE') return { blob, materialId }
  return parts.external.wrap(call, key, blob).then((outer) => ({ blob: outer, materialId }))
}

/**
 * Decrypts what `encryptSymmetric` made under any material of the key.
 * Faults: InvalidCiphertextException for a blob or an encryption context that differs in anything; IncorrectKeyException for a blob of
 * another key; KMSInvalidStateException when the material is gone.
 */
export function decryptSymmetric(
  call: KmsCall,
  key: KeyDocument,
  blob: Uint8Array,
  context: EncryptionContext,
): Awaitable<Decrypted> {
  if (keyIdOfBlob(call, blob) !== key.keyId) throw faults.incorrectKey()
  const isWrapped = key.origin === 'EXTERNAL_KEY_STORE'
  return next(isWrapped ? call.parts.external.unwrap(call, key, blob) : blob, (inner) =>
    decryptInner(call, key, inner, context),
  )
}

/**
 * The id of the key that a ciphertext names.
 * Faults: InvalidCiphertextException for what names none.
 */
export function keyIdOfBlob({ parts }: KmsCall, blob: Uint8Array): string {
  const keyId = readBlob(blob)?.keyId ?? parts.external.keyIdOf(blob)
  if (keyId === undefined) throw faults.invalidCiphertext()
  return keyId
}

function decryptInner(
  { parts }: KmsCall,
  key: KeyDocument,
  blob: Uint8Array,
  context: EncryptionContext,
): Decrypted {
  const ids = readBlob(blob)
  // A material that the key never had is as wrong as a changed byte.
  const known = ids && key.materials.some(({ materialId }) => materialId === ids.materialId)
  if (!known) throw faults.invalidCiphertext()
  const { material } = parts.ring.open(key, ids.materialId)
  const plaintext = material.kind === 'aes' ? decrypt({ key: material.key, blob, context }) : undefined
  if (!plaintext) throw faults.invalidCiphertext()
  return { plaintext, materialId: ids.materialId }
}
