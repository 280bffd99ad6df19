import { isLetter, isSpace, runEnd, skipSpace } from '../characters.ts'
import { decodeEntities } from '../entities.ts'

export interface Attribute {
  /** Lower case. */
  readonly name: string
  /** Entities resolved, as the browser hands it on. */
  readonly value: string
}

export interface Tag {
  /** Lower case, without a namespace's prefix; empty for what follows a value that the text closed itself. */
  readonly name: string
  /** The namespace's prefix, in lower case; empty without one. */
  readonly prefix: string
  /** Where its bracket stands. */
  readonly start: number
  readonly attributes: readonly Attribute[]
  /** The beginning of what stands between this tag and the next. */
  readonly content: string
}

/** Attributes of one tag, beyond which a browser's page is no page any more; what follows is read as a new tag. */
const attributesMax = 200
const contentMax = 2000

/** How the text begins: as HTML, or inside an attribute's value that this character ends. */
export type Beginning = 'data' | '"' | "'" | '`' | 'unquoted' | 'attributes'

/** Reads the opening tags of a text, each character once. */
export function* tags(text: string, beginning: Beginning): Generator<Tag> {
  let at = 0
  if (beginning !== 'data') {
    at =
      beginning === 'attributes'
        ? 0
        : beginning === 'unquoted'
          ? runEnd(text, 0, (code) => !isSpace(code) && code !== 62)
          : text.indexOf(beginning) + 1
    if (at === 0 && beginning.length === 1) return
    const rest = readAttributes(text, at)
    yield { name: '', prefix: '', start: 0, attributes: rest.attributes, content: '' }
    at = rest.end
  }
  for (at = text.indexOf('<', at); at >= 0; at = text.indexOf('<', at)) {
    // Old browsers drop a NUL before the name.
    const start = runEnd(text, at + 1, (code) => code === 0)
    const first = text.charAt(start)
    if (first === '?' || first === '!') {
      const end = runEnd(text, start + 1, (code) => isLetter(code) || code === 91 || code === 45)
      yield {
        name: text.slice(start, Math.min(end, start + 40)).toLowerCase(),
        prefix: '',
        start: at,
        attributes: [],
        content: text.slice(end, end + contentMax),
      }
      at = end
      continue
    }
    if (!isLetter(text.charCodeAt(start))) {
      at = start
      continue
    }
    const end = runEnd(text, start, (code) => !isSpace(code) && code !== 47 && code !== 62 && code !== 60)
    const name = text.slice(start, Math.min(end, start + 80)).toLowerCase()
    const rest = readAttributes(text, end)
    const colon = name.indexOf(':')
    yield {
      // What only looks like a prefix, `http:`, is the whole name.
      name: colon + 1 < name.length ? name.slice(colon + 1) : name,
      prefix: name.slice(0, Math.max(colon, 0)),
      start: at,
      attributes: rest.attributes,
      content: text.slice(rest.end, rest.end + (interesting.has(name) ? contentMax : 0)),
    }
    at = rest.end
  }
}

const interesting: ReadonlySet<string> = new Set(['style', 'script', 'svg:script'])

/** The attributes from `start` to the end of the tag. */
function readAttributes(
  text: string,
  start: number,
): { readonly attributes: readonly Attribute[]; readonly end: number } {
  const attributes: Attribute[] = []
  let at = start
  while (attributes.length < attributesMax) {
    at = runEnd(text, at, (code) => isSpace(code) || code === 47)
    if (at >= text.length) break
    const code = text.charCodeAt(at)
    if (code === 62) return { attributes, end: at + 1 }
    if (code === 60) break // A new tag begins: lenient, because texts are cut and joined.
    const end = runEnd(text, at + 1, (c) => !isSpace(c) && c !== 47 && c !== 62 && c !== 61)
    const name = text.slice(at, Math.min(end, at + 80)).toLowerCase()
    at = skipSpace(text, end)
    if (text.charAt(at) !== '=') {
      attributes.push({ name, value: '' })
      at = end
      continue
    }
    at = skipSpace(text, at + 1)
    const value = readValue(text, at)
    attributes.push({ name, value: decodeEntities(value.text) })
    at = value.end
  }
  return { attributes, end: at }
}

function readValue(text: string, start: number): { readonly text: string; readonly end: number } {
  const quote = text.charAt(start)
  if (quote === '"' || quote === "'" || quote === '`') {
    const close = text.indexOf(quote, start + 1)
    if (close >= 0) return { text: text.slice(start + 1, close), end: close + 1 }
    return { text: text.slice(start + 1), end: text.length }
  }
  const end = runEnd(text, start, (code) => !isSpace(code) && code !== 62)
  return { text: text.slice(start, end), end }
}
