/**
 * A request as an application reads it: names and values, decoded, by the part of the request and the place within it
 * where they stood. The rules that AWS's fields cannot express look at these.
 */
import { type Place, readings } from '../injection/index.ts'
import { lowerAscii } from '../bytes.ts'
import { remembered } from '../remembered.ts'
import type { WebRequest } from '../request.ts'
import { bodyTexts } from './body.ts'
import { pairTexts, type PlacedText } from './pairs.ts'
import { decodings } from './percent.ts'
import { ReadText, ReadTexts } from './read-text.ts'

export { decodings } from './percent.ts'
export { detectorBits } from './read-text.ts'

/** A part of a request, as the names of managed rules spell it. */
export type Part = 'URIPATH' | 'QUERYARGUMENTS' | 'HEADER' | 'COOKIE' | 'BODY'

/** The places within each part. */
export const placesOf: { readonly [Name in Part]: readonly Place[] } = {
  URIPATH: ['path'],
  QUERYARGUMENTS: ['name', 'value'],
  HEADER: ['header', 'filename'],
  COOKIE: ['name', 'cookie'],
  BODY: ['name', 'value', 'body', 'filename'],
}

/** Of a part with more texts than this, those that repeat others are not read again. */
const manyTexts = 1_000

const none = new ReadTexts([])

/** The texts of one request, each part read when a rule first asks for it. */
export class RequestTexts {
  readonly #request: WebRequest
  readonly #parts = new Map<Part, ReadonlyMap<Place, ReadTexts>>()

  constructor(request: WebRequest) {
    this.#request = request
  }

  of(part: Part, place: Place): readonly string[] {
    return this.read(part, place).all.map(({ text }) => text)
  }

  read(part: Part, place: Place): ReadTexts {
    let texts = this.#parts.get(part)
    if (texts === undefined) {
      texts = byPlace(partTexts(part, this.#request))
      this.#parts.set(part, texts)
    }
    return texts.get(place) ?? none
  }
}

/** Every reading of every text, decoded once and twice. */
function byPlace(placed: readonly PlacedText[]): ReadonlyMap<Place, ReadTexts> {
  const texts = new Map<Place, ReadText[]>()
  for (const { place, text, plus } of placed.length > manyTexts ? distinct(placed) : placed) {
    let list = texts.get(place)
    if (list === undefined) texts.set(place, (list = []))
    for (const read of allReadings(place, text, plus)) list.push(read)
  }
  return new Map([...texts].map(([place, list]) => [place, new ReadTexts(list)] as const))
}

function distinct(placed: readonly PlacedText[]): readonly PlacedText[] {
  const byText = new Map(placed.map((one) => [`${one.place} ${one.plus} ${one.text}`, one] as const))
  return [...byText.values()]
}

function readingsOf(place: Place, text: string, plus: boolean): readonly ReadText[] {
  const read: ReadText[] = []
  for (const decoded of decodings(text, plus))
    for (const reading of readings(decoded, place)) read.push(new ReadText(reading))
  return read
}

// What browsers say of themselves and how forms and programs name what they send is alike in most requests.
const rememberedTexts = 2_048
const rememberedLength = 512
const headerReadings = remembered(
  (text) => readingsOf('header', text, false),
  rememberedTexts,
  rememberedLength,
)
const nameReadings = remembered((text) => readingsOf('name', text, false), rememberedTexts, 64)

/** State: remembers the readings of headers and of plain names, and what detectors have said of them; nothing else. */
function allReadings(place: Place, text: string, plus: boolean): readonly ReadText[] {
  if (place === 'header' && !plus) return headerReadings(text)
  if (place === 'name' && (!plus || !text.includes('+'))) return nameReadings(text)
  return readingsOf(place, text, plus)
}

function partTexts(part: Part, request: WebRequest): readonly PlacedText[] {
  switch (part) {
    case 'URIPATH':
      return [{ place: 'path', text: request.path, plus: false }]
    case 'QUERYARGUMENTS':
      return pairTexts(request.query)
    case 'HEADER':
      return headerTexts(request)
    case 'COOKIE':
      return cookieTexts(request)
    case 'BODY':
      return bodyTexts(request)
  }
}

/** Headers that say how the message is framed or negotiated, not what someone put in. */
const framing: ReadonlySet<string> = new Set([
  'cookie',
  'content-length',
  'connection',
  'transfer-encoding',
  'accept-encoding',
  'content-encoding',
])

/** Headers in which applications expect the name of an upload. */
const namesFile = /^(?:x[-._])?(?:[a-z]+[-._])*file[-._]?name$/

function headerTexts({ headers }: WebRequest): readonly PlacedText[] {
  return headers.flatMap(([name, text]) => {
    const lower = lowerAscii(name)
    if (framing.has(lower)) return []
    const whole: PlacedText = { place: namesFile.test(lower) ? 'filename' : 'header', text, plus: false }
    // An address brings arguments of its own, which whoever counts visits reads.
    const from = /^https?:/i.test(text) ? text.search(/[?#]/) : -1
    if (from < 0) return [whole]
    const inner = pairTexts(text.slice(from + 1).replaceAll(/[?#]/g, '&'))
    return [whole, ...inner.map((pair) => ({ ...pair, place: 'header' as const }))]
  })
}

function cookieTexts({ headers }: WebRequest): readonly PlacedText[] {
  return headers.flatMap(([header, line]) => {
    if (lowerAscii(header) !== 'cookie') return []
    return line.split(';').flatMap((part): readonly PlacedText[] => {
      const equals = part.indexOf('=')
      const value: PlacedText = { place: 'cookie', text: part.slice(equals + 1).trim(), plus: true }
      return equals < 0
        ? [value]
        : [{ place: 'name', text: part.slice(0, equals).trim(), plus: false }, value]
    })
  })
}
