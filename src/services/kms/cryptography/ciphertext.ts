import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type BlobIds, idsBytes, readIds, writeIds } from './blob-header.ts'
import { canonicalContext, type EncryptionContext } from './encryption-context.ts'
import type { RandomBytes } from './material.ts'

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
const halfBytes = 12
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

export function encrypt(params: EncryptParams): Buffer {
  const header = Buffer.allocUnsafe(headerBytes)
  writeIds(header, params)
  header.set(params.randomBytes(2 * halfBytes), idsBytes)

  const cipher = createCipheriv(algorithm, messageKey(params.key, header), ivOf(header), authTagLength)
  cipher.setAAD(associatedData(header, params.context))
  const ciphertext = cipher.update(params.plaintext)
  cipher.final() // GCM holds nothing back.
  return Buffer.concat([header, ciphertext, cipher.getAuthTag()])
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
  const decipher = createDecipheriv(algorithm, messageKey(key, header), ivOf(header), authTagLength)
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

// SP 800-108, 4.1: the counter, the label and a zero byte, the context, and the length of what is derived in bits.
const derivationStart = Buffer.concat([
  Buffer.of(0, 0, 0, 1),
  Buffer.from('redoubt kms message key'),
  Buffer.of(0),
])
const derivationEnd = Buffer.of(0, 0, 1, 0)

function messageKey(key: KeyObject, header: Buffer): KeyObject {
  const derived = createHmac('sha256', key)
    .update(derivationStart)
    .update(header.subarray(idsBytes, idsBytes + halfBytes))
    .update(derivationEnd)
    .digest()
  return createSecretKey(derived) // node:crypto takes a KeyObject several times faster than the bytes.
}

function ivOf(header: Buffer): Buffer {
  return header.subarray(idsBytes + halfBytes)
}

/** The header's length is fixed, so the two parts need no lengths. */
function associatedData(header: Buffer, context: EncryptionContext | undefined): Buffer {
  const canonical = canonicalContext(context)
  return canonical.length === 0 ? header : Buffer.concat([header, canonical])
}
