import { isHexDigit, isLetter, runEnd } from '../characters.ts'
import { unescapeScript, unescapeStyle } from '../escapes.ts'
import { decodeEntities } from '../entities.ts'
import { breaksIntoScript, isJsxValue, runsScript } from './script-text.ts'
import { tags, type Attribute, type Beginning, type Tag } from './tags.ts'
import { isScriptAddress, isScriptUrl } from './urls.ts'

/**
 * Tells whether a text would run a script in a page that shows it: as HTML, inside an attribute's value that it closes,
 * as a URL, or inside a string of a script.
 */
export function isCrossSiteScripting(text: string): boolean {
  if (runsInPage(text)) return true
  const decoded = decodeEntities(text)
  if (decoded !== text && runsInPage(decoded)) return true
  if (hidesTag(text)) return true
  const unescaped = respelled(unescapeScript(decoded))
  return unescaped !== decoded && runsInPage(unescaped)
}

/** Brackets that databases and old browsers turn into those of tags: full-width ones, and US-ASCII's with the eighth bit set. */
function respelled(text: string): string {
  return text
    .replaceAll('\uff1c', '<')
    .replaceAll('\uff1e', '>')
    .replaceAll('\u00bc', '<')
    .replaceAll('\u00be', '>')
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
  if (endsInHandler(text)) return true
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

function isActive(tag: Tag): boolean {
  const { name, attributes } = tag
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
    return (relation === 'import' || relation === 'stylesheet') && valueOf(attributes, 'href') !== ''
  }
  if (name === 'animate' || name === 'set' || name === 'animatetransform') {
    const target = valueOf(attributes, 'attributename').toLowerCase()
    return target.endsWith('href') || target.startsWith('on')
  }
  return false
}

const valueOf = (attributes: readonly Attribute[], name: string): string =>
  attributes.find((attribute) => attribute.name === name)?.value ?? ''

function isActiveAttribute({ name, value }: Attribute, tag: string): boolean {
  const bare = name.replace(/^["'`]/, '')
  // In an element of the text's own any handler is one; after a quote it must read as a script.
  if (isEventName(bare)) return tag === '' ? runsScript(value) : value !== '' && !isJsxValue(value)
  if (bare === 'dataformatas') return true // Old browsers fill such elements with HTML from elsewhere.
  if (bare === 'srcdoc') return value.includes('<') || value.includes('&')
  if (bare === 'style') return isActiveStyle(value)
  return value !== '' && bare !== 'content' ? isScriptUrl(value) : value.toLowerCase().includes('javascript:')
}

/** `on` and letters; what follows the letters up to the sign is junk that some browsers drop. */
function isEventName(name: string): boolean {
  if (!name.startsWith('on')) return false
  const end = runEnd(name, 2, isLetter)
  return end >= 5 && (end === name.length || !'-_.'.includes(name.charAt(end)))
}

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
    (before === '' ? start > 0 : '"\'`/'.includes(before.charAt(before.length - 1)))
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
