import { type Awaitable, next } from '#core/awaitable.ts'
import type { EncryptionAlgorithmSpec } from '#models/kms.d.ts'
import { decryptRsa, encryptRsa, plaintextBytesMax } from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import type { EncryptionContext } from './grant-scope.ts'
import { pairOf } from './pairs.ts'
import { decryptSymmetric, encryptSymmetric } from './symmetric.ts'

/** One encryption or decryption, as a request asks for it. */
export interface Cipher {
  readonly algorithm: EncryptionAlgorithmSpec
  readonly context: EncryptionContext
}

/** What an encryption or decryption gave; a symmetric key tells under which of its materials. */
export interface Result {
  readonly bytes: Buffer
  readonly materialId?: string
}

export const symmetric: EncryptionAlgorithmSpec = 'SYMMETRIC_DEFAULT'

/**
 * Encrypts with a key of whatever spec.
 * Faults: InvalidKeyUsageException for an algorithm that the key lacks; ValidationException for a plaintext that is too long, and for
 * an encryption context where there can be none.
 */
export function encryptWith(
  call: KmsCall,
  key: KeyDocument,
  { algorithm, context }: Cipher,
  plaintext: Uint8Array,
): Awaitable<Result> {
  const bytesMax = plaintextBytesMax(key.spec, algorithm)
  if (bytesMax === undefined) throw faults.wrongAlgorithm(algorithm, key.spec)
  if (plaintext.length > bytesMax) throw faults.tooLong(algorithm, key.spec, bytesMax)
  if (algorithm === symmetric) {
    return next(encryptSymmetric(call, key, plaintext, context), ({ blob, materialId }) => ({
      bytes: blob,
      materialId,
    }))
  }
  assertNoContext(context)
  return { bytes: encryptRsa(pairOf(call, key), algorithm, plaintext) }
}

/**
 * Decrypts with a key of whatever spec.
 * Faults: InvalidKeyUsageException for an algorithm that the key lacks; InvalidCiphertextException; IncorrectKeyException.
 */
export function decryptWith(
  call: KmsCall,
  key: KeyDocument,
  { algorithm, context }: Cipher,
  ciphertext: Uint8Array,
): Awaitable<Result> {
  if (plaintextBytesMax(key.spec, algorithm) === undefined) throw faults.wrongAlgorithm(algorithm, key.spec)
  if (algorithm === symmetric) {
    return next(decryptSymmetric(call, key, ciphertext, context), ({ plaintext, materialId }) => ({
      bytes: plaintext,
      materialId,
    }))
  }
  assertNoContext(context)
  const bytes = decryptRsa(pairOf(call, key), algorithm, ciphertext)
  if (!bytes) throw faults.invalidCiphertext()
  return { bytes }
}

/** Source: KMS API Reference, Encrypt, EncryptionContext: "only […] for symmetric encryption KMS keys". */
function assertNoContext(context: EncryptionContext): void {
  if (context && Object.keys(context).length > 0) {
    throw faults.invalid('EncryptionContext is not supported with asymmetric encryption algorithms.')
  }
}
