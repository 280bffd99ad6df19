import assert from 'node:assert/strict'
import { decapsulate as decapsulateRaw, encapsulate as encapsulateRaw } from 'node:crypto'
import { keySpecs } from './key-specs.ts'
import type { PairMaterial, PublicMaterial } from './material.ts'

/** ML-KEM (FIPS 203). The randomness is OpenSSL's. */
export function encapsulate({ spec, publicKey }: PublicMaterial): {
  readonly sharedSecret: Buffer
  readonly ciphertext: Buffer
} {
  assert(keySpecs[spec].form.kind === 'ml-kem', `${spec} encapsulates nothing`)
  const { sharedKey, ciphertext } = encapsulateRaw(publicKey)
  return { sharedSecret: sharedKey, ciphertext }
}

/**
 * Undefined only for a ciphertext of the wrong length. Any other gives 32 bytes: those of `encapsulate`, or, for a ciphertext that was
 * changed or made for another key, pseudorandom ones (implicit rejection).
 * Source: KMS API Reference, Decapsulate.
 */
export function decapsulate({ spec, privateKey }: PairMaterial, ciphertext: Uint8Array): Buffer | undefined {
  const { form } = keySpecs[spec]
  assert(form.kind === 'ml-kem', `${spec} decapsulates nothing`)
  return ciphertext.length === form.ciphertextBytes ? decapsulateRaw(privateKey, ciphertext) : undefined
}
