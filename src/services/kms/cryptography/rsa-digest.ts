import {
  constants,
  createHash,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  timingSafeEqual,
} from 'node:crypto'
import { attempt } from './attempt.ts'
import type { RandomBytes } from './material.ts'

// RSA signatures over a digest that the caller computed, which node:crypto does not offer: the message is encoded here, and
// OpenSSL does the bare RSA operation (blinded). Source: RFC 8017.

type Hash = 'sha256' | 'sha384' | 'sha512'

/** What precedes the digest in a DigestInfo. Source: RFC 8017, 9.2, note 1. */
const digestInfo: Readonly<Record<Hash, Buffer>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
}

export function signPkcs1Digest(hash: Hash, privateKey: KeyObject, digest: Uint8Array): Buffer {
  return privateOperation(privateKey, pkcs1Encoding(hash, digest, modulusBytes(privateKey)))
}

/** Encodes again and compares all of it, so that there is no second encoding to be lenient about. */
export function verifyPkcs1Digest(
  hash: Hash,
  publicKey: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const encoded = publicOperation(publicKey, signature)
  return encoded !== undefined && timingSafeEqual(encoded, pkcs1Encoding(hash, digest, encoded.length))
}

/** With a salt as long as the digest, as AWS signs. Source: KMS Developer Guide, "Key spec reference", RSA key specs for signing. */
export function signPssDigest(
  hash: Hash,
  privateKey: KeyObject,
  digest: Uint8Array,
  randomBytes: RandomBytes,
): Buffer {
  const salt = randomBytes(digest.length)
  const length = modulusBytes(privateKey)
  const digestOfAll = pssHash(hash, digest, salt)
  const block = Buffer.alloc(length - digestOfAll.length - 1)
  block[block.length - salt.length - 1] = 1
  block.set(salt, block.length - salt.length)
  const masked = xor(block, mask(hash, digestOfAll, block.length))
  masked[0] = (masked[0] ?? 0) & 0x7f // emBits is the modulus's bits less one, and those are a multiple of eight.
  return privateOperation(privateKey, Buffer.concat([masked, digestOfAll, Buffer.of(0xbc)]))
}

/** Takes only salts as long as the digest. Source: RFC 8017, 9.1.2, step by step. */
export function verifyPssDigest(
  hash: Hash,
  publicKey: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const encoded = publicOperation(publicKey, signature)
  if (encoded === undefined || encoded.at(-1) !== 0xbc || (encoded[0] ?? 0) > 0x7f) return false
  const masked = encoded.subarray(0, -1 - digest.length)
  const digestOfAll = encoded.subarray(masked.length, -1)
  const block = xor(masked, mask(hash, digestOfAll, masked.length))
  block[0] = (block[0] ?? 0) & 0x7f
  const saltStart = block.length - digest.length
  const isPadded = block
    .subarray(0, saltStart)
    .every((byte, index) => byte === (index === saltStart - 1 ? 1 : 0))
  return isPadded && timingSafeEqual(digestOfAll, pssHash(hash, digest, block.subarray(saltStart)))
}

function pkcs1Encoding(hash: Hash, digest: Uint8Array, length: number): Buffer {
  const info = Buffer.concat([digestInfo[hash], digest])
  const encoded = Buffer.alloc(length, 0xff)
  encoded[0] = 0
  encoded[1] = 1
  encoded[length - info.length - 1] = 0
  encoded.set(info, length - info.length)
  return encoded
}

function pssHash(hash: Hash, digest: Uint8Array, salt: Uint8Array): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest()
}

/** MGF1, RFC 8017, B.2.1. */
function mask(hash: Hash, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  const counter = Buffer.alloc(4)
  for (let index = 0; index * seed.length < length; index += 1) {
    counter.writeUInt32BE(index)
    blocks.push(createHash(hash).update(seed).update(counter).digest())
  }
  return Buffer.concat(blocks, length)
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)))
}

function privateOperation(key: KeyObject, encoded: Buffer): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)
}

/** Undefined for a signature that is not as long as the modulus, or not below it. */
function publicOperation(key: KeyObject, signature: Uint8Array): Buffer | undefined {
  if (signature.length !== modulusBytes(key)) return undefined
  return attempt(() => publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature))
}

function modulusBytes(key: KeyObject): number {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
}
