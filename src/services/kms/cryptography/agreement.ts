import assert from 'node:assert/strict'
import { createPublicKey, diffieHellman } from 'node:crypto'
import { attempt } from './attempt.ts'
import { algorithmsOf } from './key-specs.ts'
import { type PairMaterial, publicKeyOf } from './material.ts'

/**
 * The raw ECDH secret with a peer's public key (DER-encoded SubjectPublicKeyInfo): the x coordinate, as long as the field.
 * Undefined when the peer's key is none, not on the same curve, or no point of it.
 * Source: KMS API Reference, DeriveSharedSecret; NIST SP 800-56A, 5.7.1.2 (the cofactor of these curves is one).
 */
export function deriveSharedSecret(material: PairMaterial, peer: Uint8Array): Buffer | undefined {
  assert(algorithmsOf(material.spec, 'KEY_AGREEMENT').includes('ECDH'), `${material.spec} has no ECDH`)
  if (!isWrittenAs(material, peer)) return undefined
  const publicKey = attempt(() => createPublicKey({ key: Buffer.from(peer), format: 'der', type: 'spki' }))
  return publicKey && attempt(() => diffieHellman({ privateKey: material.privateKey, publicKey }))
}

/**
 * Keys of one curve differ in nothing but the point at the end. So all else is compared: OpenSSL would also take curve parameters that
 * are written out, even wrong ones, and bytes behind the key.
 */
function isWrittenAs(material: PairMaterial, peer: Uint8Array): boolean {
  const own = publicKeyOf(material)
  const pointBytes = material.publicKey.export({ format: 'raw-public' }).length
  const start = own.subarray(0, own.length - pointBytes + 1) // With the point's first byte: it is not compressed.
  return peer.length === own.length && start.equals(peer.subarray(0, start.length))
}
