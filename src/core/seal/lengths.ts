/**
 * Joins texts so that no two lists give the same bytes: each is preceded by its length as four bytes.
 * (Joined without lengths, {a: bc} and {ab: c} authenticate alike.)
 */
export function lengthPrefixed(parts: readonly (string | Uint8Array)[]): Buffer {
  const pieces: Buffer[] = []
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    pieces.push(length, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }
  return Buffer.concat(pieces)
}
