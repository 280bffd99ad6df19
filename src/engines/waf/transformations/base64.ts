/**
 * Base64, up to the first character that is none.
 * Source: ModSecurity reference, base64Decode.
 */
export function base64Decode(text: string): string {
  const valid = /^[A-Za-z0-9+/]*/.exec(text)?.[0] ?? ''
  return Buffer.from(valid, 'base64').toString('latin1')
}

/**
 * Base64, skipping what is no character of it.
 * Source: ModSecurity reference, base64DecodeExt.
 */
export function base64DecodeExt(text: string): string {
  // Node would take - and _ as the URL-safe alphabet's.
  return Buffer.from(text.replace(/[^A-Za-z0-9+/]+/g, ''), 'base64').toString('latin1')
}

/** Pairs of hexadecimal digits, up to the first that is none; an odd last digit is dropped. */
export function hexDecode(text: string): string {
  return Buffer.from(text, 'hex').toString('latin1')
}

/**
 * MySQL's hexadecimal literals, 0x414243, as the text they stand for.
 * Source: ModSecurity reference, sqlHexDecode.
 */
export function sqlHexDecode(text: string): string {
  if (!/0x/i.test(text)) return text
  return text.replace(/0[xX]((?:[0-9a-fA-F]{2})+)/g, (_whole, digits: string) => hexDecode(digits))
}
