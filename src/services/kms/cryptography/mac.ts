import assert from 'node:assert/strict'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { MacAlgorithmSpec } from '#models/kms.d.ts'
import { algorithmsOf } from './key-specs.ts'
import type { HmacMaterial } from './material.ts'

const hashes = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
} as const satisfies Record<MacAlgorithmSpec, string>

/** The whole HMAC: as long as the hash. The caller has asked `algorithmsOf` whether the key has the algorithm. */
export function generateMac(
  material: HmacMaterial,
  algorithm: MacAlgorithmSpec,
  message: Uint8Array,
): Buffer {
  assert(algorithmsOf(material.spec, 'GENERATE_VERIFY_MAC').includes(algorithm))
  return createHmac(hashes[algorithm], material.key).update(message).digest()
}

/** Compares in constant time. A truncated MAC is not one. */
export function verifyMac(
  material: HmacMaterial,
  algorithm: MacAlgorithmSpec,
  message: Uint8Array,
  mac: Uint8Array,
): boolean {
  const right = generateMac(material, algorithm, message)
  return mac.length === right.length && timingSafeEqual(mac, right)
}
