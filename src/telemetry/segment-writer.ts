import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { withSum } from './line-sums.ts'
import { dayOf, parseSegmentFile, segmentFile, type SegmentName } from './segment-name.ts'

export interface SegmentWriterOptions {
  readonly folder: string
  /** Which worker writes; no two writers share a number. */
  readonly worker: number
  /** A segment that has reached this size is followed by another. */
  readonly segmentBytesMax: number
  readonly nowMs: () => number
}

interface OpenSegment {
  readonly name: SegmentName
  readonly file: number
  bytes: number
}

/**
 * Appends lines to the segments of one worker. A segment is only ever appended to, by the process that began it: a process that
 * starts begins its own.
 * State: lines are in memory until `flush`, then with the operating system (which a killed process cannot take with it), and
 * after `sync` on disk.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions
  #lines: string[] = []
  #segment: OpenSegment | undefined

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  }

  /** The segment that is being written, if one is open. */
  get current(): SegmentName | undefined {
    return this.#segment?.name
  }

  /** Up to where the segment that is being written has what was flushed, if one is open. */
  get position(): { readonly segment: SegmentName; readonly end: number } | undefined {
    return this.#segment && { segment: this.#segment.name, end: this.#segment.bytes }
  }

  /** Keeps an object of JSON for the next `flush`, with a sum, however long that fails: whoever appends stops what makes lines until it succeeds. */
  append(line: string): void {
    this.#lines.push(withSum(line))
  }

  /**
   * Writes what was appended, with one call to the operating system.
   * Faults: throws what the file system says (ENOSPC, EIO); the lines are kept for the next time, and no part of one is left.
   */
  flush(): void {
    if (this.#lines.length === 0) return
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`)
    const segment = this.#segmentForNow()
    try {
      let written = 0
      while (written < bytes.length) written += writeSync(segment.file, bytes, written)
    } catch (error) {
      ftruncateSync(segment.file, segment.bytes)
      throw error
    }
    segment.bytes += bytes.length
    this.#lines = []
  }

  /** Brings what was flushed onto the disk itself. */
  sync(): void {
    if (this.#segment) fdatasyncSync(this.#segment.file)
  }

  /** Faults: as `flush`; it is closed all the same. */
  close(): void {
    try {
      this.flush()
    } finally {
      this.#leave()
    }
  }

  /** Forgets what was not flushed, and writes no more. */
  abandon(): void {
    this.#lines = []
    this.#leave()
  }

  #segmentForNow(): OpenSegment {
    const today = dayOf(this.#options.nowMs())
    const { segmentBytesMax } = this.#options
    const current = this.#segment
    // A clock that was set back does not reopen yesterday: the order of names is the order of writing.
    if (current && current.bytes < segmentBytesMax && current.name.day >= today) return current
    this.#leave()
    this.#segment = this.#begin(current && current.name.day > today ? current.name.day : today)
    return this.#segment
  }

  #leave(): void {
    if (!this.#segment) return
    fdatasyncSync(this.#segment.file)
    closeSync(this.#segment.file)
    this.#segment = undefined
  }

  #begin(today: string): OpenSegment {
    const { folder, worker } = this.#options
    const own = readdirSync(folder)
      .map(parseSegmentFile)
      .filter((name) => name?.worker === worker)
    let [day, index] = [today, 1]
    for (const name of own) {
      if (name === undefined || name.day < day) continue
      index = name.day > day ? name.index + 1 : Math.max(index, name.index + 1)
      day = name.day
    }
    const name: SegmentName = { day, worker, index, summed: true }
    return { name, file: openSync(join(folder, segmentFile(name)), 'ax', 0o600), bytes: 0 }
  }
}
