import type { PlacedText } from './pairs.ts'

const named = /\b(file)?name\*?\s*=\s*(?:"([^"]*)|([^\s;]+))/gi

/**
 * The parts of a multipart form, by its Content-Type: quoted names, file names and contents; `undefined` when it has none.
 * Readers differ in what they take for the boundary and for its line: a part that any of them sees is among these.
 */
export function multipartTexts(body: string, type: string): readonly PlacedText[] | undefined {
  const texts: PlacedText[] = []
  for (const boundary of boundariesOf(body, type)) {
    const strict = partsOf(body, `--${boundary}`, true)
    const lenient = partsOf(body, `--${boundary}`, false)
    for (const part of strict) texts.push(...partTexts(part))
    if (lenient.length > strict.length) for (const part of lenient) texts.push(...partTexts(part))
  }
  return texts.length === 0 ? undefined : texts
}

const parameter = /\bboundary(?:\*\d*\*?)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s;,]*))/gi

/**
 * What the type names, however it spells it, first or last or in pieces, and what the body begins with.
 * Source: RFC 2045, section 5.1; RFC 2231, sections 3 and 4.
 */
function boundariesOf(body: string, type: string): readonly string[] {
  const given = [...type.matchAll(parameter)].map(
    ([, quoted, bare = '']) => quoted?.replaceAll(/\\(.)/g, '$1') ?? bare,
  )
  const ends = [given[0] ?? '', given.at(-1) ?? '']
  const line = /\r?\n/.exec(body)
  const first = line === null ? '' : body.slice(0, line.index).trimEnd()
  const all = [
    ...ends,
    ...ends.map((text) => text.slice(text.lastIndexOf("'") + 1)),
    given.join(''),
    first.startsWith('--') ? first.slice(2) : '',
  ]
  return [...new Set(all)].filter((boundary) => boundary !== '')
}

/** What stands behind each line that begins with the delimiter; if `strict`, that consists of it. Source: RFC 2046, section 5.1.1. */
function partsOf(body: string, delimiter: string, strict: boolean): readonly string[] {
  const parts: string[] = []
  let start = -1
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    const end = at + delimiter.length
    if (at > 0 && body.charAt(at - 1) !== '\n') continue
    if (strict && !/^(?:--|[ \t]*(?:\r?\n|$))/.test(body.slice(end, end + 128))) continue
    if (start >= 0) parts.push(body.slice(start, at))
    start = end
  }
  if (start >= 0) parts.push(body.slice(start))
  return parts
}

function partTexts(part: string): readonly PlacedText[] {
  const blank = /\r?\n\r?\n/.exec(part)
  const head = blank === null ? part : part.slice(0, blank.index)
  const texts = [...head.matchAll(named)].map(([, file, quoted, bare]): PlacedText => ({
    place: file === undefined ? 'name' : 'filename',
    text: quoted ?? bare ?? '',
    plus: false,
  }))
  // Without an empty line it is no part, but whoever takes it for one reads something.
  const content = (blank === null ? part : part.slice(blank.index + blank[0].length)).trimEnd()
  if (blank !== null || !/^-*$/.test(content)) texts.push({ place: 'value', text: content, plus: false })
  return texts
}
