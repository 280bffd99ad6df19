import { ChunkedBody } from './chunked-body.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { carriageReturn, lineFeed } from './grammar.ts'
import { controlCharacter, type Head, parseHead, refuseUnendedHead } from './head.ts'
import type { Http1Limits } from './limits.ts'
import type { ReceivingBudget } from './receiving-budget.ts'
import { badRequest, type Refusal, refusal } from './refusal.ts'
import { SectionEnd } from './section-end.ts'

/** A request that has arrived whole. */
export interface Message {
  readonly kind: 'message'
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Whether the connection may serve another request. */
  readonly keepAlive: boolean
  /** Whether the client reads a body that comes in chunks: HTTP/1.0 knows none. */
  readonly readsChunks: boolean
}

/** `continue`: more is wanted, and the client waits to be told so. */
export type Parsed = Message | Refusal | 'more' | 'continue'

const noBytes: Buffer = Buffer.alloc(0)

/**
 * Reads the requests of one connection: bytes in, one request after another out. No sockets and no time. After a refusal there is
 * nothing more to be read, as nobody can tell where the next request would begin.
 * INVARIANT: what comes out does not depend on the pieces in which the bytes came (request-parser.test.ts).
 */
export class RequestParser {
  readonly #limits: Http1Limits
  readonly #budget: ReceivingBudget
  readonly #headEnd = new SectionEnd()
  readonly #body = new GatheredBytes()
  /** What has arrived and is not read yet: `#unread` from `#at`. */
  #unread = noBytes
  #at = 0
  /** Where `#unread` is memory of our own, to which more can be added. */
  #owned: GatheredBytes | undefined
  /** The request whose body is awaited. */
  #head: Head | undefined
  #chunked: ChunkedBody | undefined
  #taken = 0

  constructor(limits: Http1Limits, budget: ReceivingBudget) {
    this.#limits = limits
    this.#budget = budget
  }

  /** What is awaited: `nothing` where no byte of a further request has come. */
  get awaits(): 'nothing' | 'head' | 'body' {
    if (this.#head) return 'body'
    return this.#unread.length - this.#at === this.#leadingLineEnd() ? 'nothing' : 'head'
  }

  /** Takes what has arrived, and reads. */
  feed(bytes: Buffer): Parsed {
    this.#add(bytes)
    return this.next()
  }

  /** Takes what has arrived while a request is being answered; false where there is no memory for it. */
  hold(bytes: Buffer): boolean {
    this.#add(bytes)
    return this.#settle()
  }

  /** Reads on in what has arrived. */
  next(): Parsed {
    if (this.#head) return this.#readBody(this.#head, false)
    const head = this.#readHead()
    if (typeof head === 'string' || head.kind === 'refusal') return head
    return this.#readBody(head, head.framing.expectsContinue)
  }

  /** The client sends no more: a refusal where that cuts a request short. */
  end(): Refusal | undefined {
    return this.awaits === 'nothing' ? undefined : badRequest('The request is cut short.')
  }

  /** Gives all memory back. */
  release(): void {
    this.#body.take()
    this.#forgetUnread()
    this.#settle()
  }

  #readHead(): Head | Refusal | 'more' {
    if (this.#at === this.#unread.length) return this.#more()
    const start = this.#at + this.#leadingLineEnd()
    const bytes = start === 0 ? this.#unread : this.#unread.subarray(start)
    const end = this.#headEnd.find(bytes)
    if (end === 'malformed') return controlCharacter()
    if (end === 'more') return refuseUnendedHead(bytes, this.#limits) ?? this.#more()
    this.#headEnd.reset()
    this.#at = start + end + 4
    return parseHead(bytes.toString('latin1', 0, end), this.#limits)
  }

  /** One line end before a request is no part of it. Source: RFC 9112, section 2.2. */
  #leadingLineEnd(): 0 | 2 {
    const [unread, at] = [this.#unread, this.#at]
    return unread[at] === carriageReturn && unread[at + 1] === lineFeed ? 2 : 0
  }

  #readBody(head: Head, expectsContinue: boolean): Parsed {
    const { body } = head.framing
    if (body === 'chunked') return this.#readChunks(head, expectsContinue)
    const from = this.#at
    if (this.#body.length === 0 && this.#unread.length - from >= body) {
      this.#at = from + body
      return this.#message(head, body === 0 ? noBytes : this.#unread.subarray(from, from + body))
    }
    const piece = this.#unread.subarray(from, from + body - this.#body.length)
    const refused = this.#gather(piece, body)
    if (refused) return refused
    this.#at += piece.length
    return this.#body.length === body
      ? this.#message(head, this.#body.take())
      : this.#await(head, expectsContinue)
  }

  #readChunks(head: Head, expectsContinue: boolean): Parsed {
    const { bodyBytesMax } = this.#limits
    this.#chunked ??= new ChunkedBody(this.#limits, (piece) => this.#gather(piece, bodyBytesMax))
    const read = this.#chunked.read(this.#unread, this.#at)
    if ('kind' in read) return read
    this.#at = read.at
    return read.done ? this.#message(head, this.#body.take()) : this.#await(head, expectsContinue)
  }

  #message({ line, fields, framing }: Head, body: Buffer): Message {
    this.#head = undefined
    this.#chunked = undefined
    if (!framing.keepAlive) this.#forgetUnread()
    const kept = this.#settle()
    if (!kept) {
      this.#forgetUnread()
      this.#settle()
    }
    const { method, path, query } = line
    const { headers, rawHeaders } = fields
    const keepAlive = framing.keepAlive && kept
    const readsChunks = line.minorVersion === 1
    return { kind: 'message', method, path, query, headers, rawHeaders, body, keepAlive, readsChunks }
  }

  #await(head: Head, expectsContinue: boolean): 'more' | 'continue' | Refusal {
    this.#head = head
    const more = this.#more()
    return more === 'more' && expectsContinue ? 'continue' : more
  }

  #more(): 'more' | Refusal {
    return this.#settle() ? 'more' : tooBusy()
  }

  #gather(piece: Buffer, total: number): Refusal | undefined {
    if (piece.length === 0) return undefined
    const growth = this.#body.capacityFor(piece.length, total) - this.#body.capacity
    if (!this.#take(this.#taken + growth)) return tooBusy()
    this.#body.append(piece, total)
    return undefined
  }

  #add(bytes: Buffer): void {
    if (this.#at === this.#unread.length) {
      this.#forgetUnread()
      this.#unread = bytes
      return
    }
    if (!this.#owned || this.#at > 0) {
      this.#owned = new GatheredBytes()
      this.#owned.append(this.#unread.subarray(this.#at), Infinity)
      this.#at = 0
    }
    this.#owned.append(bytes, Infinity)
    this.#unread = this.#owned.view()
  }

  #forgetUnread(): void {
    this.#unread = noBytes
    this.#at = 0
    this.#owned = undefined
  }

  /** Accounts for the memory that stays taken until more arrives; a read that is not finished keeps its whole buffer. */
  #settle(): boolean {
    if (this.#at === this.#unread.length) this.#forgetUnread()
    return this.#take(this.#body.capacity + (this.#owned?.capacity ?? this.#unread.length))
  }

  #take(bytes: number): boolean {
    if (bytes === this.#taken) return true
    if (!this.#budget.change(this.#taken, bytes)) return false
    this.#taken = bytes
    return true
  }
}

function tooBusy(): Refusal {
  return refusal(503, 'Too many requests are being received; try again.')
}
