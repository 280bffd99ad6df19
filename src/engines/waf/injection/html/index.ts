import { isHexDigit, isLetter, isWord, runEnd, words } from '../characters.ts'
import { unescapeScript, unescapeStyle } from '../escapes.ts'
import { decodeEntities } from '../entities.ts'
import { hasFragment } from './fragments.ts'
import { breaksIntoScript, isJsxValue, runsScript, startsProof } from './script-text.ts'
import { tags, type Attribute, type Beginning, type Tag } from './tags.ts'
import { isScriptAddress, isScriptUrl } from './urls.ts'

/**
 * Tells whether a text would run a script in a page that shows it: as HTML, inside an attribute's value that it closes,
 * as a URL, or inside a string of a script.
 */
export function isCrossSiteScripting(text: string): boolean {
  if (runsInPage(text) || hasFragment(text)) return true
  const decoded = decodeEntities(text)
  if (decoded !== text && (runsInPage(decoded) || hasFragment(decoded))) return true
  if (hidesTag(text)) return true
  const unescaped = respelled(unescapeScript(decoded))
  if (unescaped !== decoded && runsInPage(unescaped)) return true
  const stripped = withoutTags(decoded)
  return stripped !== decoded && (hasHandler(stripped) || breaksIntoScript(stripped))
}

/**
 * Brackets that databases and old browsers turn into those of tags: full-width ones, those that code pages map to their
 * nearest, US-ASCII's with the eighth bit set (also read from UTF-8), UTF-7's, and a script's octal escapes.
 */
function respelled(text: string): string {
  if (!text.includes('\\') && !text.includes('+AD') && !beyondAscii.test(text)) return text
  return text
    .replace(/[\uff1c\u2039\u3008\u27e8\ufe64\u2329]|\u00c2?\u00bc|\\0?74(?!\d)|\+ADw-/g, '<')
    .replace(/[\uff1e\u203a\u3009\u27e9\ufe65\u232a]|\u00c2?\u00be|\\0?76(?!\d)|\+AD4-/g, '>')
}

const beyondAscii = /[\u00bc-\uffff]/

/** What is left when a filter takes tags out: `<scr<b>ipt>` and `on<a>load=` come to be whole by it. */
function withoutTags(text: string): string {
  if (!text.includes('<') || !text.includes('>')) return text
  return text.replace(/<[^<>]{0,200}>/g, '')
}

/** A handler of an event that is given a script, wherever it stands: `q=1;onload=alert(1)`. */
function hasHandler(text: string): boolean {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    let end = at
    while (end > 0 && at - end < 9 && text.charCodeAt(end - 1) <= 32) end -= 1
    let start = end
    while (start > 0 && end - start < 30 && isLetter(text.charCodeAt(start - 1))) start -= 1
    if (end - start < 5 || text.slice(start, start + 2).toLowerCase() !== 'on') continue
    if (start > 0 && /[\w.$-]/.test(text.charAt(start - 1))) continue
    const value =
      at + 1 + runEnd(text.slice(at + 1, at + 10), 0, (code) => code <= 32 || code === 34 || code === 39)
    if (startsProof(text, value)) return true
    // Handed to whoever calls it with what went wrong: `onerror=alert;throw 1`.
    if (/^(?:alert|confirm|prompt|eval)\s{0,8}[;,}]/i.test(text.slice(value, value + 20))) return true
  }
  return false
}

/** A character reference for `<` with zeros before its digits or a capital X: no encoder writes it so. */
function hidesTag(text: string): boolean {
  for (let at = text.indexOf('&#'); at >= 0; at = text.indexOf('&#', at + 2)) {
    const reference = text.slice(at + 2, at + 14).toLowerCase()
    const hex = reference.startsWith('x')
    const digits = runEnd(reference, hex ? 1 : 0, isHexDigit)
    const number = reference.slice(hex ? 1 : 0, digits)
    const value = Number.parseInt(number, hex ? 16 : 10)
    if (value === 60 && (number.startsWith('0') || text.charAt(at + 2) === 'X')) return true
  }
  return false
}

const quotedBeginnings: readonly Beginning[] = ['"', "'", '`']

