import { beginsScript, runsScript } from './script-text.ts'

const scriptSchemes = [
  'javascript:',
  'vbscript:',
  'livescript:',
  'mocha:',
  'jar:javascript:',
  'feed:javascript:',
  'view-source:javascript:',
]
const activeMedia = [
  'text/html',
  'image/svg',
  'application/xhtml',
  'text/xml',
  'application/xml',
  'text/javascript',
  'application/javascript',
  'application/x-javascript',
  'text/vbscript',
  'application/x-shockwave',
]

const schemeBytesMax = 4096

/** What browsers read of a URL: without white space, control characters and a style's backslashes, however many stand within. */
function compact(url: string): string {
  let text = ''
  for (let at = 0; at < url.length && at < schemeBytesMax && text.length < 64; at += 1) {
    const code = url.charCodeAt(at)
    if (code > 32 && code !== 0xa0 && code !== 0xad && code !== 0x200b && code !== 92) text += url.charAt(at)
  }
  return text.toLowerCase()
}

/** Whether following the URL in an attribute runs a script. */
export function isScriptUrl(url: string): boolean {
  const text = compact(url)
  const scheme = scriptSchemes.find((candidate) => text.startsWith(candidate))
  if (scheme !== undefined) {
    const code = text.slice(scheme.length)
    return code !== '' && !code.startsWith('void(0)') && code !== ';' && code !== '//'
  }
  return text.startsWith('data:') && activeMedia.some((media) => text.startsWith(media, 5))
}

/** Whether a whole text is a URL that runs a script: stricter, because prose may begin with "javascript:". */
export function isScriptAddress(text: string): boolean {
  // A scheme that nothing follows yet, by itself or in quotes.
  if (/^\s*["'`]?(?:javascript|vbscript|livescript|jscript):["'`]?\s*$/i.test(text)) return true
  if (!isScriptUrl(text)) return false
  // White space that browsers drop, within the scheme's name: prose has at most one space there.
  if (/^\s*\w+[\t\r\n]/.test(text) && /^\s*(?:\w{1,12}\s{1,8}){1,12}\w{0,12}\s{0,8}:/.test(text)) return true
  const colon = text.indexOf(':')
  if (compact(text).startsWith('data:')) return text.includes(',') || text.includes(';')
  const code = text.slice(colon + 1)
  if (/^\s*(?:java|vb)script:['"`\d]/i.test(text)) return true // A constant: prose has a space there.
  return beginsScript(code, 0) || (runsScript(code) && !code.startsWith(' '))
}
