import { isUtf8 } from 'node:buffer'
import { hexAt } from '../bytes.ts'

/** A text after percent-decoding it once and, where that differs, twice, each read as UTF-8 where it is UTF-8. */
export function decodings(text: string, plus: boolean): readonly string[] {
  const once = percentDecoded(plus ? text.replaceAll('+', ' ') : text)
  const twice = percentDecoded(once)
  return once === twice ? [characters(once)] : [characters(once), characters(twice)]
}

/** Bytes to bytes, both as Latin-1; what is no escape is left alone. */
function percentDecoded(text: string): string {
  let at = text.indexOf('%')
  if (at < 0) return text
  let decoded = ''
  let kept = 0
  for (; at >= 0; at = text.indexOf('%', at)) {
    const byte = hexAt(text, at + 1, 2)
    if (byte < 0) at += 1
    else {
      decoded += text.slice(kept, at) + String.fromCharCode(byte)
      at += 3
      kept = at
    }
  }
  return decoded + text.slice(kept)
}

function characters(latin1: string): string {
  // eslint-disable-next-line no-control-regex -- All of ASCII, control characters included.
  if (/^[\0-\x7f]*$/.test(latin1)) return latin1
  const bytes = Buffer.from(latin1, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1
}
