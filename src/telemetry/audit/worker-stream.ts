import { compareSegments, type SegmentName } from '../segment-name.ts'
import { withoutSum } from '../line-sums.ts'
import { type Window, windowsBackwards } from '../windows-backwards.ts'
import type { Position } from './cursor.ts'
import { readRecord, type StoredRecord } from './stored-record.ts'

/** What a scan looks for. */
export interface Sought {
  /** Texts that stand in the line of every match; at least one. The first is looked for first, so it should be the rarest. */
  readonly texts: readonly [string, ...string[]]
  /** Units: milliseconds since 1970, both ends included. */
  readonly startMs: number
  readonly endMs: number
  readonly matches: (record: StoredRecord) => boolean
}

/** A record that matches. */
export interface Match {
  readonly line: string
  readonly record: StoredRecord
  readonly timeMs: number
  /** Where its line ends: reading on from there finds it again. */
  readonly position: Position
}

/** Units: milliseconds. Lines of one worker are in order but for this much: a call that waits (for a hash, for a commit) is written after later ones. */
export const disorderMs = 2 * 60_000
const newline = 0x0a

/** One worker's matching records, newest first, read on demand. */
export class WorkerStream {
  readonly #folder: string
  readonly #sought: Sought
  readonly #needles: readonly Buffer[]
  readonly #remaining: SegmentName[]
  #segment: SegmentName | undefined
  #windows: AsyncGenerator<Window, void, undefined> | undefined
  /** Matches of the window that was read last, oldest first. */
  #matches: Match[] = []
  #unread: Position | undefined

  /** `segments` are the worker's, oldest first; `from` is where to begin, the newest end by default. */
  constructor(folder: string, segments: readonly SegmentName[], sought: Sought, from?: Position) {
    this.#folder = folder
    this.#sought = sought
    this.#needles = sought.texts.map((text) => Buffer.from(text))
    this.#remaining = from
      ? segments.filter((name) => compareSegments(name, from.segment) <= 0)
      : [...segments]
    const newest = this.#remaining.at(-1)
    const resumes = from && newest && compareSegments(newest, from.segment) === 0
    this.#unread = resumes ? from : newest && { segment: newest, end: Number.MAX_SAFE_INTEGER }
  }

  /** The newest match that was not taken yet, if the window read last has one. */
  get head(): Match | undefined {
    return this.#matches.at(-1)
  }

  take(): void {
    this.#matches.pop()
  }

  /** True when there is nothing beyond what `head` still gives. */
  get exhausted(): boolean {
    return this.#unread === undefined
  }

  /** Where to go on later; undefined when nothing is left. */
  get position(): Position | undefined {
    return this.head?.position ?? this.#unread
  }

  /** Reads one window further back. Units of the answer: bytes read. */
  async readOn(): Promise<number> {
    const window = await this.#nextWindow()
    if (!window) return 0
    const { bytes, start } = window
    const segment = this.#segment
    if (!segment) return 0
    if (timeOfLastLine(bytes) < this.#sought.startMs - disorderMs) {
      await this.close()
      return bytes.length
    }
    this.#matches = this.#matchesIn(bytes, start, segment)
    this.#unread = { segment, end: start }
    return bytes.length
  }

  /** Ends the stream: what it has not read is taken to hold nothing more. */
  async close(): Promise<void> {
    this.#unread = undefined
    this.#remaining.length = 0
    await this.#windows?.return()
    this.#windows = undefined
  }

  /** Lets go of the open file, and keeps the position. */
  async pause(): Promise<void> {
    await this.#windows?.return()
    this.#windows = undefined
  }

  async #nextWindow(): Promise<Window | undefined> {
    for (;;) {
      const result = await this.#windows?.next()
      if (result && !result.done) return result.value
      const segment = this.#remaining.pop()
      if (!segment) {
        this.#unread = undefined
        return undefined
      }
      const from =
        this.#unread && compareSegments(this.#unread.segment, segment) === 0 ? this.#unread.end : undefined
      this.#segment = segment
      this.#windows = windowsBackwards(
        this.#folder,
        segment,
        from === Number.MAX_SAFE_INTEGER ? undefined : from,
      )
    }
  }

  #matchesIn(bytes: Buffer, start: number, segment: SegmentName): Match[] {
    const { startMs, endMs, matches } = this.#sought
    const [rarest = Buffer.alloc(0), ...others] = this.#needles
    const found: Match[] = []
    for (let at = bytes.indexOf(rarest); at >= 0;) {
      const lineStart = bytes.lastIndexOf(newline, at) + 1
      const lineEnd = bytes.indexOf(newline, at) // A window ends with a newline.
      const lineBytes = bytes.subarray(lineStart, lineEnd)
      if (others.every((needle) => lineBytes.includes(needle))) {
        const text = lineBytes.toString('utf8')
        const line = segment.summed ? withoutSum(text) : text
        const timeMs = timeOf(line)
        const record = timeMs >= startMs && timeMs <= endMs ? readRecord(line) : undefined
        if (record && matches(record))
          found.push({ line, record, timeMs, position: { segment, end: start + lineEnd + 1 } })
      }
      at = bytes.indexOf(rarest, lineEnd)
    }
    return found
  }
}

const timeLabel = '"eventTime":"'

/** The time of a record's line. Nothing that a caller chooses stands before it with unescaped quotes. */
function timeOf(line: string): number {
  const at = line.indexOf(timeLabel) + timeLabel.length
  return Date.parse(line.slice(at, at + 20))
}

function timeOfLastLine(bytes: Buffer): number {
  const lineStart = bytes.lastIndexOf(newline, bytes.length - 2) + 1
  return timeOf(bytes.subarray(lineStart).toString('utf8'))
}
