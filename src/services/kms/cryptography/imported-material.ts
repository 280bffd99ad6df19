import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { Secret } from '#core/seal/index.ts'
import type { KeySpec } from '#models/kms.d.ts'
import { attempt } from './attempt.ts'
import { isOneSequence } from './der.ts'
import { curveOf, type CurveName } from './ecdsa-digest.ts'
import { keySpecs } from './key-specs.ts'
import { pkcs8Of, secretOf } from './material.ts'
import { type SeedForm, seedPkcs8 } from './seed-keys.ts'

/**
 * Checks what ImportKeyMaterial unwrapped and brings it into the stored form: the right length for AES and HMAC; for key pairs one
 * PKCS#8 private key of the spec's type, curve and size whose parts fit each other. Undefined for anything else.
 * Source: KMS Developer Guide, "Requirements for imported key material" (raw binary, or DER-encoded PKCS#8).
 * Differs: ML-DSA and ML-KEM keys must hold their seed; a key that holds only the expanded form is refused.
 */
export function importedMaterial(spec: KeySpec, plaintext: Uint8Array): Secret | undefined {
  const { form } = keySpecs[spec]
  if (form.kind === 'none') return undefined
  if (form.kind === 'aes' || form.kind === 'hmac') {
    return plaintext.length === form.bytes ? new Secret(plaintext) : undefined
  }
  if (!isOneSequence(plaintext)) return undefined
  const key = attempt(() => createPrivateKey({ key: Buffer.from(plaintext), format: 'der', type: 'pkcs8' }))
  if (key === undefined) return undefined
  switch (form.kind) {
    case 'rsa':
      return isSoundRsa(key, form.bits) ? pkcs8Of(key) : undefined
    case 'ec':
      return ecMaterial(key, form.curve)
    case 'ed25519':
    case 'ml-dsa':
    case 'ml-kem':
      return seedMaterial(key, form)
  }
}

function seedMaterial(key: KeyObject, form: SeedForm): Secret | undefined {
  if (key.asymmetricKeyType !== (form.kind === 'ed25519' ? 'ed25519' : form.name)) return undefined
  const format = form.kind === 'ed25519' ? 'raw-private' : 'raw-seed'
  const seed = attempt(() => key.export({ format })) // No seed: the key holds the expanded form alone.
  if (seed === undefined) return undefined
  const made = secretOf(seedPkcs8(form, seed))
  seed.fill(0)
  return made
}

/** OpenSSL takes a scalar outside of the group and a public key that is not the scalar's; here both are refused. */
function ecMaterial(key: KeyObject, curve: CurveName): Secret | undefined {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== curve) return undefined
  const scalar = key.export({ format: 'raw-private' })
  try {
    if (!curveOf[curve].utils.isValidSecretKey(scalar)) return undefined
    const anew = createPrivateKey({
      key: scalar,
      format: 'raw-private',
      asymmetricKeyType: 'ec',
      namedCurve: curve,
    })
    return createPublicKey(anew).equals(createPublicKey(key)) ? pkcs8Of(anew) : undefined
  } finally {
    scalar.fill(0)
  }
}

// FIPS 186-5, A.1.1. That it is odd follows: an even one has no private exponent.
const exponentMin = 2n ** 16n
const exponentMax = 2n ** 256n

/** OpenSSL takes any integers for an RSA key, and hides a wrong prime by computing again without it; here they must fit. */
function isSoundRsa(key: KeyObject, bits: number): boolean {
  if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== bits) return false
  const jwk = attempt(() => key.export({ format: 'jwk' })) // A key of more than two primes has none.
  if (jwk === undefined) return false
  const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(
    (text) => BigInt(`0x0${Buffer.from(text ?? '', 'base64url').toString('hex')}`),
  ) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint] // As many as the list above.
  return (
    e > exponentMin &&
    e < exponentMax &&
    p > 1n &&
    q > 1n &&
    p * q === n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    (qi * q) % p === 1n &&
    signsForItself(key)
  )
}

/**
 * What fits and still does not sign has another key's private exponent, or a factor that is no prime. (OpenSSL's own test for primes
 * would take half a second.)
 */
function signsForItself(key: KeyObject): boolean {
  const message = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const signature = attempt(() => sign('sha256', message, key))
  return signature !== undefined && verify('sha256', message, createPublicKey(key), signature)
}
