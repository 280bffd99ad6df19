import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { tellDamage } from '../damage.ts'
import { segmentFile } from '../segment-name.ts'
import { type IndexedSegment, openIfThere, readAt } from './catalogue.ts'
import { chunkAt, decodeChunk } from './chunk.ts'
import type { PlacedHead } from './close-segment.ts'
import type { StoredLogEvent } from './log-event.ts'
import { logSegmentFile } from './log-segment-file.ts'

/** A segment was closed, rewritten or removed since it was listed: whoever reads lists again. */
export class SegmentMoved extends Error {}

/** Files that are open at a time. */
const filesMax = 32

/** Reads chunks of listed segments; each file is opened once. */
export class ChunkReader {
  readonly #folder: string
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #files = new Map<string, FileHandle>()

  constructor(folder: string, keys: ReadonlyMap<string, Buffer> = new Map()) {
    this.#folder = folder
    this.#keys = keys
  }

  /** The events of a chunk. Faults: SegmentMoved; LogKeyMissing. */
  async read(
    segment: IndexedSegment,
    { head, offset, length }: PlacedHead,
  ): Promise<readonly StoredLogEvent[]> {
    const file = await this.#fileOf(join(this.#folder, logSegmentFile(segment)))
    const bytes = await readAt(file, offset, length)
    if (!chunkAt(bytes, 0)) {
      // A write that failed was taken back. What is closed does not change.
      if (segment.generation === 0) throw new SegmentMoved(segmentFile(segment.name))
      tellDamage({ file: join(this.#folder, logSegmentFile(segment)), at: offset })
      return []
    }
    return decodeChunk(bytes, head, segment.name, this.#keys)
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close()
    this.#files.clear()
  }

  async #fileOf(path: string): Promise<FileHandle> {
    const known = this.#files.get(path)
    if (known) return known
    const [oldest] = this.#files
    if (oldest && this.#files.size >= filesMax) {
      this.#files.delete(oldest[0])
      await oldest[1].close()
    }
    const file = await openIfThere(path)
    if (!file) throw new SegmentMoved(path)
    this.#files.set(path, file)
    return file
  }
}
