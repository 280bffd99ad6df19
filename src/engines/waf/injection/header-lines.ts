import { isLetter, isSpace, runEnd, skipSpace, words } from './characters.ts'

const names = words(
  `set-cookie location content-type content-length content-disposition transfer-encoding refresh x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip authorization link server host cookie
  access-control-allow-origin cache-control x-xss-protection bcc cc to subject from mime-version content-transfer-encoding`,
)

/** A message that somebody has quoted begins with a header itself. */
function isMessage(text: string): boolean {
  return /^(?:subject|from|to|date|cc): /i.test(text)
}

/** Tells whether a text would end a header's line and begin another header, or a response or message of its own. */
export function isHeaderInjection(text: string): boolean {
  if (text.includes('\n\n') && text.length > 2000) return false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // Characters whose last byte is a line's end were taken for one by servers that cut characters to bytes.
    if (code !== 10 && code !== 13 && code !== 0x560a && code !== 0x560d) continue
    const start = at + 1 + skipSpace(text.slice(at + 1, at + 9), 0)
    const end = runEnd(text, start, (c) => isLetter(c) || c === 45)
    const name = text.slice(start, Math.min(end, start + 40)).toLowerCase()
    const colon = end + runEnd(text.slice(end, end + 8), 0, (c) => isSpace(c) && c !== 10)
    const mail = name.length <= 4 || name === 'subject'
    if (mail && code === 10 && isMessage(text)) continue
    if (text.charAt(colon) === ':' && names.has(name) && (!mail || code === 13 || text.length < 300))
      return !mail || text.includes('@')
    if (text.startsWith('HTTP/1.', start) || text.startsWith('HTTP/0.9', start)) return true
  }
  return false
}
