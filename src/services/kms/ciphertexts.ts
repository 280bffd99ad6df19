import type { EncryptionAlgorithmSpec } from '#models/kms.d.ts'
import { decryptRsa, encryptRsa, plaintextBytesMax } from './cryptography/index.ts'
import type { KeyDocument, KmsCall } from './documents.ts'
import { faults } from './faults.ts'
import type { EncryptionContext } from './grant-scope.ts'
import { type Decrypted, decryptSymmetric, encryptSymmetric } from './symmetric.ts'

/** One encryption or decryption, as a request asks for it. */
export interface Cipher {
  readonly algorithm: EncryptionAlgorithmSpec
  readonly context: EncryptionContext
}

/**
 * Encrypts with a key of whatever spec.
 * Faults: InvalidKeyUsageException for an algorithm that the key lacks; ValidationException for a plaintext that is too long, and for
 * an encryption context where there can be none.
 */
export function encryptWith(call: KmsCall, key: KeyDocument, { algorithm, context }: Cipher, plaintext: Uint8Array): Buffer {
  const bytesMax = plaintextBytesMax(key.spec, algorithm)
  if (bytesMax === undefined) throw faults.wrongAlgorithm(algorithm, key.spec)
  if (plaintext.length > bytesMax) throw faults.tooLong(algorithm, key.spec, bytesMax)
  if (algorithm === 'SYMMETRIC_DEFAULT') return encryptSymmetric(call, key, plaintext, context).blob
  assertNoContext(context)
  return encryptRsa(pairOf(call, key), algorithm, plaintext)
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
): Decrypted {
  if (plaintextBytesMax(key.spec, algorithm) === undefined) throw faults.wrongAlgorithm(algorithm, key.spec)
  if (algorithm === 'SYMMETRIC_DEFAULT') return decryptSymmetric(call, key, ciphertext, context)
  assertNoContext(context)
  const plaintext = decryptRsa(pairOf(call, key), algorithm, ciphertext)
  if (!plaintext) throw faults.invalidCiphertext()
  return { plaintext, materialId: undefined }
}

/** "You cannot specify an encryption context when performing cryptographic operations with an asymmetric KMS key." */
function assertNoContext(context: EncryptionContext): void {
  if (context && Object.keys(context).length > 0) {
    throw faults.invalid('EncryptionContext is not supported with asymmetric encryption algorithms.')
  }
}

function pairOf({ parts }: KmsCall, key: KeyDocument) {
  const { material } = parts.ring.open(key)
  if (material.kind !== 'pair') throw faults.wrongUsage(key.arn, key.usage, 'this operation')
  return material
}
