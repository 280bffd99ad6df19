import type { HmacMaterial, PairMaterial } from './cryptography/index.ts'
import type { KmsCall } from './declare.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'

/** The opened pair of an asymmetric key. Faults: InvalidKeyUsageException for a key of another kind. */
export function pairOf({ parts, operation }: KmsCall, key: KeyDocument): PairMaterial {
  const { material } = parts.ring.open(key)
  if (material.kind !== 'pair') throw faults.wrongUsage(key.arn, key.usage, operation)
  return material
}

/** The opened material of an HMAC key. Faults: InvalidKeyUsageException for a key of another kind. */
export function hmacOf({ parts, operation }: KmsCall, key: KeyDocument): HmacMaterial {
  const { material } = parts.ring.open(key)
  if (material.kind !== 'hmac') throw faults.wrongUsage(key.arn, key.usage, operation)
  return material
}

/** Whether a key has a public half. */
export function isAsymmetric({ spec }: KeyDocument): boolean {
  return spec !== 'SYMMETRIC_DEFAULT' && !spec.startsWith('HMAC_')
}
