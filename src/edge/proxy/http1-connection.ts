import type { Socket } from 'node:net'
import { reasonPhrases, SectionEnd } from '#wire/http1/index.ts'
import type { EdgeRequest, Header } from '../request.ts'
import { BodyReader } from './body-reader.ts'
import type { Client } from './client.ts'
import type { Kept, Place } from './connection.ts'
import { Exchange } from './exchange.ts'
import { fieldLines } from './head-text.ts'
import { Joined } from './joined.ts'
import { pageOf } from './pages.ts'
import { readRequestHead, type RequestHead } from './request-head.ts'
import { logBug, type Shared } from './shared.ts'
import type { Upstream } from './upstream.ts'

const nothing: Buffer = Buffer.alloc(0)

/** Pieces up to here are copied behind the head, so that both leave in one write. Units: bytes. */
const copiedBytesMax = 16_384

/**
 * A client's connection of HTTP/1: requests are read and answered one after another; what arrives meanwhile waits.
 * One automaton, and therefore one long class: reading, writing and ending share its state.
 * State: head -> body and answer -> head …; closing: the last answer is on its way, what arrives is thrown away; joined: bytes go to and
 * from a target as they come.
 */
export class Http1Connection implements Client, Kept {
  readonly #socket: Socket
  readonly #shared: Shared
  readonly #place: Place
  readonly #openedAtMs: number
  #state: 'head' | 'answering' | 'joined' | 'closing' | 'closed' = 'head'
  #unread = nothing
  readonly #headEnd = new SectionEnd()
  /** Some of a head has been looked at. */
  #begun = false
  #exchange: Exchange | undefined
  #head: RequestHead | undefined
  #request: EdgeRequest | undefined
  #body: BodyReader | undefined
  #bodyWanted = false
  #bodyBytes = 0
  #continued = true
  #keepAlive = true
  #chunkedAnswer = false
  #answered = false
  /** A head that has not been written: it leaves with the first piece. */
  #headText = ''
  #received = 0
  #sent = 0
  #discarded = 0
  #blockedSinceMs = 0
  #sinceMs: number
  #requests = 0
  #idleSec: number | undefined
  #joined: Joined | undefined
  #onJoinedClose: (() => void) | undefined

