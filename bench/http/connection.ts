import { connect, type Socket } from 'node:net'

/**
 * Hears of an answer. `ok` is false for any status but the one that is wanted, and for a connection that broke. `body` is empty unless the
 * connection reads bodies.
 */
export type OnAnswer = (ok: boolean, body: string) => void

/**
 * One connection of a load generator, as cheap as can be: bytes that were made before, answers told apart by their length alone.
 * A server that closes after each answer (HTTP/1.0) is connected to again.
 */
export class Connection {
  readonly #port: number
  readonly #status: string
  readonly #onAnswer: OnAnswer
  readonly #readsBodies: boolean
  readonly #buffer = Buffer.allocUnsafe(64 * 1024)
  #socket: Socket | undefined
  /** What of the current answer has come, and how much of it there will be; 0 until its head has come. */
  #head = ''
  #body = ''
  #received = 0
  #length = 0
  #ok = false
  #closes = false
  #waiting = false

  constructor(port: number, status: number, onAnswer: OnAnswer, readsBodies = false) {
    this.#port = port
    this.#readsBodies = readsBodies
    this.#status = String(status)
    this.#onAnswer = onAnswer
  }

  /** Sends one request; `onAnswer` is called once when its answer has come whole. */
  send(bytes: Uint8Array): void {
    this.#head = ''
    this.#body = ''
    this.#received = 0
    this.#length = 0
    this.#waiting = true
    this.#socket ??= this.#connect()
    this.#socket.write(bytes)
  }

  close(): void {
    this.#waiting = false
    this.#socket?.destroy()
  }

  #connect(): Socket {
    const socket = connect({
      port: this.#port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: this.#buffer,
        callback: (count) => {
          this.#receive(count)
          return true
        },
      },
    })
    const broke = (): void => {
      if (socket !== this.#socket) return
      this.#socket = undefined
      if (this.#waiting) this.#done(false)
    }
    socket.on('error', broke)
    socket.on('close', broke)
    return socket
  }

  #receive(count: number): void {
    if (this.#length === 0) {
      if (!this.#readHead(count)) return
    } else if (this.#readsBodies) this.#body += this.#buffer.toString('latin1', 0, count)
    this.#received += count
    if (this.#received < this.#length) return
    if (this.#closes) {
      this.#socket?.destroy()
      this.#socket = undefined
    }
    this.#done(this.#ok)
  }

  /** Reads status and length; they nearly always come in one piece. */
  #readHead(count: number): boolean {
    const before = this.#head.length
    this.#head += this.#buffer.toString('latin1', 0, count)
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#head.slice(0, end + 2)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`an answer without a length:\n${head}`)
    this.#received = before
    this.#length = end + 4 + Number(length)
    if (this.#readsBodies) this.#body = this.#head.slice(end + 4)
    this.#ok = head.startsWith(this.#status, 9)
    this.#closes = head.startsWith('HTTP/1.0') || /\r\nconnection: *close/i.test(head)
    return true
  }

  #done(ok: boolean): void {
    this.#waiting = false
    this.#onAnswer(ok, this.#body)
  }
}
