import assert from 'node:assert/strict'
import type { KeyObject } from 'node:crypto'
import type { Secret } from '#core/seal/index.ts'
import type { AlgorithmSpec, KeySpec, WrappingKeySpec } from '#models/kms.d.ts'
import { unwrapAesKwp } from './aes-key-wrap.ts'
import { keySpecs } from './key-specs.ts'
import { secretOf } from './material.ts'
import { oaepDecrypt, type OaepHash } from './oaep.ts'

interface Wrapping {
  readonly hash: OaepHash
  /** True: RSA wraps a new AES-256 key, and that wraps the material. */
  readonly byAesKey: boolean
}

const wrappings: Readonly<Record<AlgorithmSpec, Wrapping | { readonly refused: string }>> = {
  RSAES_OAEP_SHA_1: { hash: 'sha1', byAesKey: false },
  RSAES_OAEP_SHA_256: { hash: 'sha256', byAesKey: false },
  RSA_AES_KEY_WRAP_SHA_1: { hash: 'sha1', byAesKey: true },
  RSA_AES_KEY_WRAP_SHA_256: { hash: 'sha256', byAesKey: true },
  RSAES_PKCS1_V1_5: {
    refused: 'WrappingAlgorithm RSAES_PKCS1_V1_5 is not supported since October 10, 2023.',
  },
  SM2PKE: { refused: 'WrappingAlgorithm SM2PKE is supported only in the China Regions.' },
}

/**
 * Why GetParametersForImport gives no wrapping key of this kind for a key of this spec; undefined when it does.
 * Source: KMS API Reference, GetParametersForImport, WrappingAlgorithm and WrappingKeySpec.
 */
export function wrappingProblem(
  spec: KeySpec,
  algorithm: AlgorithmSpec,
  wrappingKeySpec: WrappingKeySpec,
): string | undefined {
  if (!keySpecs[spec].isImportable) return `Key material of ${spec} cannot be imported.`
  if (wrappingKeySpec === 'SM2') return 'WrappingKeySpec SM2 is supported only in the China Regions.'
  const wrapping = wrappings[algorithm]
  if ('refused' in wrapping) return wrapping.refused
  const { kind } = keySpecs[spec].form
  const isRefused = wrapping.byAesKey
    ? kind === 'aes' || kind === 'hmac'
    : kind === 'rsa' || (spec === 'ECC_NIST_P521' && wrappingKeySpec === 'RSA_2048')
  return isRefused
    ? `WrappingAlgorithm ${algorithm} with WrappingKeySpec ${wrappingKeySpec} is not supported for KeySpec ${spec}.`
    : undefined
}

const aesKeyBytes = 32

/**
 * Unwraps what ImportKeyMaterial received; undefined on any failure. Whether it is a proper key, `importedMaterial` says.
 * The wrapping key itself is made by `generateMaterial` of its RSA spec.
 */
export function unwrap(
  algorithm: AlgorithmSpec,
  wrappingKey: KeyObject,
  encrypted: Uint8Array,
): Secret | undefined {
  const wrapping = wrappings[algorithm]
  assert(!('refused' in wrapping), algorithm)
  if (!wrapping.byAesKey) return secretOrNone(oaepDecrypt(wrappingKey, wrapping.hash, encrypted))

  const modulusBytes = (wrappingKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  const aesKey = oaepDecrypt(wrappingKey, wrapping.hash, encrypted.subarray(0, modulusBytes))
  if (aesKey?.length !== aesKeyBytes) return undefined
  const unwrapped = unwrapAesKwp(aesKey, encrypted.subarray(modulusBytes))
  aesKey.fill(0)
  return secretOrNone(unwrapped)
}

function secretOrNone(bytes: Buffer | undefined): Secret | undefined {
  return bytes && secretOf(bytes)
}
