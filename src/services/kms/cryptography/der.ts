/**
 * True when the bytes are one DER SEQUENCE and nothing after it. OpenSSL reads the first structure and ignores what follows, so
 * that one key could be written in endless ways.
 */
export function isOneSequence(bytes: Uint8Array): boolean {
  const [tag, first = 0] = bytes
  if (tag !== 0x30) return false
  if (first < 0x80) return bytes.length === 2 + first
  const lengthBytes = first & 0x7f
  if (lengthBytes < 1 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) return false
  const length = Buffer.from(bytes.subarray(2, 2 + lengthBytes)).readUIntBE(0, lengthBytes)
  return bytes.length === 2 + lengthBytes + length
}
