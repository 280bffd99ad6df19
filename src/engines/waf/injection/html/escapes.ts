import { isHexDigit, runEnd } from '../characters.ts'

const lengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

/** Resolves `\xHH`, `\uHHHH`, `\u{…}` and `\0` as scripts do; other backslashes stay. */
export function unescapeScript(text: string): string {
  let at = text.indexOf('\\')
  if (at < 0) return text
  let decoded = ''
  let kept = 0
  while (at >= 0 && at < text.length - 1) {
    const braces = text.charAt(at + 1) === 'u' && text.charAt(at + 2) === '{'
    const digits = at + (braces ? 3 : 2)
    const length = braces ? 6 : lengths.get(text.charAt(at + 1)) ?? 0
    const end = digits + runEnd(text.slice(digits, digits + length), 0, isHexDigit)
    const fits = length > 0 && (braces ? end > digits && text.charAt(end) === '}' : end === digits + length)
    const code = fits ? Number.parseInt(text.slice(digits, end), 16) : -1
    if (code >= 0 && code <= 0x10ffff) {
      decoded += text.slice(kept, at) + String.fromCodePoint(code)
      kept = braces ? end + 1 : end
    }
    at = text.indexOf('\\', Math.max(at + 1, kept))
  }
  return decoded + text.slice(kept)
}
