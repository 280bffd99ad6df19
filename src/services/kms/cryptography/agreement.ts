import assert from 'node:assert'
import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import { attempt } from './attempt.ts'
import { isOneSequence } from './der.ts'
import { algorithmsOf } from './key-specs.ts'
import type { PairMaterial } from './material.ts'

/**
 * The raw ECDH secret with a peer's public key (DER-encoded SubjectPublicKeyInfo): the x coordinate, as long as the field.
 * Undefined when the peer's key is none, not on the same named curve, or no point of it.
 * Source: KMS API Reference, DeriveSharedSecret; NIST SP 800-56A, 5.7.1.2 (the cofactor of these curves is one).
 */
export function deriveSharedSecret(material: PairMaterial, peer: Uint8Array): Buffer | undefined {
  assert(algorithmsOf(material.spec, 'KEY_AGREEMENT').includes('ECDH'), `${material.spec} has no ECDH`)
  const { privateKey } = material
  const publicKey = peerKey(peer)
  if (publicKey?.asymmetricKeyType !== 'ec' || curveName(publicKey) !== curveName(privateKey))
    return undefined
  return attempt(() => diffieHellman({ privateKey, publicKey }))
}

function peerKey(peer: Uint8Array): KeyObject | undefined {
  if (!isOneSequence(peer)) return undefined
  return attempt(() => createPublicKey({ key: Buffer.from(peer), format: 'der', type: 'spki' }))
}

/** Undefined for parameters written out instead of named, which could be those of any curve. */
function curveName(key: KeyObject): string | undefined {
  return key.asymmetricKeyDetails?.namedCurve
}
