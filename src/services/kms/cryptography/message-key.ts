import { createSecretKey, hash, type KeyObject } from 'node:crypto'

const blockBytes = 64
const digestBytes = 32

/** Units: bytes. */
export const saltBytes = 12

// SP 800-108, 4.1: the counter, the label and a zero byte, the context (the salt), and the length of what is derived in bits.
const start = Buffer.concat([Buffer.of(0, 0, 0, 1), Buffer.from('redoubt kms message key'), Buffer.of(0)])
const end = Buffer.of(0, 0, 1, 0)
const saltStart = blockBytes + start.length

/**
 * The derivation under one key, laid out once: what HMAC hashes first with room for the salt, and what it hashes then with room for
 * the first digest. They go when the key does.
 */
interface Derivation {
  readonly inner: Buffer
  readonly outer: Buffer
}

const derivations = new WeakMap<KeyObject, Derivation>()

/**
 * The key for one message: HMAC-SHA256 of the salt, as SP 800-108 derives one block in counter mode. As two one-shot hashes (RFC
 * 2104, section 2), because an Hmac object for each message costs more than the sums.
 */
export function messageKey(key: KeyObject, salt: Uint8Array): KeyObject {
  const { inner, outer } = derivations.get(key) ?? remember(key)
  inner.set(salt, saltStart)
  outer.write(hash('sha256', inner, 'hex'), blockBytes, 'hex')
  const derived = hash('sha256', outer, 'buffer')
  const made = createSecretKey(derived)
  derived.fill(0)
  return made
}

function remember(key: KeyObject): Derivation {
  const bytes = key.export()
  const derivation = {
    inner: Buffer.concat([padded(bytes, 0x36), start, Buffer.alloc(saltBytes), end]),
    outer: Buffer.concat([padded(bytes, 0x5c), Buffer.alloc(digestBytes)]),
  }
  bytes.fill(0)
  derivations.set(key, derivation)
  return derivation
}

/** A key of at most a block, as HMAC begins: filled up with zeros, every byte combined with one. */
function padded(key: Uint8Array, byte: number): Buffer {
  const pad = Buffer.alloc(blockBytes, byte)
  for (const [index, each] of key.entries()) pad[index] = each ^ byte
  return pad
}
