import type { Socket } from 'node:net'
import type { HttpResponse } from '../http.ts'
import { takeFrom } from '../sockets/index.ts'
import type { Http1Request, Respond } from './http1-request.ts'
import type { Http1Limits } from './limits.ts'
import type { ReceivingBudget } from './receiving-budget.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Message, type Parsed, RequestParser } from './request-parser.ts'
import { asksToClose, type ResponseWriter, type Written } from './response-writer.ts'

/** What all connections of a server share. */
export interface Shared {
  readonly limits: Http1Limits
  readonly budget: ReceivingBudget
  readonly write: ResponseWriter
  readonly onRequest: (request: Http1Request, respond: Respond) => void
  readonly onBug: (error: unknown) => void
  /** Goes up by one each second; deadlines need no finer clock. */
  readonly ticks: () => number
  readonly stopping: () => boolean
}

/** Milliseconds a tick. */
export const tickMs = 1_000

/**
 * One connection's life: requests are read and answered one after another, and whatever goes wrong ends it.
 *
 * - reading: waiting for a request, or for the rest of one
 * - answering: a request is with its handler; what arrives meanwhile is held, and no more is read
 * - streaming: the head has left, and what follows it leaves as it comes
 * - draining: the socket has not taken the whole answer yet, or not yet our end
 * - lingering: our side has ended; what arrives is thrown away, so that the client reads the answer and not of a connection
 *   reset (RFC 9112, section 9.6)
 */
export class Connection {
  readonly #socket: Socket
  readonly #shared: Shared
  readonly #parser: RequestParser
  readonly #sourceIp: string
  #state: 'reading' | 'answering' | 'streaming' | 'draining' | 'lingering' | 'closed' = 'reading'
  /** When what is awaited began to be awaited. Units: ticks. */
  #since: number
  /** No request has been answered yet. */
  #fresh: boolean
  /** Another process accepted it: one more answer, and it ends. */
  readonly #adopted: boolean
  /** `#advance` is running: whoever answers within it need not call it. */
  #advancing = false
  /** No request follows the one that is being answered. */
  #last = false
  #clientEnded = false
  #discardedBytes = 0
  /** Streaming waits for the socket. */
  #onDrained: (() => void) | undefined

