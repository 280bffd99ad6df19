import { ChunkedBody } from '#wire/http1/index.ts'
import type { EdgeLimits } from './limits.ts'

/** Reads a body as it comes, by the length that its head says, and hands its pieces on. */
export class BodyReader {
  readonly #chunks: ChunkedBody | undefined
  #left: number
  #done: boolean
  #sink: (piece: Buffer) => void = () => undefined

  constructor(length: number | 'chunked' | 'close', limits: Pick<EdgeLimits, 'headersMax'>) {
    this.#left = typeof length === 'number' ? length : Infinity
    this.#done = length === 0
    this.#chunks =
      length === 'chunked'
        ? new ChunkedBody({ ...chunkLimits, headersMax: limits.headersMax }, (piece) => {
            this.#sink(piece)
            return undefined
          })
        : undefined
  }

  /** Nothing but the connection's end tells where the body ends. */
  get endsWithConnection(): boolean {
    return this.#chunks === undefined && this.#left === Infinity
  }

  get done(): boolean {
    return this.#done
  }

  /**
   * Reads on in `bytes` from `at`, and answers where it came to; what lies beyond is to be given again with more after it. `malformed`:
   * where the next message begins nobody can tell.
   */
  read(bytes: Buffer, at: number, sink: (piece: Buffer) => void): number | 'malformed' {
    if (this.#done) return at
    if (this.#chunks) {
      this.#sink = sink
      const read = this.#chunks.read(bytes, at)
      if ('kind' in read) return 'malformed'
      this.#done = read.done
      return read.at
    }
    const piece = bytes.subarray(at, Math.min(bytes.length, at + this.#left))
    this.#left -= piece.length
    this.#done = this.#left === 0
    if (piece.length > 0) sink(piece)
    return at + piece.length
  }
}

/** Bodies have no bound of their own here: they are handed on, not kept. Source of the others: src/wire/http1/limits.ts. */
const chunkLimits = {
  methodBytesMax: 0,
  targetBytesMax: 0,
  headerBytesMax: 0,
  bodyBytesMax: Number.MAX_SAFE_INTEGER,
  chunkExtensionBytesMax: 256,
  chunkExtensionsBytesMax: 16_384,
  trailerBytesMax: 8_192,
  receivingBytesMax: 0,
  connectionsMax: 0,
  headMsMax: 0,
  requestMsMax: 0,
  idleMsMax: 0,
  drainMsMax: 0,
  lingerMsMax: 0,
  lingerBytesMax: 0,
}
