/**
 * What the first four characters of a unique id tell of its owner.
 * Source: IAM User Guide, "IAM identifiers", unique ID prefixes.
 */
export type UniqueIdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'AIPA' | 'ANPA' | 'ASCA'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const randomCharacters = 17

/** A unique id as AWS writes them: the prefix and 17 characters of base32, 21 in all. It is never given out twice. */
export function uniqueId(prefix: UniqueIdPrefix, randomBytes: (length: number) => Buffer): string {
  let id: string = prefix
  // 256 is a multiple of 32: every character is as likely as any other.
  for (const byte of randomBytes(randomCharacters)) id += alphabet[byte % alphabet.length]
  return id
}
