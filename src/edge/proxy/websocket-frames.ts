/** The longest head of a frame. Units: bytes. */
const headBytesMax = 14
const opcodeOfClose = 8

/**
 * Follows the frames of one direction of a WebSocket through pieces of any size, by their lengths alone.
 * Source: RFC 6455, section 5.2.
 */
export class WebSocketFrames {
  readonly #head = Buffer.alloc(headBytesMax)
  #headBytes = 0
  /** Of the frame's payload. */
  #left = 0
  #closed = false

  /** Whether a frame ends where the bytes so far end. */
  get isBetween(): boolean {
    return this.#headBytes === 0 && this.#left === 0
  }

  /** Whether a close has passed: nothing may follow it. */
  get hasClosed(): boolean {
    return this.#closed && this.isBetween
  }

  /** Goes on at a place of a piece to the frame's end, or the piece's: where that is. */
  next(piece: Buffer, from: number): number {
    let at = from
    while (at < piece.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, piece.length - at)
        this.#left -= taken
        at += taken
      } else {
        this.#head[this.#headBytes] = piece[at] ?? 0
        this.#headBytes += 1
        at += 1
        if (this.#headBytes < this.#headLength()) continue
        this.#left = this.#payloadLength()
        this.#closed ||= ((this.#head[0] ?? 0) & 0x0f) === opcodeOfClose
        this.#headBytes = 0
      }
      if (this.#left === 0) return at
    }
    return at
  }

  #headLength(): number {
    if (this.#headBytes < 2) return 2
    const second = this.#head[1] ?? 0
    const [mask, length] = [second & 0x80, second & 0x7f]
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (mask === 0 ? 0 : 4)
  }

  #payloadLength(): number {
    const length = (this.#head[1] ?? 0) & 0x7f
    if (length === 126) return this.#head.readUInt16BE(2)
    return length === 127 ? Number(this.#head.readBigUInt64BE(2)) : length
  }
}

/** 1001: whoever sends it goes away. Source: RFC 6455, section 7.4.1. */
const goingAway = 1001

/** The frame that says so: of a client with a mask that nobody can foresee, of a server without (section 5.1). Units: 4 bytes. */
export function goingAwayFrame(mask?: Uint8Array): Buffer {
  const payload = [goingAway >> 8, goingAway & 0xff]
  if (mask === undefined) return Buffer.from([0x80 | opcodeOfClose, payload.length, ...payload])
  const masked = payload.map((byte, index) => byte ^ (mask[index] ?? 0))
  return Buffer.from([0x80 | opcodeOfClose, 0x80 | payload.length, ...mask, ...masked])
}
