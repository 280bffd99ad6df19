import { parseFields } from './fields.ts'
import { bodyTooLarge } from './framing.ts'
import { carriageReturn, chunkLine, lineFeed, notInHead } from './grammar.ts'
import { controlCharacter } from './head.ts'
import type { Http1Limits } from './limits.ts'
import { badRequest, type Refusal, refusal } from './refusal.ts'
import { SectionEnd } from './section-end.ts'

/** Takes the bytes of a chunk, or refuses them. */
export type Sink = (piece: Buffer) => Refusal | undefined

const sizeDigitsMax = 8

/**
 * Fields that may not trail: other servers may take them for header fields after all. Source: RFC 9110, section 6.5.1 (framing,
 * routing, authentication, and what says how to process the content).
 */
const neverTrail =
  'authorization connection content-length content-type expect host te trailer transfer-encoding upgrade'.split(
    ' ',
  )

/**
 * A body in chunks, read piece by piece. Trailer fields are checked and dropped: nothing here asks for one, and taken for header
 * fields they could say what no signature covers. Source: RFC 9112, section 7.1.
 * Differs: line ends are exact; no white space in a chunk's line; extensions and trailers are bounded.
 */
export class ChunkedBody {
  readonly #limits: Http1Limits
  readonly #sink: Sink
  readonly #trailerEnd = new SectionEnd()
  #expects: 'size' | 'data' | 'data end' | 'trailers' = 'size'
  #chunkBytesLeft = 0
  #bodyBytes = 0
  #extensionBytes = 0

  constructor(limits: Http1Limits, sink: Sink) {
    this.#limits = limits
    this.#sink = sink
  }

  /**
   * Reads on from `at`. Answers where it came to, with `done` where the body has ended; bytes beyond are to be given again, with
   * more after them.
   */
  read(bytes: Buffer, at: number): { readonly at: number; readonly done: boolean } | Refusal {
    let here = at
    for (;;) {
      if (this.#expects === 'trailers') {
        const end = this.#trailersEnd(bytes.subarray(here))
        if (typeof end === 'object') return end
        return end === 'more' ? { at: here, done: false } : { at: here + end, done: true }
      }
      const next =
        this.#expects === 'size'
          ? this.#size(bytes, here)
          : this.#expects === 'data'
            ? this.#data(bytes, here)
            : this.#dataEnd(bytes, here)
      if (typeof next === 'object') return next
      if (next === 'more') return { at: here, done: false }
      here = next
    }
  }

  #size(bytes: Buffer, at: number): number | 'more' | Refusal {
    const { chunkExtensionBytesMax, chunkExtensionsBytesMax, bodyBytesMax } = this.#limits
    const lineBytesMax = sizeDigitsMax + chunkExtensionBytesMax + '\r\n'.length
    const end = bytes.subarray(at, at + lineBytesMax).indexOf(lineFeed)
    if (end < 0)
      return bytes.length - at < lineBytesMax ? 'more' : badRequest('The line of a chunk is too long.')

    const [, digits, extensions = ''] = chunkLine.exec(bytes.toString('latin1', at, at + end)) ?? []
    if (digits === undefined) return badRequest('The size of a chunk is malformed.')
    this.#extensionBytes += extensions.length
    if (extensions.length > chunkExtensionBytesMax || this.#extensionBytes > chunkExtensionsBytesMax) {
      return badRequest('The extensions of chunks are too long.')
    }
    this.#chunkBytesLeft = Number.parseInt(digits, 16)
    this.#bodyBytes += this.#chunkBytesLeft
    if (this.#bodyBytes > bodyBytesMax) return bodyTooLarge(this.#limits)
    this.#expects = this.#chunkBytesLeft === 0 ? 'trailers' : 'data'
    return at + end + 1
  }

  #data(bytes: Buffer, at: number): number | 'more' | Refusal {
    if (at === bytes.length) return 'more'
    const piece = bytes.subarray(at, at + this.#chunkBytesLeft)
    const refused = this.#sink(piece)
    if (refused) return refused
    this.#chunkBytesLeft -= piece.length
    if (this.#chunkBytesLeft === 0) this.#expects = 'data end'
    return at + piece.length
  }

  #dataEnd(bytes: Buffer, at: number): number | 'more' | Refusal {
    const wrong = badRequest('A chunk does not end where its size says.')
    if (at === bytes.length) return 'more'
    if (bytes[at] !== carriageReturn) return wrong
    if (at + 1 === bytes.length) return 'more'
    if (bytes[at + 1] !== lineFeed) return wrong
    this.#expects = 'size'
    return at + 2
  }

  /** How many bytes there are to the end of the body, from the end of the last chunk's line. */
  #trailersEnd(bytes: Buffer): number | 'more' | Refusal {
    if (bytes[0] === carriageReturn && bytes[1] === lineFeed) return 2
    const { trailerBytesMax, headersMax } = this.#limits
    const tooLarge = refusal(431, `The trailer section exceeds ${trailerBytesMax} bytes.`)
    const end = this.#trailerEnd.find(bytes)
    if (end === 'malformed') return controlCharacter()
    if (end === 'more') return bytes.length > trailerBytesMax + 3 ? tooLarge : 'more'
    if (end > trailerBytesMax) return tooLarge
    const text = bytes.toString('latin1', 0, end)
    if (notInHead.test(text)) return controlCharacter()
    const fields = parseFields(text, headersMax)
    if (fields.kind === 'refusal') return fields
    if (neverTrail.some((name) => name in fields.headers))
      return badRequest('A trailer holds a header field.')
    return end + 4
  }
}