  constructor(socket: Socket, place: Place, shared: Shared) {
    this.#socket = socket
    this.#place = place
    this.#shared = shared
    this.#openedAtMs = shared.world.nowMs()
    this.#sinceMs = this.#openedAtMs
    socket.on('data', (bytes: Buffer) => this.#guarded(() => this.#receive(bytes)))
    socket.on('drain', () => this.#drained())
    socket.on('end', () => this.#guarded(() => this.#clientEnded()))
    socket.on('error', () => undefined) // What breaks closes right after.
    socket.on('close', () => this.#closed())
  }

  // For the exchange.

  get request(): EdgeRequest {
    // An exchange lives no longer than its request is read.
    return this.#request as EdgeRequest
  }

  get port(): number {
    return this.#place.port
  }

  get bodyLength(): number | 'unknown' {
    const body = this.#head?.body ?? 0
    return body === 'chunked' ? 'unknown' : body
  }

  get upgrade(): string | undefined {
    return this.bodyLength === 0 ? this.#head?.upgrade : undefined
  }

  resumeBody(): void {
    this.#bodyWanted = true
    if (!this.#continued) {
      this.#continued = true
      this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
    }
    if (this.#unread.length > 0) process.nextTick(() => this.#guarded(() => this.#readBody()))
    this.#socket.resume()
  }

  pauseBody(): void {
    this.#bodyWanted = false
  }

  closeAfter(): void {
    this.#keepAlive = false
  }

  interim(status: number, headers: readonly Header[]): void {
    if (this.#head?.minorVersion === 1) this.#write(`${this.#statusLine(status)}${fieldLines(headers)}\r\n`)
  }

  head(status: number, headers: readonly Header[], length: number | 'unknown' | 'none'): void {
    this.#answered = true
    const old = this.#head?.minorVersion === 0
    if (this.#body?.done === false || this.#shared.stopping() || this.#tooOld()) this.#keepAlive = false
    if (length === 'unknown' && old) this.#keepAlive = false
    this.#chunkedAnswer = length === 'unknown' && !old
    let text = this.#statusLine(status) + fieldLines(headers)
    if (typeof length === 'number') text += `content-length: ${length}\r\n`
    else if (this.#chunkedAnswer) text += 'transfer-encoding: chunked\r\n'
    if (!this.#keepAlive) text += 'connection: close\r\n'
    else if (old) text += 'connection: keep-alive\r\n'
    this.#headText = `${text}\r\n`
  }

  piece(bytes: Buffer): boolean {
    if (bytes.length === 0) return true
    const before = this.#headText + (this.#chunkedAnswer ? `${bytes.length.toString(16)}\r\n` : '')
    const after = this.#chunkedAnswer ? '\r\n' : ''
    this.#headText = ''
    this.#sent += before.length + bytes.length + after.length
    if (before === '') return this.#taken(this.#socket.write(bytes))
    if (bytes.length <= copiedBytesMax) {
      const whole = Buffer.allocUnsafe(before.length + bytes.length + after.length)
      whole.write(before, 0, 'latin1')
      bytes.copy(whole, before.length)
      whole.write(after, before.length + bytes.length, 'latin1')
      return this.#taken(this.#socket.write(whole))
    }
    this.#socket.cork()
    this.#socket.write(before, 'latin1')
    this.#socket.write(bytes)
    const taken =
      after === ''
        ? this.#socket.writableLength < this.#socket.writableHighWaterMark
        : this.#socket.write(after)
    this.#socket.uncork()
    return this.#taken(taken)
  }

  flush(): void {
    if (this.#headText === '') return
    const text = this.#headText
    this.#headText = ''
    this.#write(text)
  }

  end(): void {
    const last = this.#headText + (this.#chunkedAnswer ? '0\r\n\r\n' : '')
    this.#headText = ''
    if (last !== '') this.#write(last)
    this.#exchange = undefined
    if (this.#state === 'closed') return
    if (!this.#keepAlive) return this.#close()
    this.#state = 'head'
    this.#sinceMs = this.#shared.world.nowMs()
    if (this.#unread.length > 0) process.nextTick(() => this.#guarded(() => this.#readHead()))
    this.#socket.resume()
  }

  fail(): void {
    this.#exchange = undefined
    this.#state = 'closed'
    this.#socket.resetAndDestroy()
  }

  join(headers: readonly Header[], upstream: Upstream, onClosed: () => void): void {
    this.#state = 'joined'
    this.#onJoinedClose = onClosed
    this.#write(`${this.#statusLine(101)}${fieldLines(headers)}connection: upgrade\r\n\r\n`)
    this.#socket.removeAllListeners('data')
    this.#joined = new Joined(this.#socket, upstream, this.#shared.world)
    const early = this.#unread
    this.#unread = nothing
    this.#joined.begin(early)
  }

  counts(): { readonly received: number; readonly sent: number } {
    const { received = 0, sent = 0 } = this.#joined ?? {}
    return { received: this.#received + received, sent: this.#sent + sent }
  }

  // For whoever keeps the connections.

  /** Ends what takes too long; to be called once a second. */
  sweep(nowMs: number): void {
    const { limits } = this.#shared
    const waited = nowMs - this.#sinceMs
    switch (this.#state) {
      case 'head': {
        const idleMs = this.#requests === 0 ? limits.headMsMax : (this.#idleSec ?? 60) * 1000
        if (this.#unread.length > 0 && waited > limits.headMsMax) this.#refuse(408)
        else if (waited > idleMs) this.#cut()
        return
      }
      case 'answering':
        this.#exchange?.sweep(nowMs)
        if (this.#isSlow(nowMs)) {
          if (this.#answered) this.#cut()
          else this.#refuse(408)
        }
        return
      case 'joined':
        if (nowMs - (this.#joined?.sinceMs ?? 0) > (this.#idleSec ?? 60) * 1000) this.#cut()
        return
      case 'closing':
        if (waited > limits.lingerMsMax) this.#cut()
        return
      case 'closed':
    }
  }

  /** The worker stops: a connection that waits for a request ends, any other after its answer; a joined one is closed. */
  stop(): void {
    this.#keepAlive = false
    if (this.#state === 'head' && this.#unread.length === 0) {
      this.#state = 'closed'
      this.#socket.destroySoon() // TLS says goodbye.
    } else if (this.#state === 'joined') {
      this.#state = 'closing'
      this.#sinceMs = this.#shared.world.nowMs()
      this.#joined?.close()
    }
  }

  drain(): void {
    // Each answer says that it is the last, since the worker stops.
  }

  cut(): void {
    this.#cut()
  }

  // Reading.

  #receive(bytes: Buffer): void {
    if (this.#state === 'closing') {
      this.#discarded += bytes.length
      if (this.#discarded > this.#shared.limits.lingerBytesMax) this.#cut()
      return
    }
    if (this.#state === 'closed') return
    if (this.#state === 'head' && this.#unread.length === 0) this.#sinceMs = this.#shared.world.nowMs()
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
    if (this.#state === 'head') this.#readHead()
    else if (this.#bodyWanted) this.#readBody()
    else if (this.#unread.length > this.#shared.limits.headBytesMax) this.#socket.pause()
  }

  #readHead(): void {
    if (this.#state !== 'head') return
    const { limits } = this.#shared
    // One line end before a request is no part of it. Source: RFC 9112, section 2.2.
    if (!this.#begun && this.#unread[0] === 0x0d && this.#unread[1] === 0x0a)
      this.#unread = this.#unread.subarray(2)
    const end = this.#headEnd.find(this.#unread)
    const isTooLong = (typeof end === 'number' ? end : this.#unread.length) > limits.headBytesMax
    if (end === 'malformed' || isTooLong) return this.#refuse(400)
    if (end === 'more') {
      this.#begun = true
      return
    }
    this.#headEnd.reset()
    this.#begun = false
    const head = readRequestHead(this.#unread.toString('latin1', 0, end), limits)
    this.#unread = this.#unread.length === end + 4 ? nothing : this.#unread.subarray(end + 4)
    this.#received = end + 4
    this.#sent = 0
    if (head.kind === 'refused') return this.#refuse(head.status)
    this.#begin(head)
  }

  #begin(head: RequestHead): void {
    const { tls, address, clientPort } = this.#place
    this.#head = head
    this.#request = {
      method: head.method,
      path: head.path,
      query: head.query,
      httpVersion: head.minorVersion === 1 ? '1.1' : '1.0',
      headers: head.headers,
      host: head.host,
      scheme: tls === undefined ? 'http' : 'https',
      client: { address, port: clientPort },
      tls,
      receivedAtMs: this.#shared.world.nowMs(),
    }
    this.#state = 'answering'
    this.#requests += 1
    this.#keepAlive = head.keepAlive
    this.#answered = false
    this.#continued = !head.expectsContinue
    this.#body = head.body === 0 ? undefined : new BodyReader(head.body, this.#shared.limits)
    this.#bodyWanted = false
    this.#bodyBytes = 0
    this.#sinceMs = this.#request.receivedAtMs
    this.#blockedSinceMs = 0
    const exchange = new Exchange(this, this.#shared)
    this.#exchange = exchange
    exchange.begin()
    this.#idleSec = exchange.door?.frontDoor.attributes.idleTimeoutSec ?? this.#idleSec
  }

  #readBody(): void {
    const body = this.#body
    if (body === undefined || body.done || !this.#bodyWanted || this.#state !== 'answering') return
    const unread = this.#unread
    this.#unread = nothing
    const at = body.read(unread, 0, this.#handOn)
    if (at === 'malformed') return this.#malformedBody()
    this.#received += at
    this.#unread = at === unread.length ? nothing : unread.subarray(at)
    if (body.done) this.#exchange?.onBodyEnd()
    else if (!this.#bodyWanted) this.#socket.pause()
  }

  readonly #handOn = (piece: Buffer): void => {
    this.#bodyBytes += piece.length
    this.#exchange?.onBody(piece)
  }

  #malformedBody(): void {
    const exchange = this.#exchange
    if (this.#answered) {
      exchange?.onMalformed(400)
      return this.#cut()
    }
    exchange?.onMalformed(400)
    this.#refuse(400)
  }

  // Ending.

  /** Answers without asking anybody, and ends: where the next request would begin, nobody can tell. */
  #refuse(status: number): void {
    this.#keepAlive = false
    this.#chunkedAnswer = false
    this.#exchange?.onMalformed(status)
    this.#exchange = undefined
    const { headers, body } = pageOf(status)
    this.#headText = ''
    const text = `${this.#statusLine(status)}${fieldLines(headers)}content-length: ${body.length}\r\nconnection: close\r\n\r\n`
    this.#write(`${text}${String(body)}`)
    this.#close()
  }

  /** Nothing follows; the client is to read the answer, and not of a reset (RFC 9112, section 9.6). */
  #close(): void {
    this.#state = 'closing'
    this.#unread = nothing
    this.#sinceMs = this.#shared.world.nowMs()
    this.#socket.end()
    this.#socket.resume()
  }

  #clientEnded(): void {
    if (this.#state === 'joined' || this.#state === 'closing') return void this.#socket.end()
    if (this.#state === 'head') return void (this.#unread.length > 0 ? this.#refuse(400) : this.#socket.end())
    // Half a body is no request; a client that only says that it sends no more gets its answer.
    if (this.#body?.done === false) {
      this.#exchange?.onGone()
      this.#cut()
    } else this.#keepAlive = false
  }

  #cut(): void {
    this.#state = 'closed'
    this.#socket.destroy()
  }

  #closed(): void {
    this.#state = 'closed'
    this.#unread = nothing
    this.#exchange?.onGone()
    this.#exchange = undefined
    this.#onJoinedClose?.()
    this.#onJoinedClose = undefined
  }

  // Writing.

  #write(text: string): void {
    this.#sent += text.length
    this.#taken(this.#socket.write(text, 'latin1'))
  }

  #taken(taken: boolean): boolean {
    if (!taken && this.#blockedSinceMs === 0) this.#blockedSinceMs = this.#shared.world.nowMs()
    return taken
  }

  #drained(): void {
    this.#blockedSinceMs = 0
    this.#exchange?.onClientDrained()
  }

  #statusLine(status: number): string {
    return `HTTP/1.1 ${status} ${reasonPhrases.get(status) ?? ''}\r\n`
  }

  #tooOld(): boolean {
    const { clientKeepAliveSec = Infinity } = this.#exchange?.door?.frontDoor.attributes ?? {}
    return this.#shared.world.nowMs() - this.#openedAtMs > clientKeepAliveSec * 1000
  }

  /** A client that takes, or gives, next to nothing. */
  #isSlow(nowMs: number): boolean {
    const { bodyMomentMs, bodyBytesPerSecondMin } = this.#shared.limits
    const idleMs = (this.#idleSec ?? 60) * 1000
    if (this.#blockedSinceMs > 0 && nowMs - this.#blockedSinceMs > idleMs) return true
    const waited = nowMs - this.#sinceMs
    const waits = this.#body?.done === false && this.#bodyWanted
    return waits && waited > bodyMomentMs && this.#bodyBytes < (waited / 1000) * bodyBytesPerSecondMin
  }

  /** A bug ends its connection, and no other. */
  #guarded(task: () => void): void {
    try {
      task()
    } catch (error) {
      logBug(this.#shared, error)
      this.#cut()
    }
  }
}
