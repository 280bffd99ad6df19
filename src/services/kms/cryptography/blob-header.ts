import assert from 'node:assert/strict'
import { crc32 } from 'node:zlib'

// What a ciphertext blob says of itself, before its salt, ciphertext and tag:
//   0  version, 1
//   1  form of the key id: 0 a UUID, 1 that of a multi-Region key
//   2  key id, 16 bytes
//  18  key material id, 32 bytes
//  50  CRC-32 of what is before, so that a damaged id is not taken for another key's. No protection against attackers: the tag is.

export const idsBytes = 54

const version = 1
const keyIdStart = 2
const materialIdStart = 18
const checkStart = 50

export interface BlobIds {
  /** A UUID, or `mrk-` and 32 hexadecimal digits. */
  readonly keyId: string
  /** 64 hexadecimal digits. */
  readonly materialId: string
}

const keyIdForm = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/
const materialIdForm = /^[0-9a-f]{64}$/
const multiRegionPrefix = 'mrk-'

export function writeIds(blob: Buffer, { keyId, materialId }: BlobIds): void {
  assert(keyIdForm.test(keyId), `not a key id: ${keyId}`)
  assert(materialIdForm.test(materialId), `not a key material id: ${materialId}`)
  const isMultiRegion = keyId.startsWith(multiRegionPrefix)
  blob[0] = version
  blob[1] = isMultiRegion ? 1 : 0
  blob.write(
    isMultiRegion ? keyId.slice(multiRegionPrefix.length) : keyId.replaceAll('-', ''),
    keyIdStart,
    'hex',
  )
  blob.write(materialId, materialIdStart, 'hex')
  blob.writeUInt32BE(crc32(blob.subarray(0, checkStart)), checkStart)
}

/** Undefined unless these are the first bytes of a blob of this version. */
export function readIds(blob: Uint8Array): BlobIds | undefined {
  const [first, form] = blob
  if (blob.length < idsBytes || first !== version || (form !== 0 && form !== 1)) return undefined
  const ids = Buffer.from(blob.buffer, blob.byteOffset, idsBytes)
  if (ids.readUInt32BE(checkStart) !== crc32(ids.subarray(0, checkStart))) return undefined
  const digits = ids.toString('hex', keyIdStart, materialIdStart)
  const keyId = form === 1 ? `${multiRegionPrefix}${digits}` : uuidOf(digits)
  return { keyId, materialId: ids.toString('hex', materialIdStart, checkStart) }
}

function uuidOf(digits: string): string {
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-')
}
