import { hexAt, hexDigit } from '../bytes.ts'
import { narrow } from './url.ts'

/** What a letter after a backslash means in ANSI C. */
const controls: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
])

/**
 * ANSI C escapes: \a \b \f \n \r \t \v \\ \? \' \" \xHH \OOO (modulo 256). Of what is none, the backslash goes.
 * Source: ModSecurity reference, escapeSeqDecode.
 */
export function escapeSeqDecode(text: string): string {
  return unescape(text, (at) => {
    const next = text.charAt(at + 1)
    if (next === '') return undefined
    if (next === 'x' || next === 'X') {
      const value = hexAt(text, at + 2, 2)
      if (value >= 0) return [String.fromCharCode(value), 4]
    }
    const digits = octalDigits(text, at)
    if (digits !== undefined)
      return [String.fromCharCode(Number.parseInt(digits, 8) & 0xff), 1 + digits.length]
    return [controls.get(next) ?? next, 2]
  })
}

/**
 * JavaScript's escapes: \uHHHH (its low byte, full-width ASCII as ASCII), \xHH, octal, and any other escaped character
 * as what it stands for or as itself.
 * Source: ModSecurity reference, jsDecode.
 */
export function jsDecode(text: string): string {
  return unescape(text, (at) => jsEscape(text, at))
}

/**
 * As JS_DECODE, and \u{H...}. A surrogate pair written as two \uHHHH becomes nothing special: each gives its low byte.
 * Differs: AWS does not publish what JS_DECODE_EXT adds; this is what ECMAScript has and JS_DECODE lacks.
 */
export function jsDecodeExt(text: string): string {
  return unescape(text, (at) => {
    const braced = text.charAt(at + 1) === 'u' && text.charAt(at + 2) === '{'
    if (!braced) return jsEscape(text, at)
    let value = 0
    let end = at + 3
    for (let digit = hexDigit(text.charCodeAt(end)); digit >= 0; digit = hexDigit(text.charCodeAt(end))) {
      value = Math.min(value * 16 + digit, 0x11_00_00)
      end += 1
    }
    if (end === at + 3 || text.charAt(end) !== '}' || value > 0x10_ff_ff) return jsEscape(text, at)
    return [String.fromCharCode(narrow(value)), end + 1 - at]
  })
}

function jsEscape(text: string, at: number): Escape | undefined {
  const next = text.charAt(at + 1)
  if (next === '') return undefined
  if (next === 'u') {
    const value = hexAt(text, at + 2, 4)
    if (value >= 0) return [String.fromCharCode(narrow(value)), 6]
  }
  if (next === 'x') {
    const value = hexAt(text, at + 2, 2)
    if (value >= 0) return [String.fromCharCode(value), 4]
  }
  return octal(text, at) ?? [controls.get(next) ?? next, 2]
}

/** One to three octal digits; a third only where the value still fits a byte. */
function octal(text: string, at: number): Escape | undefined {
  const digits = octalDigits(text, at)
  if (digits === undefined) return undefined
  const used = digits.length === 3 && digits > '377' ? digits.slice(0, 2) : digits
  return [String.fromCharCode(Number.parseInt(used, 8)), 1 + used.length]
}

function octalDigits(text: string, at: number): string | undefined {
  return /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
}

/**
 * CSS 2.x escapes: a backslash and one to six hexadecimal digits (the last two make the byte; full-width ASCII becomes
 * ASCII; one white space after them belongs to the escape), a backslash and a newline (nothing), a backslash and any
 * other character (that character).
 * Source: ModSecurity reference, cssDecode.
 */
export function cssDecode(text: string): string {
  return unescape(text, (at) => {
    const digits = /^[0-9a-f]{1,6}/i.exec(text.slice(at + 1, at + 7))?.[0]
    if (digits !== undefined) {
      const byte = narrow(Number.parseInt(digits.slice(-4), 16))
      // With five or six digits the leading ones must be zero for the code to be a full-width one.
      const wide = digits.length > 4 && !/^0+$/.test(digits.slice(0, -4))
      const code = wide ? Number.parseInt(digits.slice(-2), 16) : byte
      const end = at + 1 + digits.length
      const space = /[ \t\n\r\f\v]/.test(text.charAt(end)) ? 1 : 0
      return [String.fromCharCode(code), 1 + digits.length + space]
    }
    const next = text.charAt(at + 1)
    // A lone backslash at the end escapes nothing.
    if (next === '') return ['', 1]
    return [next === '\n' ? '' : next, 2]
  })
}

type Escape = readonly [decoded: string, length: number]

function unescape(text: string, escapeAt: (at: number) => Escape | undefined): string {
  let at = text.indexOf('\\')
  if (at < 0) return text
  let out = ''
  let kept = 0
  while (at >= 0) {
    const escape = escapeAt(at)
    if (escape === undefined) {
      at = text.indexOf('\\', at + 1)
      continue
    }
    out += text.slice(kept, at) + escape[0]
    kept = at + escape[1]
    at = text.indexOf('\\', kept)
  }
  return out + text.slice(kept)
}
