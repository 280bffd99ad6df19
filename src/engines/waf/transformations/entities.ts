import { utf8OfCodePoint } from '../bytes.ts'

/** Named entities and the byte each stands for. Source: ModSecurity reference, htmlEntityDecode. */
const named: ReadonlyMap<string, string> = new Map([
  ['quot', '"'],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['nbsp', '\xa0'],
  ['apos', "'"],
])

/**
 * `&quot; &amp; &lt; &gt; &nbsp; &apos; &#nnnn; &#xhhhh;`, the semicolon being optional as browsers have it. A code above
 * 255 becomes its UTF-8 bytes.
 * Differs: AWS names quot, nbsp, lt and gt; the other two are decoded as well, as ModSecurity (amp) and HTML (apos) do.
 */
export function htmlEntityDecode(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|(quot|amp|lt|gt|nbsp|apos));?/gi,
    (whole, hex, decimal, name) => {
      if (typeof name === 'string') return named.get(name.toLowerCase()) ?? whole
      const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number.parseInt(String(decimal), 10)
      if (!(code <= 0x10_ff_ff)) return whole
      return code <= 0xff ? String.fromCharCode(code) : utf8OfCodePoint(code)
    },
  )
}
