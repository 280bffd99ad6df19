/** What a caller must give again to decrypt. */
export type EncryptionContext = Readonly<Record<string, string>>

const nothing = Buffer.alloc(0)
const lengthBytes = 4

/**
 * One sequence of bytes for one encryption context: its pairs in the order of their keys' UTF-16 code units, every key and every value
 * as UTF-16LE behind its length. An absent context and an empty one give no bytes.
 *
 * UTF-16, because it tells any two JavaScript strings apart: UTF-8 writes every lone surrogate as U+FFFD. Lengths, because without
 * them {a: bc} and {ab: c} would be the same.
 */
export function canonicalContext(context: EncryptionContext | undefined): Buffer {
  if (context === undefined) return nothing
  const pairs = Object.entries(context)
  if (pairs.length === 0) return nothing
  if (pairs.length > 1) pairs.sort(([one], [other]) => (one < other ? -1 : 1))

  let total = 0
  for (const [key, value] of pairs) total += 2 * (lengthBytes + key.length + value.length)
  const bytes = Buffer.allocUnsafe(total)
  let offset = 0
  for (const [key, value] of pairs) {
    for (const part of [key, value]) {
      offset = bytes.writeUInt32BE(part.length, offset)
      offset += bytes.write(part, offset, 'utf16le')
    }
  }
  return bytes
}
