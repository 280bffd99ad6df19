import type { KeyObject } from 'node:crypto'
import { eddsa } from '@noble/curves/abstract/edwards.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'

// dom2(1, ""): RFC 8032, 5.1 and 2.
const domain = Buffer.concat([Buffer.from('SigEd25519 no Ed25519 collisions'), Buffer.of(1, 0)])

/** Ed25519ph (RFC 8032, 5.1) over a digest that the caller computed: node:crypto has no Ed25519ph at all. */
const ed25519ph = eddsa(ed25519.Point, sha512, {
  adjustScalarBytes(bytes: Uint8Array) {
    bytes[0] = (bytes[0] ?? 0) & 248
    bytes[31] = ((bytes[31] ?? 0) & 127) | 64
    return bytes
  },
  domain: (data: Uint8Array) => Buffer.concat([domain, data]),
})

export function signEd25519ph(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const seed = privateKey.export({ format: 'raw-private' })
  try {
    return Buffer.from(ed25519ph.sign(digest, seed))
  } finally {
    seed.fill(0)
  }
}

export function verifyEd25519ph(publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  return ed25519ph.verify(signature, digest, publicKey.export({ format: 'raw-public' }), { zip215: false })
}
