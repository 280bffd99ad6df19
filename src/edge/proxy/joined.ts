import type { Socket } from 'node:net'
import type { World } from '#core/world.ts'
import type { Upstream } from './upstream.ts'
import { goingAwayFrame, WebSocketFrames } from './websocket-frames.ts'

/** One direction of a joined connection. */
class Way {
  readonly #frames = new WebSocketFrames()
  readonly #write: (bytes: Buffer) => boolean
  readonly #onOver: () => void
  readonly #goodbye: Buffer
  #state: 'open' | 'closing' | 'over' = 'open'

  /** `goodbye`: the frame that this direction is closed with. */
  constructor(write: (bytes: Buffer) => boolean, onOver: () => void, goodbye: Buffer) {
    this.#write = write
    this.#onOver = onOver
    this.#goodbye = goodbye
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  /** Takes a piece on; false where its receiver takes no more for now. */
  pass(piece: Buffer): boolean {
    if (this.#state === 'over') return true
    const frames = this.#frames
    if (this.#state === 'closing') {
      const at = frames.next(piece, 0)
      this.#write(piece.subarray(0, at))
      if (frames.isBetween) this.#finish()
      return true
    }
    for (let at = 0; at < piece.length;) at = frames.next(piece, at)
    return this.#write(piece)
  }

  /** Ends this direction where the frame that is under way ends. */
  close(): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    if (this.#frames.isBetween) this.#finish()
  }

  #finish(): void {
    this.#state = 'over'
    if (!this.#frames.hasClosed) this.#write(this.#goodbye)
    this.#onOver()
  }
}

/**
 * A client's connection and its target's behind a 101, which is a WebSocket: bytes go both ways as they come, until one ends. It can be
 * closed from here, with a close to both ends, between two frames. Source: RFC 6455, sections 5.5.1 and 7.1.1.
 */
export class Joined {
  readonly #nowMs: () => number
  readonly #fromClient: Way
  readonly #fromTarget: Way
  readonly #upstream: Upstream
  readonly #socket: Socket
  #sinceMs: number
  #received = 0
  #sent = 0

  constructor(
    socket: Socket,
    upstream: Upstream,
    { nowMs, randomBytes }: Pick<World, 'nowMs' | 'randomBytes'>,
  ) {
    this.#nowMs = nowMs
    this.#sinceMs = nowMs()
    this.#upstream = upstream
    this.#socket = socket
    this.#fromClient = new Way(
      (piece) => upstream.write(piece),
      () => this.#end(),
      goingAwayFrame(randomBytes(4)),
    )
    this.#fromTarget = new Way(
      (piece) => socket.write(piece),
      () => this.#end(),
      goingAwayFrame(),
    )
  }

  /** Begins; `early`: what the client sent behind its request. */
  begin(early: Buffer): void {
    const [socket, upstream] = [this.#socket, this.#upstream]
    upstream.takeRaw(
      (piece) => {
        this.#sinceMs = this.#nowMs()
        this.#sent += piece.length
        if (!this.#fromTarget.pass(piece)) upstream.pause()
      },
      () => socket.end(),
    )
    socket.on('drain', () => upstream.resume())
    upstream.socket.on('drain', () => socket.resume())
    socket.on('data', (piece: Buffer) => {
      this.#sinceMs = this.#nowMs()
      this.#received += piece.length
      if (!this.#fromClient.pass(piece)) socket.pause()
    })
    socket.on('close', () => upstream.cut())
    if (early.length > 0) this.#fromClient.pass(early)
    socket.resume()
  }

  /** When bytes came last. */
  get sinceMs(): number {
    return this.#sinceMs
  }

  get received(): number {
    return this.#received
  }

  get sent(): number {
    return this.#sent
  }

  /** Closes it for both ends, which may still answer that. */
  close(): void {
    this.#fromTarget.close()
    this.#fromClient.close()
    this.#socket.resume()
    this.#upstream.resume()
  }

  /** A frame that is under way in one direction has its time: a FIN after the close would have the other end give it up. */
  #end(): void {
    if (!this.#fromClient.isOver || !this.#fromTarget.isOver) return
    this.#socket.end()
    this.#upstream.socket.end()
  }
}
