import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { type BlobIds, idsBytes, readIds, writeIds } from './blob-header.ts'
import { canonicalContext, type EncryptionContext } from './encryption-context.ts'
import type { RandomBytes } from './material.ts'
import { messageKey, saltBytes } from './message-key.ts'

/*
 * The ciphertext blob of symmetric encryption: ids (blob-header.ts), 24 bytes of salt, the ciphertext, and 16 bytes of tag.
 *
 * AES-256-GCM under a key for this one message: HMAC-SHA256 of the salt's first half under the key material, as SP 800-108 derives
 * one block in counter mode; the salt's second half is the IV. Two messages meet under one key and IV only when all 24 random
 * bytes agree, so GCM's limit of 2^32 messages a key (96-bit random IVs, SP 800-38D, 8.3) is never near.
 * Source of the construction: C2SP XAES-256-GCM, with HMAC-SHA256 in place of CMAC (as core/seal/seal.ts does).
 *
 * Everything before the ciphertext is authenticated, and the encryption context after it.
 */

const algorithm = 'aes-256-gcm'
const halfBytes = saltBytes
const tagBytes = 16
const headerBytes = idsBytes + 2 * halfBytes
const authTagLength = { authTagLength: tagBytes } as const

/** How much longer a blob is than its plaintext. Units: bytes. */
export const blobOverheadBytes = headerBytes + tagBytes

export interface EncryptParams extends BlobIds {
  readonly key: KeyObject
  readonly plaintext: Uint8Array
  readonly context: EncryptionContext | undefined
  readonly randomBytes: RandomBytes
}

/** Encrypts under a key for this blob alone, made of `key` and fresh random bytes; header and context are authenticated. */
export function encrypt(params: EncryptParams): Buffer {
  const { key, plaintext, context, randomBytes } = params
  const blob = Buffer.allocUnsafe(plaintext.length + blobOverheadBytes)
  const header = blob.subarray(0, headerBytes)
  header.set(idsOf(params))
  header.set(randomBytes(2 * halfBytes), idsBytes)

  const cipher = createCipheriv(algorithm, keyFor(key, header), ivOf(header), authTagLength)
  cipher.setAAD(associatedData(header, context))
  blob.set(cipher.update(plaintext), headerBytes)
  cipher.final() // GCM holds nothing back.
  blob.set(cipher.getAuthTag(), headerBytes + plaintext.length)
  return blob
}

/** Whose blob this is; undefined for bytes that are none. Says nothing of whether it is authentic: that, only `decrypt` knows. */
export function readBlob(blob: Uint8Array): BlobIds | undefined {
  return blob.length < blobOverheadBytes ? undefined : readIds(blob)
}

export interface DecryptParams {
  readonly key: KeyObject
  readonly blob: Uint8Array
  readonly context: EncryptionContext | undefined
}

/** Undefined when the blob was not made by `encrypt` with this key and this context; what was half decrypted is wiped. */
export function decrypt({ key, blob, context }: DecryptParams): Buffer | undefined {
  if (readBlob(blob) === undefined) return undefined
  const header = Buffer.from(blob.buffer, blob.byteOffset, headerBytes)
  const decipher = createDecipheriv(algorithm, keyFor(key, header), ivOf(header), authTagLength)
  decipher.setAAD(associatedData(header, context))
  decipher.setAuthTag(blob.subarray(-tagBytes))
  const plaintext = decipher.update(blob.subarray(headerBytes, -tagBytes))
  try {
    decipher.final()
    return plaintext
  } catch {
    plaintext.fill(0) // Not authentic: the only thing final() throws for in GCM.
    return undefined
  }
}

/** The ids of a key's blobs, written once: a key object is one material of one key. */
const writtenIds = new WeakMap<KeyObject, { readonly ids: BlobIds; readonly bytes: Buffer }>()

function idsOf({ key, keyId, materialId }: EncryptParams): Buffer {
  const known = writtenIds.get(key)
  if (known?.ids.keyId === keyId && known.ids.materialId === materialId) return known.bytes
  const ids = { keyId, materialId }
  const bytes = Buffer.alloc(idsBytes)
  writeIds(bytes, ids)
  writtenIds.set(key, { ids, bytes })
  return bytes
}

function keyFor(key: KeyObject, header: Buffer): KeyObject {
  return messageKey(key, header.subarray(idsBytes, idsBytes + halfBytes))
}

function ivOf(header: Buffer): Buffer {
  return header.subarray(idsBytes + halfBytes)
}

/** The header's length is fixed, so the two parts need no lengths. */
function associatedData(header: Buffer, context: EncryptionContext | undefined): Buffer {
  const canonical = canonicalContext(context)
  return canonical.length === 0 ? header : Buffer.concat([header, canonical])
}
