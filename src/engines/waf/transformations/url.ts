import { hexAt } from '../bytes.ts'

/**
 * `%xx` and `+`; what is no valid escape stays.
 * Source: ModSecurity reference, urlDecode.
 */
export function urlDecode(text: string): string {
  if (!/[%+]/.test(text)) return text
  return decode(text, false)
}

/**
 * As URL_DECODE, and `%uxxxx`: the low byte of the code, with full-width ASCII (U+FF01 to U+FF5E) brought to ASCII.
 * Source: ModSecurity reference, urlDecodeUni.
 */
export function urlDecodeUni(text: string): string {
  if (!/[%+]/.test(text)) return text
  return decode(text, true)
}

function decode(text: string, unicode: boolean): string {
  let out = ''
  let kept = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 43) {
      out += `${text.slice(kept, at)} `
      kept = at + 1
      continue
    }
    if (code !== 37) continue
    const wide = unicode && (text.charCodeAt(at + 1) | 32) === 117
    const value = wide ? hexAt(text, at + 2, 4) : hexAt(text, at + 1, 2)
    if (value < 0) continue
    out += text.slice(kept, at) + String.fromCharCode(wide ? narrow(value) : value)
    at += wide ? 5 : 2
    kept = at + 1
  }
  return out + text.slice(kept)
}

/** A 16-bit code as the byte that a careless origin makes of it. */
export function narrow(code: number): number {
  return code >= 0xff01 && code <= 0xff5e ? (code & 0xff) + 0x20 : code & 0xff
}
