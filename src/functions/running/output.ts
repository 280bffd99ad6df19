import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from '../function-spec.ts'
import { bounds, quotas } from '../quotas.ts'

/** What a function writes, line by line, bounded in each line and in all. */
export class Output {
  readonly #nowMs: () => number
  readonly #take: (line: LogLine) => void
  readonly #rest = new Map<'out' | 'err', { decoder: StringDecoder; text: string }>()
  #bytes = 0
  /** The end of what was written, for LogType Tail. */
  #tail = ''

  constructor(nowMs: () => number, take: (line: LogLine) => void) {
    this.#nowMs = nowMs
    this.#take = take
  }

  /** Another invocation begins: its lines are counted anew. */
  begin(): void {
    this.#bytes = 0
    this.#tail = ''
  }

  get tail(): string {
    return this.#tail
  }

  /** A line of the host's own, which is never left out. */
  say(message: string): void {
    this.#tail = lastBytes(`${this.#tail}${message}\n`)
    this.#take({ timestampMs: this.#nowMs(), message: `${message}\n` })
  }

  write(from: 'out' | 'err', piece: Buffer): void {
    let stream = this.#rest.get(from)
    if (!stream) {
      stream = { decoder: new StringDecoder('utf8'), text: '' }
      this.#rest.set(from, stream)
    }
    const lines = (stream.text + stream.decoder.write(piece)).split('\n')
    stream.text = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    while (stream.text.length > bounds.logLineBytes / 4) {
      this.#line(stream.text.slice(0, bounds.logLineBytes / 4))
      stream.text = stream.text.slice(bounds.logLineBytes / 4)
    }
  }

  /** Ends lines that have no end. */
  flush(): void {
    for (const stream of this.#rest.values()) {
      if (stream.text !== '') this.#line(stream.text)
      stream.text = ''
    }
  }

  #line(text: string): void {
    if (text === complaint) return
    const before = this.#bytes
    this.#bytes += Buffer.byteLength(text) + bounds.logEventBytes
    if (before > bounds.logBytes) return
    if (this.#bytes > bounds.logBytes)
      this.say('[WARN] Redoubt leaves out what the function logs beyond its limit')
    else
      for (let at = 0; at === 0 || at < text.length; at += bounds.logLineBytes / 4)
        this.say(text.slice(at, at + bounds.logLineBytes / 4))
  }
}

/** What `unshare` says when its child is killed, after which it ends with status 1: it is not the function's. */
export const complaint = 'unshare: sigprocmask unblock failed: Invalid argument'

function lastBytes(text: string): string {
  if (text.length <= quotas.logTailBytes) {
    const bytes = Buffer.from(text)
    return bytes.length <= quotas.logTailBytes ? text : bytes.subarray(-quotas.logTailBytes).toString('utf8')
  }
  return Buffer.from(text.slice(-quotas.logTailBytes)).subarray(-quotas.logTailBytes).toString('utf8')
}
