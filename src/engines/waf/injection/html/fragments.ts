import { isLetter, isSpace, runEnd, words } from '../characters.ts'
import { isStatement } from './statements.ts'
import { tags, type Attribute } from './tags.ts'

/** In longer texts such pieces are quoted, and stand for themselves. */
const fragmentMax = 300

/**
 * Whether a short text is a piece of a page or of a script, which only the page that it is put into makes whole: an element
 * that pages consist of and prose does not, a tag without its end, the end of what the text did not begin, a statement.
 */
export function hasFragment(text: string): boolean {
  if (text.length > fragmentMax) return false
  return (
    (text.includes('<') && (hasPageElement(text) || isCutTag(text) || hasSpacedTag(text))) ||
    closesForeign(text) ||
    isReference(text) ||
    isStyle(text) ||
    breaksString(text) ||
    isStatement(text)
  )
}

/** Elements that are something by themselves, where a text begins with them. */
const bareElements = words(
  `iframe frame frameset applet embed svg math xmp plaintext noembed noframes noscript listing isindex keygen bgsound ilayer layer
  marquee blink foreignobject xss html script portal`,
)
/** Elements of pages, forms and drawings, which editors of texts do not write: they count with an attribute. */
const pageElements = words(
  `html body meta base form input button textarea select fieldset keygen isindex svg math style noscript frameset frame iframe
  applet embed bgsound marquee animate animatetransform animatemotion foreignobject maction annotation-xml event-source template
  dialog portal xss ilayer menuitem`,
)
/** Prefixes of the languages of pages, in documents of another. */
const namespaces = words('svg html xhtml math h v vml')

