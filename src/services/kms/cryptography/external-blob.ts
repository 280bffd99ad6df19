import assert from 'node:assert'
import { crc32 } from 'node:zlib'
import { keyIdOfDigits, singleRegionKeyId } from './blob-header.ts'

/*
 * The ciphertext blob of a key of an external key store: what KMS encrypted (ciphertext.ts), encrypted once more by the external key.
 *   0  version, 2
 *   1  key id, 16 bytes
 *  17  CRC-32 of what is before, so that a damaged id is not taken for another key's
 *  21  length of the initialization vector, 12 or 16
 *  22  length of the proxy's metadata, at most 20
 *  23  initialization vector, metadata, authentication tag (16 bytes), ciphertext
 *
 * The first 21 bytes are the additional authenticated data of the outer encryption. The rest is the external key's own, and
 * authenticated by it: a length that is changed moves the bounds of vector, metadata, tag and ciphertext.
 * Source of the parts and their lengths: XKS Proxy API Specification, "Encrypt", "Response Payload Parameters".
 */

const version = 2
const keyIdStart = 1
const checkStart = 17
const headerBytes = 21
const partsStart = 23
const tagBytes = 16
const metadataBytesMax = 20

/** What an external key makes of a plaintext. */
export interface ExternalParts {
  readonly initializationVector: Buffer
  readonly ciphertextMetadata?: Buffer
  readonly authenticationTag: Buffer
  readonly ciphertext: Buffer
}

/** A blob taken apart. Says nothing of whether it is authentic: that, only the external key knows. */
export interface ExternalBlob extends ExternalParts {
  readonly keyId: string
  readonly header: Buffer
}

/** What the blobs of a key begin with: the additional authenticated data of its external key. */
export function externalHeader(keyId: string): Buffer {
  assert(singleRegionKeyId.test(keyId), `not the id of a key of an external key store: ${keyId}`)
  const header = Buffer.alloc(headerBytes)
  header[0] = version
  header.write(keyId.replaceAll('-', ''), keyIdStart, 'hex')
  header.writeUInt32BE(crc32(header.subarray(0, checkStart)), checkStart)
  return header
}

/** Puts what the external key gave behind the header that it authenticated. */
export function writeExternalBlob(header: Buffer, parts: ExternalParts): Buffer {
  const { initializationVector, ciphertextMetadata = Buffer.alloc(0), authenticationTag, ciphertext } = parts
  assert(isVectorLength(initializationVector.length) && authenticationTag.length === tagBytes)
  assert(ciphertextMetadata.length <= metadataBytesMax)
  const lengths = Buffer.of(initializationVector.length, ciphertextMetadata.length)
  return Buffer.concat([
    header,
    lengths,
    initializationVector,
    ciphertextMetadata,
    authenticationTag,
    ciphertext,
  ])
}

/** Undefined for bytes that are no blob of this version. The parts are views of the bytes. */
export function readExternalBlob(bytes: Uint8Array): ExternalBlob | undefined {
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const [first, vectorLength = 0, metadataLength = 0] = [blob[0], blob[headerBytes], blob[headerBytes + 1]]
  if (first !== version || !isVectorLength(vectorLength) || metadataLength > metadataBytesMax)
    return undefined
  const metadataStart = partsStart + vectorLength
  const tagStart = metadataStart + metadataLength
  const ciphertextStart = tagStart + tagBytes
  if (blob.length <= ciphertextStart) return undefined
  if (blob.readUInt32BE(checkStart) !== crc32(blob.subarray(0, checkStart))) return undefined
  return {
    keyId: keyIdOfDigits(blob.toString('hex', keyIdStart, checkStart)),
    header: blob.subarray(0, headerBytes),
    initializationVector: blob.subarray(partsStart, metadataStart),
    ...(metadataLength > 0 && { ciphertextMetadata: blob.subarray(metadataStart, tagStart) }),
    authenticationTag: blob.subarray(tagStart, ciphertextStart),
    ciphertext: blob.subarray(ciphertextStart),
  }
}

function isVectorLength(bytes: number): boolean {
  return bytes === 12 || bytes === 16
}
