import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto'
import type { Claim } from './claim.ts'
import { BoundedCache } from './bounded-cache.ts'
import { hmacSha256 } from './hmac-sha256.ts'
import { keyPairOf } from './key-pair.ts'

/** Signs strings-to-sign, and checks others' signatures of them. Signatures are lower-case hexadecimal. */
export interface SigningKey {
  sign(stringToSign: string): string
  matches(stringToSign: string, signature: string): boolean
}

/** A secret access key that need not be at hand: it is asked for only when no derived key is cached. */
export interface SecretMaterial {
  /** Compared with `===`: another value means another secret, so a key derived from an old one is never used. */
  readonly identity: string | object
  /** The secret access key. */
  readonly reveal: () => string
}

/** Wraps a secret access key that is at hand. Keep the result: each one is a secret of its own to the cache of derived keys. */
export function secretMaterial(secretAccessKey: string): SecretMaterial {
  return { identity: Object.freeze({}), reveal: () => secretAccessKey }
}

/**
 * SigV4's key for one day, region and service.
 * Source: IAM User Guide, "Create a signed AWS API request", step 4 (kDate, kRegion, kService, kSigning).
 */
export function hmacSigningKey(
  secretAccessKey: string,
  date: string,
  region: string,
  service: string,
): SigningKey {
  let key = Buffer.from(`AWS4${secretAccessKey}`)
  for (const part of [date, region, service, 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest()
  return hmacKey(hmacSha256(key))
}

/** SigV4a's key, which belongs to the access key alone. */
export function ecdsaSigningKey(secretAccessKey: string, accessKeyId: string): SigningKey {
  const { privateKey, publicKey } = keyPairOf(secretAccessKey, accessKeyId)
  return {
    sign: (stringToSign) => sign('sha256', Buffer.from(stringToSign), privateKey).toString('hex'),
    matches: (stringToSign, signature) =>
      verify('sha256', Buffer.from(stringToSign), publicKey, Buffer.from(signature, 'hex')),
  }
}

/** Keys for verifying, derived once (48 µs for SigV4, more for SigV4a) and kept while they are in use. */
export class SigningKeys {
  readonly #cache: BoundedCache<{ readonly identity: string | object; readonly key: SigningKey }>

  constructor(entriesMax: number) {
    this.#cache = new BoundedCache(entriesMax)
  }

  of(claim: Claim, secret: SecretMaterial): SigningKey {
    const { accessKeyId, scope, algorithm } = claim
    // No part can hold a slash or a blank, and the two algorithms' scopes have different lengths: no two claims share a name.
    const name = scope.region === undefined ? accessKeyId : `${accessKeyId}/${scope.text}`
    const cached = this.#cache.get(name)
    if (cached !== undefined && cached.identity === secret.identity) return cached.key
    const key =
      algorithm === 'AWS4-HMAC-SHA256'
        ? hmacSigningKey(secret.reveal(), scope.date, scope.region ?? '', scope.service)
        : ecdsaSigningKey(secret.reveal(), accessKeyId)
    this.#cache.set(name, { identity: secret.identity, key })
    return key
  }
}

// Room for one comparison at a time: it ends before anything else runs.
const given = Buffer.alloc(32)
const wanted = Buffer.alloc(32)

function hmacKey(hmac: (text: string) => string): SigningKey {
  return {
    sign: hmac,
    matches(stringToSign, signature) {
      // Anything but 64 hexadecimal digits writes less, or has another length.
      if (signature.length !== 64 || given.write(signature, 'hex') !== given.length) return false
      wanted.write(hmac(stringToSign), 'hex')
      return timingSafeEqual(given, wanted)
    },
  }
}
