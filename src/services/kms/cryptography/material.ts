import assert from 'node:assert/strict'
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto'
import { promisify } from 'node:util'
import { Secret } from '#core/seal/index.ts'
import type { KeySpec } from '#models/kms.d.ts'
import { keySpecs } from './key-specs.ts'
import { seedBytesOf, seedPkcs8 } from './seed-keys.ts'

export interface AesMaterial {
  readonly kind: 'aes'
  readonly spec: KeySpec
  readonly key: KeyObject
}
/** What a key for message authentication consists of. */
export interface HmacMaterial {
  readonly kind: 'hmac'
  readonly spec: KeySpec
  readonly key: KeyObject
}
/** What is enough to verify, to encrypt with RSA and to encapsulate. */
export interface PublicMaterial {
  readonly spec: KeySpec
  readonly publicKey: KeyObject
}
/** Both halves of a key pair: for whoever signs, decrypts or agrees on a secret. */
export interface PairMaterial extends PublicMaterial {
  readonly kind: 'pair'
  readonly privateKey: KeyObject
}

/** Opened key material. */
export type Material = AesMaterial | HmacMaterial | PairMaterial

export type RandomBytes = (length: number) => Uint8Array

const generatePair = promisify(generateKeyPair)

/**
 * Makes key material, in the form that is stored: raw bytes for AES and HMAC, PKCS#8 DER for key pairs (of ML-DSA and ML-KEM the
 * seed form). RSA primes and EC scalars come from OpenSSL's own generator, on its thread pool; all else from `randomBytes`.
 */
export async function generateMaterial(spec: KeySpec, randomBytes: RandomBytes): Promise<Secret> {
  const { form } = keySpecs[spec]
  switch (form.kind) {
    case 'aes':
    case 'hmac':
      return secretOf(randomBytes(form.bytes))
    case 'ed25519':
    case 'ml-dsa':
    case 'ml-kem': {
      const seed = randomBytes(seedBytesOf(form))
      const made = secretOf(seedPkcs8(form, seed))
      seed.fill(0)
      return made
    }
    case 'rsa': {
      const { privateKey } = await generatePair('rsa', { modulusLength: form.bits, publicExponent: 65537 })
      return pkcs8Of(privateKey)
    }
    case 'ec': {
      const { privateKey } = await generatePair('ec', { namedCurve: form.curve })
      return pkcs8Of(privateKey)
    }
    case 'none':
      return assert.fail(`${spec} cannot be made: ${form.because}`)
  }
}

/** Opens what `generateMaterial` or `importedMaterial` gave. Costs up to a millisecond for a key pair: keep what it returns. */
export function openMaterial(spec: KeySpec, stored: Uint8Array): Material {
  const { kind } = keySpecs[spec].form
  assert(kind !== 'none', `there is no ${spec}`)
  if (kind === 'aes' || kind === 'hmac') return { kind, spec, key: createSecretKey(stored) }
  const privateKey = createPrivateKey({ key: Buffer.from(stored), format: 'der', type: 'pkcs8' })
  return { kind: 'pair', spec, privateKey, publicKey: createPublicKey(privateKey) }
}

/** The public key as GetPublicKey answers it: DER-encoded SubjectPublicKeyInfo (RFC 5280). */
export function publicKeyOf({ publicKey }: PublicMaterial): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' })
}

/** A private key in the stored form. Not for keys that have a seed: OpenSSL would write the expanded key beside it. */
export function pkcs8Of(privateKey: KeyObject): Secret {
  return secretOf(privateKey.export({ format: 'der', type: 'pkcs8' }))
}

/** Moves bytes into a Secret: the original is wiped. */
export function secretOf(bytes: Uint8Array): Secret {
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}
