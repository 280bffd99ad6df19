import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type AnswerHead, readAnswerHead } from './answer-head.ts'
import { BodyReader } from './body-reader.ts'
import type { EdgeLimits } from './limits.ts'

/** Why a target gave no answer, or none that can be told. */
export type UpstreamFailure = 'connect' | 'reset' | 'timeout' | 'malformed'

/** Whoever waits for a target's answer. */
export interface AnswerListener {
  readonly onAnswerHead: (head: AnswerHead) => void
  readonly onAnswerPiece: (piece: Buffer) => void
  /** The answer is complete. */
  readonly onAnswerEnd: () => void
  /** All that arrived together has been handed over. */
  readonly onAnswerPause: () => void
  /** `untouched`: the target cannot have seen the request, or not have acted on it, so that another may be asked. */
  readonly onAnswerFailed: (failure: UpstreamFailure, untouched: boolean) => void
  /** The target takes more of the request's body. */
  readonly onUpstreamDrained: () => void
}

export interface UpstreamAddress {
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly address: string
  readonly port: number
}

const nothing: Buffer = Buffer.alloc(0)

/**
 * A connection to a target, kept for one request after another.
 * State: connecting -> asked | idle; asked -> reading the head, then the body -> idle or closed; a 101 makes it raw.
 */
export class Upstream {
  readonly key: string
  readonly #socket: Socket
  readonly #limits: EdgeLimits
  readonly #release: (upstream: Upstream) => void
  #listener: AnswerListener | undefined
  #method = 'GET'
  #unread = nothing
  #looked = 0
  #body: BodyReader | undefined
  #keepAlive = true
  #connected = false
  /** It served a request before: a close right away is the end of an idle connection, not an answer. */
  #reused = false
  #answered = false
  /** Of the request that is asked: answers before the answer. */
  #interims = 0
  #closed = false
  #raw: ((bytes: Buffer) => void) | undefined

  constructor(
    key: string,
    { protocol, address, port }: UpstreamAddress,
    limits: EdgeLimits,
    release: (upstream: Upstream) => void,
  ) {
    this.key = key
    this.#limits = limits
    this.#release = release
    const place = { host: address, port, noDelay: true }
    // A target's certificate is not verified, as with AWS: it may be self-signed, or have expired.
    this.#socket = protocol === 'HTTPS' ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place)
    this.#socket.on(protocol === 'HTTPS' ? 'secureConnect' : 'connect', () => {
      this.#connected = true
    })
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    this.#socket.on('drain', () => this.#listener?.onUpstreamDrained())
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('error', () => this.#fail(this.#connected ? 'reset' : 'connect'))
    this.#socket.on('close', () => this.#fail(this.#connected ? 'reset' : 'connect'))
  }

  get closed(): boolean {
    return this.#closed
  }

  get connected(): boolean {
    return this.#connected
  }

  /** Begins a request; its head and body are then written. */
  ask(listener: AnswerListener, method: string): void {
    this.#listener = listener
    this.#method = method
    this.#answered = false
    this.#interims = 0
    this.#looked = 0
  }

  /** False: wait for `onUpstreamDrained`. */
  write(bytes: Buffer | string): boolean {
    return typeof bytes === 'string' ? this.#socket.write(bytes, 'latin1') : this.#socket.write(bytes)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Ends at once, and tells nobody. */
  cut(): void {
    this.#listener = undefined
    this.#closed = true
    this.#socket.destroy()
  }

  /** Gives up on an answer that does not come. */
  timeOut(): void {
    this.#fail(this.#connected ? 'timeout' : 'connect')
  }

  /** After a 101: bytes are handed on as they come. */
  takeRaw(onBytes: (bytes: Buffer) => void, onClose: () => void): void {
    this.#raw = onBytes
    this.#listener = undefined
    const early = this.#unread
    this.#unread = nothing
    this.#socket.on('close', onClose)
    if (early.length > 0) onBytes(early)
  }

  get socket(): Socket {
    return this.#socket
  }

  #receive(bytes: Buffer): void {
    if (this.#raw) return this.#raw(bytes)
    if (this.#listener === undefined) return this.cut() // What nobody asked for is no answer.
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
    this.#read()
  }

  #read(): void {
    while (this.#body === undefined) {
      const end = this.#unread.indexOf('\r\n\r\n', Math.max(0, this.#looked - 3), 'latin1')
      if (
        end < 0
          ? this.#unread.length > this.#limits.answerHeadBytesMax
          : end > this.#limits.answerHeadBytesMax
      )
        return this.#fail('malformed')
      this.#looked = this.#unread.length
      if (end < 0) return
      const head = readAnswerHead(this.#unread.toString('latin1', 0, end), this.#method, this.#limits)
      if ('malformed' in head) return this.#fail('malformed')
      this.#unread = this.#unread.subarray(end + 4)
      this.#looked = 0
      if (head.status === 101) {
        this.#answered = true
        return this.#listener?.onAnswerHead(head)
      }
      if (head.status < 200) {
        this.#interims += 1
        if (this.#interims > this.#limits.interimAnswersMax) return this.#fail('malformed')
        this.#listener?.onAnswerHead(head)
        continue
      }
      this.#answered = true
      this.#keepAlive = head.keepAlive
      this.#body = new BodyReader(head.body === 'none' ? 0 : head.body, this.#limits)
      this.#listener?.onAnswerHead(head)
    }
    const at = this.#body.read(this.#unread, 0, this.#handOn)
    if (at === 'malformed') return this.#fail('malformed')
    this.#unread = at === this.#unread.length ? nothing : this.#unread.subarray(at)
    if (this.#body.done) this.#complete()
    else this.#listener?.onAnswerPause()
  }

  readonly #handOn = (piece: Buffer): void => this.#listener?.onAnswerPiece(piece)

  #complete(): void {
    const listener = this.#listener
    this.#listener = undefined
    this.#body = undefined
    this.#reused = true
    // Bytes beyond an answer belong to no request.
    if (!this.#keepAlive || this.#unread.length > 0) this.cut()
    listener?.onAnswerEnd()
    if (!this.#closed) this.#release(this)
  }

  #ended(): void {
    if (this.#body?.endsWithConnection === true) this.#complete()
    else this.#fail('reset')
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#closed) return
    this.#closed = true
    const listener = this.#listener
    this.#listener = undefined
    this.#socket.destroy()
    listener?.onAnswerFailed(
      failure,
      failure === 'connect' || (this.#reused && !this.#answered && failure === 'reset'),
    )
  }
}
