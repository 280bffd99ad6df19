import { isSpace, skipSpace, words, runEnd, isLetter } from './characters.ts'
import { decodeEntities } from './entities.ts'

const directives = words('exec echo include config fsize flastmod printenv set if elif')

/** Tells whether a text holds a server-side include: a comment that a web server executes. */
export function isServerInclude(text: string): boolean {
  const decoded = decodeEntities(text)
  for (let at = decoded.indexOf('<!--'); at >= 0; at = decoded.indexOf('<!--', at + 4)) {
    const hash = skipSpace(decoded, at + 4)
    if (decoded.charAt(hash) !== '#') continue
    const start = skipSpace(decoded, hash + 1)
    const end = runEnd(decoded, start, isLetter)
    if (
      directives.has(decoded.slice(start, end).toLowerCase()) &&
      (end === decoded.length || isSpace(decoded.charCodeAt(end)) || decoded.startsWith('--', end))
    )
      return true
  }
  return false
}
