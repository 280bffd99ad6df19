import { constants } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The events of one day of an archive. */
export interface ArchiveDay {
  /** Names the archive, which no other one ever shares. */
  readonly archive: string
  /** `2026-01-02`, in UTC: when they were accepted. */
  readonly day: string
}

/** A piece of a day, and where the next begins. */
export interface ArchivePiece {
  readonly lines: readonly string[]
  readonly next: number
}

/** Archived events: one file a day of an archive, a line each. How much of a file counts is for whoever writes to remember. */
export interface EventArchive {
  /**
   * Writes lines behind the first `bytes` of a day; what a crash left behind them is cut off. On disk when the promise is kept.
   * Units of the answer: bytes that the day has now.
   */
  append(of: ArchiveDay, bytes: number, lines: readonly string[]): Promise<number>
  /** Whole lines from `from` on, as many as fit into `bytesMax`, one at least; nothing behind `end`. */
  read(
    of: ArchiveDay,
    range: { readonly from: number; readonly end: number; readonly bytesMax: number },
  ): Promise<ArchivePiece>
  /** Removes the files of days of which this does not hold. */
  sweep(keep: (of: ArchiveDay) => boolean): Promise<void>
}

const extension = '.jsonl'
const newline = 0x0a

export function createEventArchive(directory: string): EventArchive {
  const root = join(directory, 'telemetry', 'archives')
  const path = ({ archive, day }: ArchiveDay): string => join(root, archive, `${day}${extension}`)

  return {
    async append(of, bytes, lines) {
      const text = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const folder = join(root, of.archive)
      if (bytes === 0) await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = await open(path(of), constants.O_RDWR | constants.O_CREAT, 0o600)
      try {
        await file.truncate(bytes)
        for (let done = 0; done < text.length;)
          done += (await file.write(text, done, text.length - done, bytes + done)).bytesWritten
        await file.datasync()
      } finally {
        await file.close()
      }
      if (bytes === 0) for (const made of [folder, root]) await syncFolder(made)
      return bytes + text.length
    },

    async read(of, { from, end, bytesMax }) {
      const file = await open(path(of), 'r')
      try {
        for (let length = Math.min(bytesMax, end - from); ; length = Math.min(length * 2, end - from)) {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
          const whole = buffer.subarray(0, bytesRead).lastIndexOf(newline) + 1
          if (whole === 0 && bytesRead === length && length < end - from) continue // A line that is longer.
          const lines = buffer.toString('utf8', 0, Math.max(0, whole - 1)).split('\n')
          return whole === 0 ? { lines: [], next: end } : { lines, next: from + whole }
        }
      } finally {
        await file.close()
      }
    },

    async sweep(keep) {
      for (const archive of await namesIn(root)) {
        const folder = join(root, archive)
        const files = await namesIn(folder)
        const left = files.filter((file) => !keep({ archive, day: file.slice(0, -extension.length) }))
        for (const file of left) await rm(join(folder, file), { force: true })
        if (left.length === files.length) await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