  constructor(socket: Socket, shared: Shared, adopted: boolean) {
    this.#socket = socket
    this.#adopted = adopted
    this.#fresh = !adopted
    this.#shared = shared
    this.#parser = new RequestParser(shared.limits, shared.budget)
    this.#sourceIp = sourceIp(socket.remoteAddress)
    this.#since = shared.ticks()
    socket.on('data', (bytes: Buffer) => this.#guarded(() => this.#receive(bytes)))
    socket.on('end', () => this.#guarded(() => this.#end()))
    socket.on('drain', () => this.#guarded(() => this.#drained()))
    socket.on('finish', () => this.#linger())
    socket.on('error', () => undefined) // What breaks closes right after.
    socket.on('close', () => this.#close())
  }

  /** Ends what takes too long; to be called once a tick. */
  sweep(): void {
    const waitedMs = (this.#shared.ticks() - this.#since) * tickMs
    if (waitedMs <= this.#waitMsMax()) return
    if (this.#state === 'reading' && this.#parser.awaits !== 'nothing') {
      this.#refuse(refusal(408, 'The request took too long to arrive.'))
    } else this.cut()
  }

  /**
   * The server stops: a connection that waits for a request ends here, and goes on where it is given to; any other ends after its answer.
   * Ends when the connection has.
   */
  async stop(give: ((descriptor: number) => Promise<void>) | undefined): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve))
    if (this.#state === 'reading' && this.#parser.awaits === 'nothing') {
      const descriptor = give && takeFrom(this.#socket)
      if (give && descriptor !== undefined) {
        this.#close()
        await give(descriptor).catch(() => undefined)
      }
      this.cut()
    }
    await closed
  }

  /** Ends at once. */
  cut(): void {
    this.#close()
    this.#socket.destroy()
  }

  #close(): void {
    this.#state = 'closed'
    this.#parser.release()
    this.#onDrained?.()
  }

  #waitMsMax(): number {
    const { headMsMax, requestMsMax, idleMsMax, drainMsMax, lingerMsMax } = this.#shared.limits
    switch (this.#state) {
      case 'reading': {
        const { awaits } = this.#parser
        if (awaits === 'body') return requestMsMax
        return awaits === 'head' || this.#fresh ? headMsMax : idleMsMax
      }
      case 'draining':
        return drainMsMax
      case 'lingering':
        return lingerMsMax
      case 'streaming':
        return this.#onDrained ? drainMsMax : Infinity
      case 'answering':
      case 'closed':
        return Infinity
    }
  }

  #enter(state: 'reading' | 'answering' | 'streaming' | 'draining' | 'lingering'): void {
    this.#state = state
    this.#since = this.#shared.ticks()
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'reading') {
      if (this.#parser.awaits === 'nothing') this.#since = this.#shared.ticks()
      this.#advance(this.#parser.feed(bytes))
    } else if (this.#last) this.#discard(bytes)
    else {
      this.#socket.pause()
      if (this.#parser.hold(bytes)) return
      this.#last = true
      this.#parser.release()
    }
  }

  #discard(bytes: Buffer): void {
    this.#discardedBytes += bytes.length
    if (this.#discardedBytes <= this.#shared.limits.lingerBytesMax) return
    if (this.#state === 'lingering') this.cut()
    else this.#socket.pause()
  }

  /** Goes on with what was read, request by request, for as long as answers come at once. A loop: requests may be many. */
  #advance(first: Parsed): void {
    this.#advancing = true
    for (let parsed = first; ; parsed = this.#parser.next()) {
      if (typeof parsed === 'string') {
        this.#await(parsed)
        break
      }
      if (parsed.kind === 'refusal') {
        this.#refuse(parsed)
        break
      }
      this.#dispatch(parsed)
      if (this.#state !== 'reading') break
    }
    this.#advancing = false
  }

  #await(parsed: 'more' | 'continue'): void {
    if (parsed === 'continue') this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
    if (this.#clientEnded) this.#endReading()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  #dispatch(message: Message): void {
    const { method, path, query, headers, rawHeaders, body, keepAlive, readsChunks } = message
    const { onRequest, onBug } = this.#shared
    this.#enter('answering')
    this.#last = !keepAlive
    let answered = false
    const respond: Respond = (response) => {
      if (answered) return onBug(new Error('a request was answered twice'))
      answered = true
      this.#guarded(() => this.#answer(method, response, readsChunks))
    }
    try {
      onRequest(
        {
          method,
          path,
          query,
          headers,
          rawHeaders,
          body,
          sourceIp: this.#sourceIp,
          secureTransport: false, // Whoever speaks TLS stands in front, and says so by other means.
        },
        respond,
      )
    } catch (error) {
      onBug(error)
      if (!answered) respond(internalFailure)
    }
  }

  #answer(method: string, response: HttpResponse, chunks: boolean): void {
    const { rest } = response
    if (this.#state !== 'answering') return void rest?.return?.() // The client has gone.
    const { stopping } = this.#shared
    const clientIsDone = this.#clientEnded && this.#parser.awaits === 'nothing'
    this.#last ||= this.#adopted || clientIsDone || stopping() || asksToClose(response)
    this.#fresh = false
    if (rest) {
      this.#last ||= !chunks
      this.#enter('streaming')
      this.#write(method, response, chunks)
      if (method !== 'HEAD') return void this.#stream(rest, chunks)
      void rest.return?.()
      return this.#streamed(true)
    }
    const drained = this.#write(method, response)
    if (this.#last) this.#finish()
    else if (drained) this.#ready()
    else this.#enter('draining')
  }

  /** Sends what comes, and takes no more than the client does. */
  async #stream(rest: NonNullable<HttpResponse['rest']>, chunks: boolean): Promise<void> {
    try {
      for await (const piece of rest) {
        if (this.#state !== 'streaming') return // The client has gone; leaving the loop tells the source.
        if (piece.length > 0 && !this.#writePiece(piece, chunks)) await this.#drain()
      }
    } catch {
      return this.cut() // Half an answer must not look like a whole one.
    }
    if (this.#state !== 'streaming') return
    this.#guarded(() => this.#streamed(!chunks || this.#socket.write('0\r\n\r\n', 'latin1')))
  }

  #writePiece(piece: Uint8Array, chunks: boolean): boolean {
    if (!chunks) return this.#socket.write(piece)
    this.#socket.cork()
    this.#socket.write(`${piece.length.toString(16)}\r\n`, 'latin1')
    this.#socket.write(piece)
    const drained = this.#socket.write('\r\n', 'latin1')
    this.#socket.uncork()
    return drained
  }

  #drain(): Promise<void> {
    this.#since = this.#shared.ticks()
    return new Promise((resolve) => {
      this.#onDrained = () => {
        this.#onDrained = undefined
        resolve()
      }
    })
  }

  #streamed(drained: boolean): void {
    this.#last ||= (this.#clientEnded && this.#parser.awaits === 'nothing') || this.#shared.stopping()
    if (this.#last) this.#finish()
    else if (drained) this.#ready()
    else this.#enter('draining')
  }

  #drained(): void {
    this.#onDrained?.()
    if (this.#state === 'draining' && !this.#last) this.#ready()
  }

  #ready(): void {
    this.#enter('reading')
    if (!this.#advancing) this.#advance(this.#parser.next())
  }

  /** Answers without asking anybody, and ends: where the next request would begin, nobody can tell. */
  #refuse({ status, reason }: Refusal): void {
    this.#last = true
    this.#write('GET', { status, headers: { 'content-type': 'text/plain' }, body: `${reason}\n` })
    this.#finish()
  }

  /** Answers whether the socket has taken it all. */
  #write(method: string, response: HttpResponse, chunks = false): boolean {
    const { write, onBug } = this.#shared
    const context = { method, close: this.#last, chunks }
    let written: Written
    try {
      written = write(response, context)
    } catch (error) {
      onBug(error)
      written = write(internalFailure, context)
    }
    if (typeof written === 'string') return this.#socket.write(written, 'latin1')
    if (Buffer.isBuffer(written)) return this.#socket.write(written)
    const [head, body] = written
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    const drained = this.#socket.write(body)
    this.#socket.uncork()
    return drained
  }

  /** Nothing follows on this connection. */
  #finish(): void {
    this.#enter('draining')
    this.#parser.release()
    this.#socket.end()
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  #linger(): void {
    if (this.#state === 'draining') this.#enter('lingering')
  }

  #end(): void {
    this.#clientEnded = true
    if (this.#state === 'reading') this.#endReading()
  }

  #endReading(): void {
    const cutShort = this.#parser.end()
    if (cutShort) this.#refuse(cutShort)
    else {
      this.#last = true
      this.#finish()
    }
  }

  /** A bug ends its connection, and no other. */
  #guarded(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#shared.onBug(error)
      this.cut()
    }
  }
}

const internalFailure: HttpResponse = { status: 500, headers: {}, body: '' }

/** An IPv4 caller on an IPv6 socket is shown, and compared, as IPv4. */
function sourceIp(remoteAddress: string | undefined): string {
  return remoteAddress?.startsWith('::ffff:') ? remoteAddress.slice(7) : (remoteAddress ?? '')
}
