import { isDigit, isLetter, runEnd } from './characters.ts'

const encodedMin = 12
const encodedMax = 16_384

/**
 * What a text hides that is wholly base64 (either alphabet, padded or not) of printable ASCII; undefined when it is not.
 *
 * A random token decodes to unprintable bytes, so that nothing is read into identifiers and signatures.
 */
export function base64Text(text: string): string | undefined {
  if (text.length < encodedMin) return undefined
  const start = text.startsWith('/') ? 1 : 0
  const end = runEnd(
    text,
    start,
    (code) => isLetter(code) || isDigit(code) || code === 43 || code === 47 || code === 45 || code === 95,
  )
  const padding = runEnd(text, end, (code) => code === 61)
  if (padding !== text.length || end - start < encodedMin || end - start > encodedMax) return undefined
  const decoded = Buffer.from(text.slice(start, end), 'base64').toString('latin1')
  for (let at = 0; at < decoded.length; at += 1) {
    const code = decoded.charCodeAt(at)
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code > 126) return undefined
  }
  return decoded
}
