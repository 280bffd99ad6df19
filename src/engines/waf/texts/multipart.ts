import type { PlacedText } from './pairs.ts'

const named = /\b(file)?name\*?\s*=\s*(?:"([^"]*)|([^\s;]+))/gi

/** The parts of a multipart form: quoted names, file names and contents; `undefined` when it has none. */
export function multipartTexts(body: string): readonly PlacedText[] | undefined {
  const line = /\r?\n/.exec(body)
  const boundary = line === null ? '' : body.slice(0, line.index)
  if (!boundary.startsWith('--') || boundary.length < 3) return undefined
  const texts: PlacedText[] = []
  for (const part of body.split(boundary).slice(1)) {
    const blank = /\r?\n\r?\n/.exec(part)
    const head = blank === null ? part : part.slice(0, blank.index)
    for (const [, file, quoted, bare] of head.matchAll(named))
      texts.push({ place: file === undefined ? 'name' : 'filename', text: quoted ?? bare ?? '', plus: false })
    if (blank !== null)
      texts.push({ place: 'value', text: part.slice(blank.index + blank[0].length).trimEnd(), plus: false })
  }
  return texts.length === 0 ? undefined : texts
}
