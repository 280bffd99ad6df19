import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { Bounded } from '#core/bounded.ts'
import { tellDamage } from '../damage.ts'
import { segmentFile, type SegmentName } from '../segment-name.ts'
import { chunksOf, type PlacedHead, type SegmentIndex, trailer } from './close-segment.ts'
import { logSegmentFile, logSegmentsAmong, type LogSegment } from './log-segment-file.ts'
import { addSummary, type Summaries, summaryOfBatch } from './summary.ts'

/** A segment with what is in it. */
export interface IndexedSegment extends LogSegment {
  readonly index: SegmentIndex
}

interface OpenIndex {
  readonly chunks: PlacedHead[]
  readonly summaries: Summaries
  /** Up to where it has been read. */
  end: number
}

/** Indexes of closed segments that are kept in memory. */
const closedMax = 4_096
const decompress = promisify(zstdDecompress)

/** What all workers' segments hold, kept up to date as it is asked: of an open segment, only what is new is read. */
export class Catalogue {
  readonly #folder: string
  readonly #closed = new Bounded<string, SegmentIndex>(closedMax)
  readonly #open = new Map<string, OpenIndex>()
  #listing: Promise<readonly IndexedSegment[]> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** All segments, oldest first. What was acknowledged before the call is among them. */
  async segments(): Promise<readonly IndexedSegment[]> {
    // A listing that is under way may have passed what was appended since: another one is made after it.
    while (this.#listing) await this.#listing.catch(() => undefined)
    this.#listing = this.#list().finally(() => (this.#listing = undefined))
    return this.#listing
  }

  async #list(): Promise<readonly IndexedSegment[]> {
    const listed = logSegmentsAmong(await readdir(this.#folder))
    const stillOpen = new Set(
      listed.filter(({ generation }) => generation === 0).map(({ name }) => segmentFile(name)),
    )
    for (const key of this.#open.keys()) if (!stillOpen.has(key)) this.#open.delete(key)
    const indexed: IndexedSegment[] = []
    for (const segment of listed) {
      const found = await this.#indexOf(segment)
      if (found) indexed.push(found)
    }
    return indexed
  }

  async #indexOf({ name, generation }: LogSegment): Promise<IndexedSegment | undefined> {
    const file = logSegmentFile({ name, generation })
    const known = this.#closed.get(file)
    if (known) return { name, generation, index: known }
    const index = generation === 0 ? await this.#readOn(name) : await readIndex(join(this.#folder, file))
    if (index && generation > 0) this.#closed.set(file, index)
    if (index) return { name, generation, index }
    // It was written anew meanwhile, or there is nothing of it left.
    const [again] = logSegmentsAmong(await readdir(this.#folder)).filter(
      (segment) => segmentFile(segment.name) === segmentFile(name) && segment.generation > generation,
    )
    return again && this.#indexOf(again)
  }

  async #readOn(name: SegmentName): Promise<SegmentIndex | undefined> {
    const path = join(this.#folder, logSegmentFile({ name, generation: 0 }))
    const file = await openIfThere(path)
    if (!file) return undefined
    const key = segmentFile(name)
    const known = this.#open.get(key) ?? { chunks: [], summaries: {}, end: 0 }
    this.#open.set(key, known)
    try {
      const { size } = await file.stat()
      if (size > known.end) {
        const fresh = await readAt(file, known.end, size - known.end)
        const begin = known.end
        for (const { head, offset, length } of chunksOf(fresh, path, begin)) {
          known.chunks.push({ head, offset: begin + offset, length })
          addSummary(known.summaries, summaryOfBatch(head))
          known.end = begin + offset + length
        }
      }
    } finally {
      await file.close()
    }
    return { chunks: known.chunks.slice(), summaries: known.summaries }
  }
}

async function readIndex(path: string): Promise<SegmentIndex | undefined> {
  const file = await openIfThere(path)
  if (!file) return undefined
  try {
    const { size } = await file.stat()
    const end = await readAt(file, Math.max(0, size - 8), 8)
    const length = end.toString('latin1', 4) === trailer ? end.readUInt32BE(0) : size
    const text = length + 8 <= size && (await inflated(await readAt(file, size - 8 - length, length)))
    if (text) return JSON.parse(text) as SegmentIndex // Written by `writeClosed`, under a checksum.
    tellDamage({ file: path, at: size - 8 })
    return indexOf(await readAt(file, 0, size), path)
  } finally {
    await file.close()
  }
}

/** As `writeClosed` would have made it, of chunks that are whole. */
function indexOf(file: Buffer, path: string): SegmentIndex {
  const chunks = [...chunksOf(file, path)]
  const summaries: Summaries = {}
  for (const { head } of chunks) addSummary(summaries, summaryOfBatch(head))
  return { chunks, summaries }
}

/** Undefined for what is damaged. */
async function inflated(bytes: Buffer): Promise<string | undefined> {
  try {
    return (await decompress(bytes)).toString('utf8')
  } catch {
    return undefined // ZSTD's codes: it is no whole frame.
  }
}

/** Opens a file; undefined for one that is gone. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Bytes of a file, fewer where it ends before. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, offset)
  return buffer.subarray(0, bytesRead)
}