function runsInPage(text: string): boolean {
  if (isScriptAddress(text) || breaksIntoScript(text) || hasScriptStyle(text)) return true
  if (text.includes('<') && anyActive(text, 'data')) return true
  if (!text.includes('=') && !text.includes('<')) return false
  if (endsInHandler(text) || hasHandler(text)) return true
  return (
    anyActive(text, 'unquoted') ||
    anyActive(text, 'attributes') ||
    quotedBeginnings.some((quote) => text.includes(quote) && anyActive(text, quote))
  )
}

function anyActive(text: string, beginning: Beginning): boolean {
  for (const tag of tags(text, beginning)) if (isActive(tag)) return true
  return false
}

/** Elements that load or run something by these attributes alone. */
const loading: ReadonlyMap<string, readonly string[]> = new Map([
  ['iframe', ['src', 'srcdoc']],
  ['frame', ['src']],
  ['object', ['data', 'type', 'classid']],
  ['embed', ['src', 'code']],
  ['applet', ['code', 'archive', 'object']],
  ['base', ['href']],
  ['portal', ['src']],
  ['bgsound', ['src']],
  ['layer', ['src']],
  ['import', ['implementation', 'namespace']],
  ['xml', ['src', 'id']],
  ['handler', ['ev:event', 'id', 'type', 'xml:id']],
  ['isindex', ['action', 'type']],
])

/** Relations by which a browser loads what a link names before anybody follows it. */
const fetching = words(
  'import stylesheet prefetch preload modulepreload prerender preconnect dns-prefetch manifest',
)

