// What the tests beside it share: reading bytes to the end, whatever their pieces, and a server with a clock that a test moves.
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { HttpResponse } from '../http.ts'
import type { Http1Request, Respond } from './http1-request.ts'
import { createHttp1Server, defaultLimits, type Http1Limits, type Http1Server } from './index.ts'
import { ReceivingBudget } from './receiving-budget.ts'
import { RequestParser } from './request-parser.ts'

export const mebibyte = 1024 * 1024

/** What a parser made of bytes, in a form that compares. */
export interface Reading {
  readonly requests: readonly ReadRequest[]
  /** The status and reason of a refusal, or what was awaited. */
  readonly next: string
}

export interface ReadRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly rawHeaders: readonly string[]
  readonly body: string
  readonly keepAlive: boolean
}

/** Reads all pieces, one after another, as a connection would that answers at once. */
export function read(pieces: readonly Buffer[], limits: Partial<Http1Limits> = {}): Reading {
  const all = { ...defaultLimits, ...limits }
  const parser = new RequestParser(all, new ReceivingBudget(all.receivingBytesMax))
  const requests: ReadRequest[] = []
  for (const piece of pieces) {
    // A connection hands on no empty reads.
    for (let parsed = parser.feed(piece); typeof parsed !== 'string'; parsed = parser.next()) {
      if (parsed.kind === 'refusal') return { requests, next: `${parsed.status} ${parsed.reason}` }
      const { method, path, query, headers, rawHeaders, body, keepAlive } = parsed
      const target = query === '' ? path : `${path}?${query}`
      requests.push({
        method,
        target,
        headers: Object.entries(headers),
        rawHeaders,
        body: body.toString('latin1'),
        keepAlive,
      })
      if (!keepAlive) return { requests, next: 'closed' }
    }
  }
  return { requests, next: parser.awaits }
}

export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Cuts a text before the given places. */
export function cut(whole: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places)].sort((a, b) => a - b).filter((at) => at > 0 && at < whole.length)
  return [0, ...ends].map((from, index) => whole.subarray(from, ends[index]))
}

/** A server on loopback, whose seconds pass when the test says so. */
export interface Rig {
  readonly server: Http1Server
  readonly port: number
  readonly received: Http1Request[]
  readonly bugs: unknown[]
  /** Lets so many seconds pass. */
  readonly tick: (seconds: number) => void
  /** To this server, or to another port. */
  readonly connect: (to?: number) => Client
}

type Handler = (request: Http1Request, respond: Respond) => void

export const ok: HttpResponse = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' }

/** Starts a server that answers `ok`, or as `handle` does. */
export async function rig(
  t: TestContext,
  handle: Handler = (_, respond) => respond(ok),
  limits: Partial<Http1Limits> = {},
): Promise<Rig> {
  const received: Http1Request[] = []
  const bugs: unknown[] = []
  const tasks = new Map<() => void, number>()
  const server = createHttp1Server({
    onRequest(request, respond) {
      received.push(request)
      handle(request, respond)
    },
    onBug: (error) => void bugs.push(error),
    nowMs: () => 1_700_000_000_000,
    every(everyMs, task) {
      tasks.set(task, everyMs)
      return () => void tasks.delete(task)
    },
    limits,
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  const sockets: Socket[] = []
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    const stopped = server.stop(0)
    for (const task of tasks.keys()) task()
    await stopped
  })
  return {
    server,
    port,
    received,
    bugs,
    tick(seconds) {
      for (let second = 0; second < seconds; second += 1) for (const task of tasks.keys()) task()
    },
    connect(to = port) {
      const socket = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true })
      sockets.push(socket)
      return new Client(socket)
    },
  }
}

/** One answer, read by its length. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** A raw socket's end: what is written is what is sent. */
export class Client {
  readonly socket: Socket
  readonly #pieces: Buffer[] = []
  #ended = false
  #reset = false
  #change = Promise.withResolvers<void>()

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (piece: Buffer) => this.#changed(() => this.#pieces.push(piece)))
    socket.on('end', () => this.#changed(() => (this.#ended = true)))
    socket.on('error', () => this.#changed(() => (this.#reset = true)))
    socket.on('close', () => this.#changed(() => undefined))
  }

  #changed(note: () => void): void {
    note()
    this.#change.resolve()
    this.#change = Promise.withResolvers()
  }

  send(text: string | Buffer): void {
    this.socket.write(text, 'latin1')
  }

  /** All that has come. */
  get text(): string {
    return Buffer.concat(this.#pieces).toString('latin1')
  }

  get wasReset(): boolean {
    return this.#reset
  }

  /** Waits for so many answers in all. */
  async answers(count: number, toHead = false): Promise<readonly Answer[]> {
    for (;;) {
      const answers = split(this.text, toHead)
      if (answers.length >= count || this.#ended || this.socket.destroyed) return answers
      await this.#change.promise
    }
  }

  /** Waits until the server has ended its side; answers all that came. */
  async end(): Promise<readonly Answer[]> {
    while (!this.#ended && !this.socket.destroyed) await this.#change.promise
    return split(this.text, false)
  }
}

function split(text: string, toHead: boolean): readonly Answer[] {
  const answers: Answer[] = []
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n\r\n', at)
    if (end < 0) return answers
    const head = text.slice(at, end)
    const length = toHead ? 0 : Number(/^content-length: (\d+)$/m.exec(head.replaceAll('\r', ''))?.[1] ?? 0)
    if (text.length < end + 4 + length) return answers
    answers.push({ status: Number(head.slice(9, 12)), head, body: text.slice(end + 4, end + 4 + length) })
    at = end + 4 + length
  }
}
