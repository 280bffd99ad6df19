/** A version 4 UUID from 16 random bytes: request ids, event ids. Source: RFC 9562, section 5.4. */
export function uuid(randomBytes: (length: number) => Buffer): string {
  const hex = randomBytes(16).toString('hex')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8'
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