function isActive(tag: Tag): boolean {
  const { name, attributes } = tag
  if (name.startsWith('script') && !isWord(name.charCodeAt(6)) && !'-.:'.includes(name.charAt(6) || ' '))
    return true
  if (name === 'script' || name.startsWith('script\\') || name === 'vmlframe') return true
  if (name === '?import' || name === '?xml-stylesheet' || name === '!entity' || name.startsWith('!--[if'))
    return true
  if (name === '!--' && tag.content.startsWith('#')) return false
  if (
    name === 'style' &&
    (isActiveStyle(tag.content) || valueOf(attributes, 'type').toLowerCase().includes('javascript'))
  )
    return true
  if (attributes.some((attribute) => isActiveAttribute(attribute, name))) return true
  const loads = loading.get(name)
  if (loads !== undefined && attributes.some((attribute) => loads.includes(attribute.name))) return true
  if (name === 'meta')
    return (
      valueOf(attributes, 'http-equiv') !== '' &&
      valueOf(attributes, 'http-equiv').toLowerCase() !== 'content-type'
    )
  if (name === 'link') {
    const relation = valueOf(attributes, 'rel').toLowerCase()
    return fetching.has(relation) && valueOf(attributes, 'href') !== ''
  }
  if (name === 'animate' || name === 'set' || name === 'animatetransform') {
    const target = valueOf(attributes, 'attributename').toLowerCase()
    return target.endsWith('href') || target.startsWith('on')
  }
  // A link out of a drawing or a formula; within it, links begin with a number sign.
  if (name !== '' && /^(?!#|data:image\/(?!svg))./.test(valueOf(attributes, 'xlink:href'))) return true
  return false
}

const valueOf = (attributes: readonly Attribute[], name: string): string =>
  attributes.find((attribute) => attribute.name === name)?.value ?? ''

/** Attributes whose values Angular, Vue, Alpine and htmx run as scripts; and what a component's own would not reach. */
const expressions = /^(?:data-)?(?:ng-|v-|x-|hx-|@|:|\(|on-)/
const reaching =
  /(?:^|[^\w.])(?:alert|confirm|prompt|eval|fetch|import)\s{0,4}[(`]|constructor|\bdocument\b|\$event\.(?:view|path|composed)|\blocation\b/i

function isActiveAttribute({ name, value }: Attribute, tag: string): boolean {
  const bare = name.replace(/^["'`]/, '')
  // In an element of the text's own any handler is one; after a quote it must read as a script.
  if (isEventName(bare)) return tag === '' ? runsScript(value) : value !== '' && !isJsxValue(value)
  if (bare === 'dataformatas') return true // Old browsers fill such elements with HTML from elsewhere.
  if (bare === 'srcdoc') return value.includes('<') || value.includes('&')
  if (bare === 'style') return isActiveStyle(value) || leavesStyle(value)
  if (expressions.test(bare) && reaching.test(value)) return true
  // Attributes of browsers long gone, and one whose only use is to send a form elsewhere.
  if (tag !== '' && (bare === 'dynsrc' || bare === 'lowsrc' || bare === 'formaction')) return value !== ''
  // The elements of pages under a name that filters do not know.
  if (bare.startsWith('xmlns:') && value.endsWith('/1999/xhtml')) return true
  if (
    value.includes('<') &&
    /<(?:script|iframe|svg|img|object|embed|math|body|style|link|base)[\s/>]/i.test(value)
  )
    return true
  return value !== '' && bare !== 'content' ? isScriptUrl(value) : value.toLowerCase().includes('javascript:')
}

/** `on` and letters; what follows the letters up to the sign is junk that some browsers drop. */
function isEventName(name: string): boolean {
  if (!name.startsWith('on')) return false
  const end = runEnd(name, 2, isLetter)
  return end >= 5 && (end === name.length || !'-_.'.includes(name.charAt(end)))
}

/** Handlers that an application may have been given as the whole text. */
const handlers = words(
  `onload onerror onclick ondblclick onfocus onblur onmouseover onmouseout onmousedown onmouseup onmousemove onmouseenter onmouseleave
  onkeydown onkeyup onkeypress onsubmit onreset onselect onchange oninput onunload onbeforeunload onresize onscroll ontoggle onstart
  onbegin onend onpageshow onhashchange onpointerenter onpointerover onpointerdown onwheel oncopy oncut onpaste ondrag ondrop
  onanimationstart onanimationend ontransitionend oncontextmenu onabort onmessage onpopstate onplay onloadstart onauxclick`,
)

/** A quote closed and a handler begun, whose value the application would put in: `"onload=`. */
function endsInHandler(text: string): boolean {
  const end = text.trimEnd().length - 1
  if (text.charAt(end) !== '=') return false
  let start = end
  while (start > 0 && end - start < 50 && isLetter(text.charCodeAt(start - 1))) start -= 1
  const before = text.slice(0, start).trimEnd()
  return (
    end - start > 4 &&
    text.slice(start, start + 2).toLowerCase() === 'on' &&
    (before === ''
      ? start > 0 || handlers.has(text.slice(start, end).toLowerCase())
      : '"\'`/'.includes(before.charAt(before.length - 1)))
  )
}

/** `url(javascript:…)`, wherever it stands. */
function hasScriptStyle(text: string): boolean {
  if (!text.includes(':') || text.length > 65_536) return false
  const at = text.toLowerCase().indexOf('javascript')
  if (at < 4) return false
  const before = text
    .slice(Math.max(0, at - 12), at)
    .replaceAll(' ', '')
    .toLowerCase()
  return before.endsWith('url(') || before.endsWith("url('") || before.endsWith('url("')
}

/** A brace closed that the style did not open: the rest is for the style sheet that it is put into. */
function leavesStyle(style: string): boolean {
  const close = style.indexOf('}')
  if (close < 0) return false
  const open = style.indexOf('{')
  return open < 0 || open > close
}

/** Style that runs scripts or fetches more style; comments and escapes within its words do not hide it. */
function isActiveStyle(written: string): boolean {
  const style = unescapeStyle(written)
  let plain = ''
  for (let at = 0; at < style.length; at += 1) {
    if (style.startsWith('/*', at)) {
      const close = style.indexOf('*/', at + 2)
      if (close < 0) break
      at = close + 1
    } else if (style.charCodeAt(at) > 32 && style.charAt(at) !== '\\') plain += style.charAt(at)
  }
  plain = plain.toLowerCase()
  return [
    'expression(',
    '-moz-binding',
    'behavior:',
    'behaviour:',
    'javascript:',
    'vbscript:',
    '@import',
    'xss:',
  ].some((word) => plain.includes(word))
}
