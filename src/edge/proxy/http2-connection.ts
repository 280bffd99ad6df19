import http2, {
  type Http2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { notInFieldValue, token } from '#wire/http1/index.ts'
import type { EdgeRequest, Header } from '../request.ts'
import type { Client } from './client.ts'
import type { Kept, Place } from './connection.ts'
import { Exchange } from './exchange.ts'
import { connectionFields, readHttp2Request } from './http2-request.ts'
import { logBug, type Shared } from './shared.ts'

/** Takes connections of HTTP/2; each stream is a request like any other. */
export class Http2Entrance {
  readonly #shared: Shared
  readonly #keep: (connection: Kept, socket: TLSSocket) => void

  constructor(shared: Shared, keep: (connection: Kept, socket: TLSSocket) => void) {
    this.#shared = shared
    this.#keep = keep
  }

  enter(socket: TLSSocket, place: Place): void {
    const { limits } = this.#shared
    const session = http2.performServerHandshake(socket, {
      maxHeaderListPairs: limits.headersMax,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      // Targets repeat fields that should stand once; as with HTTP/1, their clients get what they say.
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        maxConcurrentStreams: limits.streamsMax,
        maxHeaderListSize: limits.headBytesMax,
        initialWindowSize: limits.heldBytesMax,
      },
    })
    this.#keep(new Http2Connection(session, place, this.#shared), socket)
  }
}

const lastStreamIdMax = 2 ** 31 - 1
/** For streams that were opened before their client heard of the end: a round trip, and more. Units: milliseconds. */
const noticeMs = 1_000

class Http2Connection implements Kept {
  readonly #session: ServerHttp2Session
  readonly #shared: Shared
  readonly #streams = new Set<StreamClient>()
  #sinceMs: number
  #resets = 0
  #idleSec = 60

  constructor(session: ServerHttp2Session, place: Place, shared: Shared) {
    this.#session = session
    this.#shared = shared
    this.#sinceMs = shared.world.nowMs()
    session.on('stream', (stream, headers, _flags, raw) => {
      try {
        this.#begin(stream, headers, raw, place)
      } catch (error) {
        logBug(shared, error)
        stream.destroy()
      }
    })
    session.on('error', () => undefined) // What breaks closes right after.
    session.on('frameError', () => undefined)
  }

