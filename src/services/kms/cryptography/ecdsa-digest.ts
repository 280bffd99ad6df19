import type { KeyObject } from 'node:crypto'
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { KeyForm } from './key-specs.ts'
import type { RandomBytes } from './material.ts'

export type CurveName = Extract<KeyForm, { kind: 'ec' }>['curve']

export const curveOf: Readonly<Record<CurveName, ECDSA>> = {
  prime256v1: p256,
  secp384r1: p384,
  secp521r1: p521,
  secp256k1,
}

// lowS: AWS, like OpenSSL, makes and takes either s.
const options = { prehash: false, lowS: false, format: 'der' } as const

/**
 * ECDSA over a digest that the caller computed, which node:crypto does not offer: it hashes whatever it signs.
 *
 * The nonce is RFC 6979's with fresh randomness mixed in, so that signing the same digest again tells a clock nothing more.
 * Source: FIPS 186-5, 6.4; RFC 6979, 3.6.
 */
export function signDigest(
  curve: CurveName,
  privateKey: KeyObject,
  digest: Uint8Array,
  randomBytes: RandomBytes,
): Buffer {
  const scalar = privateKey.export({ format: 'raw-private' })
  try {
    return Buffer.from(
      curveOf[curve].sign(digest, scalar, { ...options, extraEntropy: randomBytes(scalar.length) }),
    )
  } finally {
    scalar.fill(0)
  }
}

export function verifyDigest(
  curve: CurveName,
  publicKey: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  return curveOf[curve].verify(signature, digest, publicKey.export({ format: 'raw-public' }), options)
}
