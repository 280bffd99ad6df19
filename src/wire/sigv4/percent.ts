const everyByte = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
)
const unreserved = /[A-Za-z0-9\-._~]/
const clean = /^[A-Za-z0-9\-._~]*$/
const cleanPath = /^[A-Za-z0-9\-._~/]*$/

/** Percent-encodes every byte of a text but the unreserved ones of RFC 3986 (A-Z a-z 0-9 - . _ ~). */
export function percentEncode(text: string): string {
  return clean.test(text) ? text : text.replaceAll(/[^A-Za-z0-9\-._~]/gu, encoded)
}

/** As `percentEncode`, but slashes stay. */
export function percentEncodePath(path: string): string {
  return cleanPath.test(path) ? path : path.replaceAll(/[^A-Za-z0-9\-._~/]/gu, encoded)
}

/**
 * One spelling for every way to write the same bytes in a query: `%7e` and `~`, `%2F` and `%2f`, `+` and `%20`.
 * A `%` that begins no escape stands for itself.
 */
export function percentNormalize(text: string): string {
  if (clean.test(text)) return text
  return text.replaceAll(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/gu, (part) => {
    if (part === '+') return '%20' // Every AWS service reads a query as a form.
    if (part.length !== 3 || part[0] !== '%') return encoded(part)
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16))
    return unreserved.test(character) ? character : part.toUpperCase()
  })
}

function encoded(character: string): string {
  let text = ''
  for (const byte of Buffer.from(character)) text += everyByte[byte] ?? ''
  return text
}
