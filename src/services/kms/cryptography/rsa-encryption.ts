import assert from 'node:assert/strict'
import type { EncryptionAlgorithmSpec, KeySpec } from '#models/kms.d.ts'
import { algorithmsOf, keySpecs } from './key-specs.ts'
import type { PairMaterial, PublicMaterial } from './material.ts'
import { oaepDecrypt, oaepEncrypt, type OaepHash, oaepPlaintextMax } from './oaep.ts'

const symmetricPlaintextMax = 4096

/**
 * How long a plaintext Encrypt takes; undefined when a key of the spec does not have the algorithm.
 * Units: bytes.
 * Source: KMS API Reference, Encrypt, the table of maximum sizes.
 */
export function plaintextBytesMax(spec: KeySpec, algorithm: EncryptionAlgorithmSpec): number | undefined {
  if (!algorithmsOf(spec, 'ENCRYPT_DECRYPT').includes(algorithm)) return undefined
  const { form } = keySpecs[spec]
  return form.kind === 'rsa' ? oaepPlaintextMax(form.bits, hashOf(algorithm)) : symmetricPlaintextMax
}

/** Encrypts at most `plaintextBytesMax` bytes under the public key. */
export function encryptRsa(
  material: PublicMaterial,
  algorithm: EncryptionAlgorithmSpec,
  plaintext: Uint8Array,
): Buffer {
  const bytesMax = plaintextBytesMax(material.spec, algorithm)
  assert(bytesMax !== undefined && plaintext.length <= bytesMax, `${material.spec}, ${algorithm}`)
  return oaepEncrypt(material.publicKey, hashOf(algorithm), plaintext)
}

/** Undefined on any failure. */
export function decryptRsa(
  material: PairMaterial,
  algorithm: EncryptionAlgorithmSpec,
  ciphertext: Uint8Array,
): Buffer | undefined {
  assert(algorithmsOf(material.spec, 'ENCRYPT_DECRYPT').includes(algorithm), `${material.spec}, ${algorithm}`)
  return oaepDecrypt(material.privateKey, hashOf(algorithm), ciphertext)
}

function hashOf(algorithm: EncryptionAlgorithmSpec): OaepHash {
  switch (algorithm) {
    case 'RSAES_OAEP_SHA_1':
      return 'sha1'
    case 'RSAES_OAEP_SHA_256':
      return 'sha256'
    case 'SYMMETRIC_DEFAULT':
    case 'SM2PKE':
      return assert.fail(`${algorithm} is not RSA's`)
  }
}
