import { isHexDigit, runEnd } from './characters.ts'

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
    const length = braces ? 6 : (lengths.get(text.charAt(at + 1)) ?? 0)
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

/** Resolves CSS's `\HHHHHH ` escapes: one to six digits, one white space after them. */
export function unescapeStyle(style: string): string {
  let at = style.indexOf('\\')
  if (at < 0) return style
  let decoded = ''
  let kept = 0
  while (at >= 0) {
    const digits = runEnd(style.slice(at + 1, at + 7), 0, isHexDigit)
    const code = digits > 1 ? Number.parseInt(style.slice(at + 1, at + 1 + digits), 16) : -1
    if (code > 0 && code <= 0x10ffff) {
      decoded += style.slice(kept, at) + String.fromCodePoint(code)
      kept = at + 1 + digits + (style.charAt(at + 1 + digits) === ' ' ? 1 : 0)
    }
    at = style.indexOf('\\', Math.max(at + 1, kept))
  }
  return decoded + style.slice(kept)
}
