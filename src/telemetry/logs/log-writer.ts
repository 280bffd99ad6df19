import {
  fdatasync,
  mkdirSync,
  openSync,
  readdirSync,
  closeSync,
  ftruncateSync,
  fsyncSync,
  write as writeFile,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dayOf, type SegmentName } from '../segment-name.ts'
import { type Batch, encodeBatch } from './chunk.ts'
import { logSegmentFile, logSegmentsAmong } from './log-segment-file.ts'

export interface LogWriterOptions {
  readonly folder: string
  /** Which worker writes; no two writers share a number. */
  readonly worker: number
  readonly segmentBytesMax: number
  readonly nowMs: () => number
  readonly randomBytes: (length: number) => Buffer
  /** Hears of a segment to which nothing is appended any more. */
  readonly onLeft: (name: SegmentName) => void
}

interface Waiting {
  readonly batch: Batch
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

interface OpenSegment {
  readonly name: SegmentName
  readonly file: number
  bytes: number
  batches: number
}

const sync = promisify(fdatasync)
const write = promisify(writeFile)
/** One write takes no more: what waits beyond that waits for the next. Units: bytes, roughly. */
const groupBytesMax = 8 * 1024 * 1024

/**
 * Appends batches to one worker's segments. Whatever waits when the disk is free is written and synced together.
 * INVARIANT: `append` answers once the batch is on disk (logs.test.ts, crash.test.ts).
 */
export class LogWriter {
  readonly #options: LogWriterOptions
  #waiting: Waiting[] = []
  #segment: OpenSegment | undefined
  #writing: Promise<void> | undefined
  #closed = false

  constructor(options: LogWriterOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  }

  /** Keeps a batch. Faults: what the file system says (ENOSPC, EIO): then no part of it is kept. */
  append(batch: Batch): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the log is closed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject })
      this.#writing ??= this.#writeAll()
    })
  }

  /** Leaves the segment, if it is of an earlier day: readers want it closed, though nothing more is logged. */
  leaveOld(): void {
    if (this.#writing || !this.#segment || this.#segment.name.day >= dayOf(this.#options.nowMs())) return
    this.#leave()
  }

  /** Ends once all that was appended is on disk. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    this.#leave()
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve() // Whatever is appended in this turn goes along.
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#writeGroup(group.map(({ batch }) => batch))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    // Within the turn that found nothing waiting: whoever appends after it begins anew.
    this.#writing = undefined
  }

  #takeGroup(): readonly Waiting[] {
    let [count, bytes] = [0, 0]
    for (const { batch } of this.#waiting) {
      if (bytes >= groupBytesMax) break
      for (const { message } of batch.events) bytes += message.length + 26
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #writeGroup(batches: readonly Batch[]): Promise<void> {
    const segment = this.#segmentForNow()
    const before = { bytes: segment.bytes, batches: segment.batches }
    try {
      const chunks = batches.map((batch) => {
        segment.batches += 1
        return encodeBatch(batch, segment.batches, this.#options.randomBytes)
      })
      const bytes = Buffer.concat(chunks)
      let written = 0
      while (written < bytes.length) {
        const { bytesWritten } = await write(
          segment.file,
          bytes,
          written,
          bytes.length - written,
          before.bytes + written,
        )
        written += bytesWritten
      }
      await sync(segment.file)
      segment.bytes += bytes.length
    } catch (error) {
      // A file that could not be written or synced is left as it was before, and not written to again.
      ftruncateSync(segment.file, before.bytes)
      segment.batches = before.batches
      this.#leave()
      throw error
    }
  }

  #segmentForNow(): OpenSegment {
    const today = dayOf(this.#options.nowMs())
    const current = this.#segment
    if (current && current.bytes < this.#options.segmentBytesMax && current.name.day >= today) return current
    this.#leave()
    // A clock that was set back does not reopen yesterday: the order of names is the order of writing.
    this.#segment = this.#begin(current && current.name.day > today ? current.name.day : today)
    return this.#segment
  }

  #leave(): void {
    const segment = this.#segment
    if (!segment) return
    closeSync(segment.file)
    this.#segment = undefined
    this.#options.onLeft(segment.name)
  }

  #begin(today: string): OpenSegment {
    const { folder, worker } = this.#options
    let [day, index] = [today, 1]
    for (const { name } of logSegmentsAmong(readdirSync(folder))) {
      if (name.worker !== worker || name.day < day) continue
      index = name.day > day ? name.index + 1 : Math.max(index, name.index + 1)
      day = name.day
    }
    const name = { day, worker, index }
    const file = openSync(join(folder, logSegmentFile({ name, generation: 0 })), 'ax', 0o600)
    syncFolder(folder)
    return { name, file, bytes: 0, batches: 0 }
  }
}

/** Brings names of files onto the disk: a file that was synced is found after a power cut only if its name was too. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
