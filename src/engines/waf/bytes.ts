/**
 * How the engine holds bytes: as text with one character for each byte (Latin-1). Comparing, searching and matching
 * then need no decoding, no byte is ever lost to a wrong encoding, and a length is a number of bytes.
 */

/** Bytes as text. */
export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** The UTF-8 bytes of a text, as text. */
export function utf8Bytes(text: string): string {
  // eslint-disable-next-line no-control-regex -- All of ASCII, control characters included, is its own UTF-8.
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** The UTF-8 bytes of one code point, as text. */
export function utf8OfCodePoint(code: number): string {
  return code < 0x80 ? String.fromCharCode(code) : utf8Bytes(String.fromCodePoint(code))
}

/** The value of a hexadecimal digit's character code, or -1. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** The value of `count` hexadecimal digits that stand at `from`, or -1 where there are fewer. */
export function hexAt(text: string, from: number, count: number): number {
  if (from + count > text.length) return -1
  let value = 0
  for (let at = from; at < from + count; at += 1) {
    const digit = hexDigit(text.charCodeAt(at))
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

/** ASCII letters to lower case; every other byte stays. `String.toLowerCase` would change Latin-1 letters too. */
export function lowerAscii(text: string): string {
  // eslint-disable-next-line no-control-regex -- All of ASCII, control characters included.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase()
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** ASCII letters to upper case; every other byte stays. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
}
