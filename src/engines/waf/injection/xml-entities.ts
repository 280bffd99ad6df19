import { isSpace, runEnd, skipSpace } from './characters.ts'

/** Tells whether an XML document declares what a parser would fetch or expand: entities, or a document type from outside. */
export function declaresEntities(text: string): boolean {
  const plain = fromUtf7(text)
  const upper = plain.includes('<!') ? plain.toUpperCase() : ''
  for (let at = upper.indexOf('<!'); at >= 0; at = upper.indexOf('<!', at + 2)) {
    if (upper.startsWith('<!ENTITY', at) && isSpace(upper.charCodeAt(at + 8))) return true
    // Declarations of a type's own; pages have none.
    if (/^<!(?:ELEMENT|ATTLIST|NOTATION)\s{1,9}[A-Z_%:]/.test(upper.slice(at, at + 24))) return true
    if (/^<!DOCTYPE\s{1,9}[\w:.-]{1,64}\s{0,9}\[/.test(upper.slice(at, at + 96))) return true
    if (upper.startsWith('<!DOCTYPE', at) && isExternal(upper, at + 9)) return true
  }
  return hasInclusion(plain)
}

/** `<!DOCTYPE name SYSTEM "…">`, or PUBLIC with an address that is not one of HTML's own. */
function isExternal(upper: string, start: number): boolean {
  const name = skipSpace(upper, start)
  const after = skipSpace(
    upper,
    runEnd(upper, name, (code) => !isSpace(code) && code !== 62 && code !== 91),
  )
  if (upper.startsWith('SYSTEM', after))
    return !upper.startsWith('ABOUT:LEGACY-COMPAT', skipSpace(upper, after + 6) + 1)
  return upper.startsWith('PUBLIC', after) && !upper.slice(after, after + 300).includes('W3.ORG/TR/')
}

/** XInclude and external style sheets fetch as entities do. */
function hasInclusion(text: string): boolean {
  return (
    text.includes('http://www.w3.org/2001/XInclude') ||
    /<xi:include\s/i.test(text) ||
    (text.includes(':include') && text.includes('parse="text"')) ||
    /<xsl:(?:include|import)\s[^>]{0,200}href\s*=\s*["'](?:https?|file|ftp):/i.test(text)
  )
}

/** UTF-7 hides markup from whoever reads ASCII: only its encodings of markup are resolved. */
function fromUtf7(text: string): string {
  if (!text.includes('ADw')) return text
  return text
    .replaceAll('+ADwAIQ-', '<!')
    .replaceAll(' ADwAIQ-', '<!')
    .replaceAll('+ADw-', '<')
    .replaceAll(' ADw-', '<')
}
