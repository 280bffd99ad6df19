import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tellDamage } from '../damage.ts'
import { blankDamaged, withoutSum, withSum } from '../line-sums.ts'
import { pack, readPacked, unpack } from './packed-day.ts'

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
  /** Where the file goes on behind each. */
  readonly ends: readonly number[]
  readonly next: number
}

/**
 * Archived events: one file a day of an archive, a line each. How much of a file counts is for whoever writes to remember. A day that is over
 * can be packed: nobody sees that, but the disk. One at a time calls it.
 */
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
  /**
   * Compresses the first `bytes` of a day; the rest is cut off. Tells whether it did: not what is packed already, or has fewer. Appending
   * unpacks it.
   */
  pack(of: ArchiveDay, bytes: number): Promise<boolean>
  /** Removes the files of days of which this does not hold. */
  sweep(keep: (of: ArchiveDay) => boolean): Promise<void>
}

const extension = '.jsonl'
/** Where both are there, a crash came between: the plain file counts. */
const packedExtension = '.jsonl.zst'
/** Of days whose lines have sums; what an earlier version began goes on without. */
const summedMark = '.summed'
const dayLength = '2026-01-02'.length
const newline = 0x0a

export function createEventArchive(directory: string): EventArchive {
  const root = join(directory, 'telemetry', 'archives')
  const path = ({ archive, day }: DayFile): string => join(root, archive, `${day}${extension}`)
  const packedPath = ({ archive, day }: DayFile): string => join(root, archive, `${day}${packedExtension}`)

  async function fileOf({ archive, day }: ArchiveDay): Promise<DayFile> {
    const earlier = { archive, day, isSummed: false }
    if ((await isThere(path(earlier))) || (await isThere(packedPath(earlier)))) return earlier
    return { archive, day: `${day}${summedMark}`, isSummed: true }
  }

  /** A file takes its name once it is whole and on disk; then the other one goes. */
  async function replace(made: string, name: string, other: string, archive: string): Promise<void> {
    await rename(made, name)
    await syncFolder(join(root, archive))
    await rm(other, { force: true })
  }

  async function unpacked(of: DayFile): Promise<void> {
    const packed = await openIfThere(packedPath(of))
    if (!packed) return
    try {
      await unpack(packed, packedPath(of), `${path(of)}.new`)
    } finally {
      await packed.close()
    }
    await replace(`${path(of)}.new`, path(of), packedPath(of), of.archive)
  }

  /** Opens a day to be read, in whichever form it is. */
  async function openDay(of: DayFile) {
    const plain = await openIfThere(path(of))
    if (plain) return { file: plain, read: readPlain, place: path(of) }
    return { file: await open(packedPath(of), 'r'), read: readPacked, place: packedPath(of) }
  }

  return {
    async append(day, bytes, lines) {
      const of = await fileOf(day)
      const text = Buffer.from(lines.map((line) => `${of.isSummed ? withSum(line) : line}\n`).join(''))
      const folder = join(root, of.archive)
      if (bytes === 0) await mkdir(folder, { recursive: true, mode: 0o700 })
      else if (!(await isThere(path(of)))) await unpacked(of)
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

    async read(day, { from, end, bytesMax }) {
      const of = await fileOf(day)
      const { file, read, place } = await openDay(of)
      try {
        for (let length = Math.min(bytesMax, end - from); ; length = Math.min(length * 2, end - from)) {
          const buffer = await read(file, from, length, place)
          const whole = buffer.lastIndexOf(newline) + 1
          if (whole === 0 && buffer.length === length && length < end - from) continue // A line that is longer.
          if (whole === 0) return { lines: [], ends: [], next: end }
          return { ...linesOf(buffer.subarray(0, whole), of, { place, from }), next: from + whole }
        }
      } finally {
        await file.close()
      }
    },

    async pack(day, bytes) {
      const of = await fileOf(day)
      const plain = await openIfThere(path(of))
      if (!plain) return false
      try {
        if ((await plain.stat()).size < bytes) return false
        await pack(plain, bytes, `${packedPath(of)}.new`)
      } finally {
        await plain.close()
      }
      await replace(`${packedPath(of)}.new`, packedPath(of), path(of), of.archive)
      return true
    },

    async sweep(keep) {
      for (const archive of await namesIn(root)) {
        const folder = join(root, archive)
        const files = await namesIn(folder)
        const left = files.filter(
          (file) => file.endsWith('.new') || !keep({ archive, day: file.slice(0, dayLength) }),
        )
        for (const file of left) await rm(join(folder, file), { force: true })
        if (left.length === files.length) await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** What names a day's file, and whether its lines have sums. */
interface DayFile extends ArchiveDay {
  readonly isSummed: boolean
}

/** What was appended, and where each line ends; what is damaged is told and passed over. */
function linesOf(
  bytes: Buffer,
  { isSummed }: DayFile,
  { place, from }: { readonly place: string; readonly from: number },
): Pick<ArchivePiece, 'lines' | 'ends'> {
  if (isSummed) blankDamaged(bytes, (at) => tellDamage({ file: place, at: from + at }))
  const lines: string[] = []
  const ends: number[] = []
  let start = 0
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    const line = bytes.toString('utf8', start, end)
    start = end + 1
    if (line === '' || line.startsWith(' ')) continue
    lines.push(isSummed ? withoutSum(line) : line)
    ends.push(from + start)
  }
  return { lines, ends }
}

async function readPlain(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function isThere(path: string): Promise<boolean> {
  const file = await openIfThere(path)
  await file?.close()
  return file !== undefined
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
