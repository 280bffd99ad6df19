/**
 * UTF-8 sequences as `%uxxxx`, so that rules written in ASCII see them; ASCII and bytes that are no UTF-8 stay.
 * Source: ModSecurity reference, utf8toUnicode.
 */
export function utf8ToUnicode(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text
  return text.replace(sequence, (bytes) => {
    const code = codeOf(bytes)
    // Written longer than it needs, half a surrogate pair, or beyond Unicode: no decoder should take it.
    const least = [0x80, 0x8_00, 0x1_00_00][bytes.length - 2] ?? 0
    if (code < least || code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) return bytes
    return `%u${code.toString(16).padStart(4, '0')}`
  })
}

const sequence = /[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}/g

function codeOf(bytes: string): number {
  let code = bytes.charCodeAt(0) & (0x7f >> bytes.length)
  for (let at = 1; at < bytes.length; at += 1) code = code * 64 + (bytes.charCodeAt(at) & 0x3f)
  return code
}
