import type { KeyObject } from 'node:crypto'
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js'
import type { KeyForm } from './key-specs.ts'
import type { RandomBytes } from './material.ts'

export type MlDsaName = Extract<KeyForm, { kind: 'ml-dsa' }>['name']

const parameterSets = { 'ml-dsa-44': ml_dsa44, 'ml-dsa-65': ml_dsa65, 'ml-dsa-87': ml_dsa87 } as const

/**
 * ML-DSA over a message representative mu that the caller computed, which node:crypto does not offer. The signature is of the same
 * kind as that of the whole message. Source: FIPS 204, 6.2 (Algorithm 7 from line 7) and 6.3.
 */
export function signMu(
  name: MlDsaName,
  privateKey: KeyObject,
  mu: Uint8Array,
  randomBytes: RandomBytes,
): Buffer {
  const seed = privateKey.export({ format: 'raw-seed' })
  const { secretKey } = parameterSets[name].keygen(seed)
  try {
    const options = { externalMu: true, extraEntropy: randomBytes(32) }
    return Buffer.from(parameterSets[name].internal.sign(mu, secretKey, options))
  } finally {
    seed.fill(0)
    secretKey.fill(0)
  }
}

export function verifyMu(
  name: MlDsaName,
  publicKey: KeyObject,
  mu: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = publicKey.export({ format: 'raw-public' })
  return parameterSets[name].internal.verify(signature, mu, key, { externalMu: true })
}
