import assert from 'node:assert/strict'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Arn } from '#core/arn.ts'
import type { Seal, Secret } from '#core/seal/index.ts'
import type { AlgorithmSpec } from '#models/kms.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

const purpose = 'kms-import-token'

/** Eight bytes of time, one with the length of the algorithm's name, the name, and the wrapping key in PKCS#8. */
const timeBytes = 8

/** What an import token holds: all that ImportKeyMaterial needs, so that nothing is kept of a GetParametersForImport. */
export interface ImportToken {
  readonly algorithm: AlgorithmSpec
  readonly wrappingKey: KeyObject
}

/** When a token that is made now ends. Source: KMS API Reference, GetParametersForImport: "valid for 24 hours". */
export function tokenEndsMs(nowMs: number): number {
  return nowMs + quotas.importTokenHours * 3_600_000
}

/** Seals an import token for one key; the wrapping key is wiped. */
export function writeImportToken(
  seal: Seal,
  {
    arn,
    algorithm,
    endsMs,
  }: { readonly arn: Arn; readonly algorithm: AlgorithmSpec; readonly endsMs: number },
  wrappingKey: Secret,
): Uint8Array {
  const head = Buffer.alloc(timeBytes + 1)
  head.writeBigUInt64BE(BigInt(endsMs))
  head[timeBytes] = algorithm.length
  const plaintext = Buffer.concat([head, Buffer.from(algorithm), wrappingKey.reveal()])
  const sealed = seal.seal(purpose, arn, plaintext)
  plaintext.fill(0)
  wrappingKey[Symbol.dispose]()
  return Buffer.from(sealed)
}

/**
 * Opens an import token of a key.
 * Faults: InvalidImportTokenException for anything that was not made for this key; ExpiredImportTokenException.
 */
export function readImportToken(
  seal: Seal,
  { arn, nowMs }: { readonly arn: Arn; readonly nowMs: number },
  token: Uint8Array,
): ImportToken {
  const opened = seal.tryOpen(purpose, arn, Buffer.from(token).toString('latin1'))
  if (!opened) throw faults.invalidImportToken()
  try {
    if (opened.readBigUInt64BE() <= BigInt(nowMs)) throw faults.expiredImportToken()
    const length = opened[timeBytes]
    assert.ok(length !== undefined, 'the seal vouches for the form')
    const keyStart = timeBytes + 1 + length
    return {
      algorithm: opened.toString('latin1', timeBytes + 1, keyStart) as AlgorithmSpec, // Written by `writeImportToken`.
      wrappingKey: createPrivateKey({ key: opened.subarray(keyStart), format: 'der', type: 'pkcs8' }),
    }
  } finally {
    opened.fill(0)
  }
}