  #begin(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    raw: readonly string[],
    place: Place,
  ): void {
    const { world, limits } = this.#shared
    this.#sinceMs = world.nowMs()
    stream.on('error', () => undefined)
    const request = readHttp2Request(headers, raw, place, this.#sinceMs)
    if (request === undefined) {
      stream.close(http2.constants.NGHTTP2_PROTOCOL_ERROR)
      return
    }
    const client = new StreamClient(stream, request, place.port, this.#shared)
    this.#streams.add(client)
    stream.once('close', () => {
      this.#streams.delete(client)
      this.#sinceMs = world.nowMs()
      if (stream.rstCode === http2.constants.NGHTTP2_CANCEL || stream.aborted) this.#resets += 1
      // Streams that are opened and reset at once cost their server work, and their client nothing.
      if (this.#resets > limits.resetsMax) this.#session.destroy()
    })
    client.begin()
    this.#idleSec = client.idleSec ?? this.#idleSec
  }

  sweep(nowMs: number): void {
    for (const stream of this.#streams) stream.sweep(nowMs)
    if (this.#streams.size === 0 && nowMs - this.#sinceMs > this.#idleSec * 1000) this.#session.close()
    this.#resets = Math.max(0, this.#resets - 10)
  }

  stop(): void {
    this.#session.close()
  }

  /** Source: RFC 9113, section 6.8: first that the end is near, and only then which streams are still served. */
  drain(): void {
    this.#session.goaway(http2.constants.NGHTTP2_NO_ERROR, lastStreamIdMax)
    this.#shared.world.after(noticeMs, () => this.#session.close())
  }

  cut(): void {
    this.#session.destroy()
  }
}

/** One stream as the client of its request. */
class StreamClient implements Client {
  readonly request: EdgeRequest
  readonly port: number
  readonly upgrade = undefined
  readonly bodyLength: number | 'unknown'
  readonly #stream: ServerHttp2Stream
  readonly #exchange: Exchange
  readonly #shared: Shared
  readonly #beganAtMs: number
  #bodyWanted = false
  #bodyEnded: boolean
  /** The client waits to be told that its body is wanted. */
  #isAwaited: boolean
  #received = 0
  #sent = 0

  constructor(stream: ServerHttp2Stream, request: EdgeRequest, port: number, shared: Shared) {
    this.#stream = stream
    this.request = request
    this.port = port
    this.#shared = shared
    this.#beganAtMs = request.receivedAtMs
    this.#bodyEnded = stream.endAfterHeaders
    this.#isAwaited = request.headers.some(([name]) => name === 'expect')
    const length = request.headers.find(([name]) => name === 'content-length')?.[1]
    // A length that does not match what comes is refused by the library.
    this.bodyLength = this.#bodyEnded
      ? 0
      : length !== undefined && /^\d{1,15}$/.test(length)
        ? Number(length)
        : 'unknown'
    this.#exchange = new Exchange(this, shared)
    stream.pause()
    stream.on('data', (bytes: Buffer) => {
      this.#received += bytes.length
      this.#guarded(() => this.#exchange.onBody(bytes))
    })
    stream.on('end', () => this.#guarded(() => this.#ended()))
    stream.on('drain', () => this.#guarded(() => this.#exchange.onClientDrained()))
    stream.on('close', () => this.#guarded(() => this.#exchange.onGone()))
  }

  #ended(): void {
    // A stream that was taken back without an error ends too: half a body is no request.
    if (isOver(this.#stream)) return this.#exchange.onGone()
    this.#bodyEnded = true
    this.#exchange.onBodyEnd()
  }

  /** A bug ends its stream, and no other. */
  #guarded(task: () => void): void {
    try {
      task()
    } catch (error) {
      logBug(this.#shared, error)
      this.#stream.destroy()
    }
  }

  get idleSec(): number | undefined {
    return this.#exchange.door?.frontDoor.attributes.idleTimeoutSec
  }

  begin(): void {
    this.#exchange.begin()
  }

  sweep(nowMs: number): void {
    this.#exchange.sweep(nowMs)
    const { bodyMomentMs, bodyBytesPerSecondMin } = this.#shared.limits
    const waited = nowMs - this.#beganAtMs
    if (
      !this.#bodyEnded &&
      this.#bodyWanted &&
      waited > bodyMomentMs &&
      this.#received < (waited / 1000) * bodyBytesPerSecondMin
    )
      this.#stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  resumeBody(): void {
    this.#bodyWanted = true
    if (this.#isAwaited && !this.#stream.headersSent && !isOver(this.#stream))
      this.#stream.additionalHeaders({ ':status': 100 })
    this.#isAwaited = false
    this.#stream.resume()
  }

  pauseBody(): void {
    this.#bodyWanted = false
    this.#stream.pause()
  }

  closeAfter(): void {
    // A stream's end is no connection's: nothing can be smuggled into the next one.
  }

  interim(status: number, headers: readonly Header[]): void {
    if (!isOver(this.#stream)) this.#stream.additionalHeaders({ ...gathered(headers), ':status': status })
  }

  head(status: number, headers: readonly Header[], length: number | 'unknown' | 'none'): void {
    if (isOver(this.#stream)) return
    const fields = gathered(headers)
    // The library sends no body with a 205, as there should be none.
    if (typeof length === 'number' && status !== 205) fields['content-length'] = String(length)
    this.#stream.respond({ ...fields, ':status': status }, { endStream: length === 'none' })
  }

  piece(bytes: Buffer): boolean {
    if (isOver(this.#stream) || this.#stream.writableEnded) return true
    this.#sent += bytes.length
    return this.#stream.write(bytes)
  }

  flush(): void {
    // The library gathers frames by itself.
  }

  end(): void {
    if (isOver(this.#stream)) return
    this.#stream.end()
    // What the client still sends of its body is not wanted any more.
    if (!this.#bodyEnded) this.#stream.close(http2.constants.NGHTTP2_NO_ERROR)
  }

  fail(): void {
    this.#stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
  }

  join(): void {
    this.fail() // No client of HTTP/2 can have asked for it.
  }

  counts(): { readonly received: number; readonly sent: number } {
    return { received: this.#received, sent: this.#sent }
  }
}

function isOver(stream: Http2Stream): boolean {
  return stream.destroyed || stream.closed
}

/** Fields by lower-case name, on no prototype. INVARIANT: none leaves that HTTP/2 forbids. */
function gathered(headers: readonly Header[]): Record<string, string | string[]> {
  const fields = Object.create(null) as Record<string, string | string[]> // Object.create answers any.
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (connectionFields.has(lower) || !token.test(name) || notInFieldValue.test(value)) continue
    const before = fields[lower]
    fields[lower] = before === undefined ? value : [before, value].flat()
  }
  return fields
}
