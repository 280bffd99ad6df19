import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { Bounded } from '#core/bounded.ts'
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
    const file = await openIfThere(join(this.#folder, logSegmentFile({ name, generation: 0 })))
    if (!file) return undefined
    const key = segmentFile(name)
    const known = this.#open.get(key) ?? { chunks: [], summaries: {}, end: 0 }
    this.#open.set(key, known)
    try {
      const { size } = await file.stat()
      if (size > known.end) {
        const fresh = await readAt(file, known.end, size - known.end)
        const begin = known.end
        for (const { head, offset, length } of chunksOf(fresh)) {
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
    const end = await readAt(file, size - 8, 8)
    if (end.toString('latin1', 4) !== trailer) throw new Error(`${path} is damaged: it has no index`)
    const length = end.readUInt32BE(0)
    const text = await decompress(await readAt(file, size - 8 - length, length))
    return JSON.parse(text.toString('utf8')) as SegmentIndex // Written by `writeClosed`.
  } finally {
    await file.close()
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