function hasPageElement(text: string): boolean {
  // A whole document is one that somebody has.
  if (/^\s{0,40}<!doctype html\b/i.test(text)) return false
  const first = text.indexOf('<')
  const leads = !/[a-z]{2,}\s+[a-z]{2,}/i.test(text.slice(0, first)) && first < 24
  for (const { name, prefix, attributes, content, start } of tags(text, 'data')) {
    const plain = name.slice(
      0,
      runEnd(name, 0, (code) => isLetter(code) || code === 45),
    )
    if (leads && start === first && bareElements.has(plain)) return true
    // A name that goes on as an attribute: `<svgonload=`, `<importimplementation=`.
    if (name.includes('=') && joined(name)) return true
    if (plain === 'style' && /[{@]/.test(content)) return true
    // Editors write whole addresses; a network path takes its scheme from the page that it is put into.
    if (plain === 'a' && attributes.some(({ name: key, value }) => key === 'href' && isHiddenHost(value)))
      return true
    const written = attributes.some(isWritten)
    if (written && pageElements.has(plain)) return true
    if (written && prefix !== '' && namespaces.has(prefix)) return true
  }
  return false
}

/** An address without a scheme, with white space or escapes in its host, or with a dot that ends the host. */
function isHiddenHost(url: string): boolean {
  return /^\s*(?:\/\/|https?:\/\/(?:[^/?#]{0,100}(?:[\s%]|\.(?:[/?#]|$))|[^/?#]{0,100}https?:)|h\s{0,8}t\s{0,8}t\s{0,8}p\s{0,8}:?\s)/i.test(
    url,
  )
}

/** An attribute with a value as HTML writes it, and not in the braces of JSX. */
function isWritten({ name, value }: Attribute): boolean {
  return /^["'`]?[a-z][\w:.-]*$/.test(name) && value !== '' && !value.startsWith('{')
}

function joined(name: string): boolean {
  return /^(?:import|iframe|frame|embed|object|applet|svg|img|image|input|body|form|video|audio|script|style|link|base|meta|details|marquee)[a-z-]{2,20}=/.test(
    name,
  )
}

/** A tag with an attribute whose end the page is to write: `<a href="x`. */
function isCutTag(text: string): boolean {
  const start = text.lastIndexOf('<')
  return (
    /^<[a-z][a-z0-9]{0,15}[\s/]+(?:[a-z][\w:-]{0,30}(?:\s{0,4}=\s{0,4}(?:"[^"<>]{0,200}"?|'[^'<>]{0,200}'?|[^\s"'<>={]{1,200}))?[\s/]*){0,6}$/i.test(
      text.slice(start),
    ) && text.includes('=', start)
  )
}

const spacedNames = words(
  'form script iframe frame embed object applet svg img body input style link meta base html video audio image details marquee textarea button',
)

/** A tag's name whose letters stand apart, as filters that drop white space join them: `<s c r i p t`. */
function hasSpacedTag(text: string): boolean {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    let name = ''
    let next = at + 1
    while (isSpace(text.charCodeAt(next)) || text.charAt(next) === '/') next += 1
    while (name.length < 12 && isLetter(text.charCodeAt(next))) {
      name += text.charAt(next).toLowerCase()
      const space = runEnd(text, next + 1, isSpace)
      if (space === next + 1) break
      next = space
      if (name.length > 2 && spacedNames.has(name)) return true
    }
    if (spacedNames.has(name) && name.length > 2 && next - at > name.length + 1) return true
  }
  return false
}

/** Elements whose content browsers do not read as markup, or of which a page has one: to end them is to break out. */
const closed = words(
  'html head body title textarea script style noscript xmp noembed noframes iframe plaintext form svg math select option button',
)

/** The end of a comment, of a section or of an element that the text did not begin. */
function closesForeign(text: string): boolean {
  const bare = text.trim()
  // Arrows in prose have words on both sides, or a space after them.
  const arrow = bare.search(/--!?>/)
  if (arrow >= 0 && !bare.includes('<!--') && !/[\p{L}\d]/u.test(bare.slice(0, arrow)))
    if (/^--!?>(?:$|[^\s\w>-])/.test(bare.slice(arrow))) return true
  if (bare.includes(']]>') && !bare.includes('[CDATA[') && /\]\]>(?:\s*$|[<\]"'{;/])/.test(bare)) return true
  // An attribute's value and its tag ended, and a tag begun: `"><b>`.
  if (/^[^<]{0,40}["'`]\s{0,4}\/?\s{0,4}>\s{0,4}<[a-z!/]/i.test(bare)) return true
  if (!bare.includes('</')) return false
  const open = new Map<string, number>()
  for (const [, slash, name] of bare.matchAll(/<(\/?)([a-z]{3,10})(?![\w-])/gi)) {
    if (name === undefined) continue
    const element = name.toLowerCase()
    if (!closed.has(element)) continue
    const depth = (open.get(element) ?? 0) + (slash === '' ? 1 : -1)
    if (depth < 0) return true
    open.set(element, depth)
  }
  return false
}

/** The rest of a character reference whose ampersand a form's reader took for its own: `newline;x`, `#x6a;`. */
function isReference(text: string): boolean {
  if (
    /^(?:newline|tab|colon|lpar|rpar|semi|sol|bsol|lbrace|rbrace|lsqb|rsqb|lbrack|rbrack|equals|excl|grave|period);(?!\s)/i.test(
      text,
    )
  )
    return true
  const [, hex, digits] = /^#(x?)0*([0-9a-f]{1,3});(?=\S|$)/i.exec(text) ?? []
  if (digits === undefined) return false
  const code = Number.parseInt(digits, hex === '' ? 10 : 16)
  return (
    isLetter(code) || code === 9 || code === 10 || code === 13 || code === 40 || code === 58 || code === 60
  )
}

/** Declarations of style that run something, as the whole text. */
function isStyle(text: string): boolean {
  return /^\s*(?:[\w-]{1,30}\s{0,4}:\s{0,4}expr(?:\/\*[^*]{0,40}\*\/)?ession\s{0,4}\(|expression\s{0,4}\((?:alert|eval|document|window|\w{1,20}\()|-moz-binding\s{0,4}:|behaviou?r\s{0,4}:\s{0,4}url\s{0,4}\(|@import\s{0,8}(?:url\s{0,4}\(|['"]))/i.test(
    text,
  )
}

/** A string of a script closed, and something of a page given a value: `';a.b=`, `' in foo.bar=`. */
function breaksString(text: string): boolean {
  return /^[^'"`]{0,20}['"`]\s{0,8}(?:in\b|[;+\-*/|&^?<>!)}\]][;,+\-*/|&^?<>!)}\]\s]{0,8})\s{0,8}[a-z_$][\w$]{0,30}(?:\.[a-z_$][\w$]{0,30}){1,4}\s{0,4}=(?![=>])/i.test(
    text,
  )
}
