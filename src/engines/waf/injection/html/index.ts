import { isLetter, runEnd } from '../characters.ts'
import { unescapeScript } from './escapes.ts'
import { decodeEntities } from './entities.ts'
import { breaksIntoScript, runsScript } from './script-text.ts'
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
  const unescaped = unescapeScript(decoded)
  return unescaped !== decoded && runsInPage(unescaped)
}

const quotedBeginnings: readonly Beginning[] = ['"', "'", '`']

function runsInPage(text: string): boolean {
  if (isScriptAddress(text) || breaksIntoScript(text)) return true
  if (text.includes('<') && anyActive(text, 'data')) return true
  if (!text.includes('=') && !text.includes('<')) return false
  return anyActive(text, 'unquoted') || quotedBeginnings.some((quote) => text.includes(quote) && anyActive(text, quote))
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
  ['handler', ['id', 'type', 'xml:id']],
  ['isindex', ['action', 'type']],
])

function isActive(tag: Tag): boolean {
  const { name, attributes } = tag
  if (name === 'script' || name.startsWith('script\\') || name === 'vmlframe') return true
  if (name === '?import' || name === '?xml-stylesheet' || name === '!entity' || name.startsWith('!--[if')) return true
  if (name === '!--' && tag.content.startsWith('#')) return false
  if (name === 'style' && isActiveStyle(tag.content)) return true
  if (attributes.some(isActiveAttribute)) return true
  const loads = loading.get(name)
  if (loads !== undefined && attributes.some((attribute) => loads.includes(attribute.name))) return true
  if (name === 'meta') return valueOf(attributes, 'http-equiv') !== '' && valueOf(attributes, 'http-equiv').toLowerCase() !== 'content-type'
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

function isActiveAttribute({ name, value }: Attribute): boolean {
  const bare = name.replace(/^["'`]/, '')
  if (isEventName(bare)) return runsScript(value)
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

/** Style that runs scripts or fetches more style; comments and escapes within its words do not hide it. */
function isActiveStyle(style: string): boolean {
  let plain = ''
  for (let at = 0; at < style.length; at += 1) {
    if (style.startsWith('/*', at)) {
      const close = style.indexOf('*/', at + 2)
      if (close < 0) break
      at = close + 1
    } else if (style.charCodeAt(at) > 32 && style.charAt(at) !== '\\') plain += style.charAt(at)
  }
  plain = plain.toLowerCase()
  return ['expression(', '-moz-binding', 'behavior:', 'behaviour:', 'javascript:', 'vbscript:', '@import', 'xss:'].some((word) => plain.includes(word))
}
