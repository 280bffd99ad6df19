import { utf8Bytes } from '../bytes.ts'

/** A text of a JSON document: a member's name or a scalar. */
export interface JsonText {
  readonly kind: 'KEY' | 'VALUE'
  readonly text: string
}

export interface JsonTexts {
  readonly texts: readonly JsonText[]
  /** Where the document stops being JSON; `undefined` when it never does. */
  readonly failedAt: number | undefined
}

/** A JSON pointer's steps, unescaped. Of no steps: the whole document. */
export type Path = readonly string[]

/** AWS writes the whole document as `/`. */
export function parsePath(pointer: string): Path {
  if (pointer === '/') return []
  return pointer
    .slice(1)
    .split('/')
    .map((step) => utf8Bytes(step.replaceAll('~1', '/').replaceAll('~0', '~')))
}

/** Deeper documents count as invalid. Source: our own; JSON parsers in use stop between 100 and 1,000. */
const depthMax = 512

/** An object or an array that is being read. */
interface Level {
  readonly array: boolean
  index: number
  /** The paths that lead further down from here. */
  readonly paths: readonly Path[]
  /** Those that lead further down from the child being read, and whether one has ended there or above. */
  childPaths: readonly Path[]
  inside: boolean
}

/** Source: RFC 8259, section 2. */
const isJsonSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

/**
 * Reads a JSON document as far as it is one, in one pass and without recursion, and gives the texts at or below one of
 * the paths. String texts are decoded to the bytes they mean; numbers and literals stand as they are written.
 *
 * Differs: AWS's parser takes some malformed documents (a missing comma, a missing colon) for valid; this one is strict,
 * so that the rule's fallback decides about them.
 */
export function jsonTexts(source: string, paths: readonly Path[]): JsonTexts {
  const texts: JsonText[] = []
  const whole = paths.some((path) => path.length === 0)
  const open: Level[] = []
  // Many readers drop a mark of UTF-8. Source: RFC 8259, section 8.1.
  let at = source.startsWith('\xef\xbb\xbf') ? 3 : 0
  /** What may come next. */
  let expect: 'value' | 'first value' | 'first key' | 'key' | 'after' = 'value'

  const failed = (): JsonTexts => ({ texts, failedAt: at })
  const skipSpace = (): void => {
    while (isJsonSpace(source.charCodeAt(at))) at += 1
  }
  const isInside = (): boolean => open.at(-1)?.inside ?? whole
  const step = (level: Level, name: string): void => {
    const depth = open.length
    // The parent's own answer holds for all its children.
    const above = open.at(-2)?.inside ?? whole
    level.childPaths = above ? [] : level.paths.filter((path) => path[depth - 1] === name)
    level.inside = above || level.childPaths.some((path) => path.length === depth)
  }

  for (;;) {
    skipSpace()
    const next = source.charAt(at)
    const level = open.at(-1)
    if (expect === 'after') {
      if (level === undefined) return at === source.length ? { texts, failedAt: undefined } : failed()
      if (next === (level.array ? ']' : '}')) {
        open.pop()
      } else if (next === ',') {
        expect = level.array ? 'value' : 'key'
        level.index += 1
        if (level.array) step(level, String(level.index))
      } else return failed()
      at += 1
    } else if (expect === (next === ']' ? 'first value' : 'first key') && (next === ']' || next === '}')) {
      open.pop()
      at += 1
      expect = 'after'
    } else if (expect === 'key' || expect === 'first key') {
      const key = stringAt(source, at)
      if (key === undefined || level === undefined) return failed()
      step(level, key.text)
      if (level.inside) texts.push({ kind: 'KEY', text: key.text })
      at = key.end
      skipSpace()
      if (source.charAt(at) !== ':') return failed()
      at += 1
      expect = 'value'
    } else if (next === '{' || next === '[') {
      if (open.length === depthMax) return failed()
      const inner: Level = {
        array: next === '[',
        index: 0,
        paths: level?.childPaths ?? (whole ? [] : paths),
        childPaths: [],
        inside: false,
      }
      open.push(inner)
      if (inner.array) step(inner, '0')
      at += 1
      expect = inner.array ? 'first value' : 'first key'
    } else {
      const scalar = next === '"' ? stringAt(source, at) : plainAt(source, at)
      if (scalar === undefined) return failed()
      if (isInside()) texts.push({ kind: 'VALUE', text: scalar.text })
      at = scalar.end
      expect = 'after'
    }
  }
}

interface Token {
  readonly text: string
  readonly end: number
}

const plain = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function plainAt(source: string, at: number): Token | undefined {
  plain.lastIndex = at
  const text = plain.exec(source)?.[0]
  return text === undefined ? undefined : { text, end: at + text.length }
}

/** A string as JSON has it: nothing below a space, and no escapes but JSON's. */
function stringAt(source: string, start: number): Token | undefined {
  if (source.charAt(start) !== '"') return undefined
  let escaped = false
  for (let at = start + 1; at < source.length; at += 1) {
    const code = source.charCodeAt(at)
    if (code === 34) {
      const inner = source.slice(start + 1, at)
      return { text: escaped ? unescaped(inner) : inner, end: at + 1 }
    }
    if (code < 32) return undefined
    if (code !== 92) continue
    escaped = true
    escape.lastIndex = at
    const length = escape.exec(source)?.[0].length
    if (length === undefined) return undefined
    at += length - 1
  }
  return undefined
}

const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

function unescaped(inner: string): string {
  // Runs of \u are decoded together: a surrogate pair is one character.
  return inner.replace(/(?:\\u[0-9a-fA-F]{4})+|\\./g, (escape) => {
    const decoded: unknown = JSON.parse(`"${escape}"`)
    return utf8Bytes(String(decoded))
  })
}
