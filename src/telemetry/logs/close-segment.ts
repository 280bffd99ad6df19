import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { tellDamage } from '../damage.ts'
import type { SegmentName } from '../segment-name.ts'
import { type ChunkHead, chunkAt, decodeChunk, encodeEvents, isAllThere, nextChunk } from './chunk.ts'
import { comparePositions, type StoredLogEvent } from './log-event.ts'
import { type LogSegment, logSegmentFile } from './log-segment-file.ts'
import { syncFolder } from './log-writer.ts'
import { addSummary, eventOverheadBytes, type Summaries, summaryOfBatch, summaryOfEvents } from './summary.ts'

// A closed segment: chunks, then the index, compressed, then the index's length (4 bytes) and `RLOG`.

/** Where a chunk of a closed segment is. */
export interface PlacedHead {
  readonly head: ChunkHead
  readonly offset: number
  readonly length: number
}

export interface SegmentIndex {
  readonly chunks: readonly PlacedHead[]
  readonly summaries: Summaries
}

export const trailer = 'RLOG'
/** Events of one chunk of a closed segment: what a reader of few reads too much at most. Units: bytes, as PutLogEvents counts them. */
const chunkMessagesMax = 256 * 1024
const compress = promisify(zstdCompress)
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/** Whether what a chunk holds is still wanted: its group exists, and keeps events so long. */
export type Wanted = (head: ChunkHead) => boolean

/**
 * Closes the open segment that nobody appends to any more: sorts it by group and time, compresses it, and leaves out what a crash tore.
 * Done twice, or cut off anywhere, it comes to the same.
 */
export async function closeSegment(
  folder: string,
  name: SegmentName,
  wanted: Wanted = () => true,
): Promise<void> {
  const openPath = join(folder, logSegmentFile({ name, generation: 0 }))
  const file = await readFile(openPath)
  const parts: Part[] = []
  const groups = new Map<string, Part[]>()
  for (const { head, offset, length } of chunksOf(file, openPath)) {
    if (!wanted(head)) continue
    const part = { head, bytes: file.subarray(offset, offset + length), summaries: summaryOfBatch(head) }
    if (head.form === 'sealed') {
      parts.push(part)
      continue
    }
    const ofGroup = groups.get(head.group)
    if (ofGroup) ofGroup.push(part)
    else groups.set(head.group, [part])
  }
  for (const [group, ofGroup] of groups) parts.push(...(await sorted(group, ofGroup, name)))
  await writeClosed(folder, { name, generation: 1 }, parts)
  await rm(openPath, { force: true })
}

/** Writes a closed segment without what is not wanted any more; removes one of which nothing is left. */
export async function rewriteSegment(
  folder: string,
  { name, generation, index }: LogSegment & { readonly index: SegmentIndex },
  wanted: Wanted,
): Promise<void> {
  const path = join(folder, logSegmentFile({ name, generation }))
  const file = await readFile(path)
  const kept = index.chunks.filter(({ head }) => wanted(head))
  const groups = new Set(kept.map(({ head }) => head.group))
  const summaries = Object.fromEntries(Object.entries(index.summaries).filter(([group]) => groups.has(group)))
  const parts = kept.map(({ head, offset, length }) => ({
    head,
    bytes: file.subarray(offset, offset + length),
    summaries: {},
  }))
  const [first, ...others] = parts
  await writeClosed(
    folder,
    { name, generation: generation + 1 },
    first ? [{ ...first, summaries }, ...others] : [],
  )
  await rm(path, { force: true })
}

interface Part {
  readonly head: ChunkHead
  readonly bytes: Buffer
  readonly summaries: Summaries
}

/**
 * The chunks of a part of a file, up to the first that is torn. One that is damaged, which shows where it is all there or others follow, is
 * told and passed over. `path` and `begin` say what the part is of.
 */
export function* chunksOf(file: Buffer, path: string, begin = 0): Generator<PlacedHead> {
  for (let offset = 0; ;) {
    const found = chunkAt(file, offset)
    if (found) {
      yield { ...found, offset }
      offset += found.length
      continue
    }
    const next = nextChunk(file, offset)
    if (next !== undefined || isAllThere(file, offset)) tellDamage({ file: path, at: begin + offset })
    if (next === undefined) return
    offset = next
  }
}

/** The chunks of one group in order. It gives way after each: others want this thread, too. */
async function sorted(group: string, parts: readonly Part[], name: SegmentName): Promise<readonly Part[]> {
  const events: StoredLogEvent[] = []
  for (const { bytes, head } of parts) {
    for (const event of decodeChunk(bytes, head, name)) events.push(event)
    await giveWay()
  }
  events.sort(comparePositions)
  const made: Part[] = []
  let from = 0
  let bytes = 0
  for (const [index, { message }] of events.entries()) {
    bytes += message.length + eventOverheadBytes
    if (bytes < chunkMessagesMax && index + 1 < events.length) continue
    made.push(partOf(group, events.slice(from, index + 1)))
    from = index + 1
    bytes = 0
    await giveWay()
  }
  return made
}

const giveWay = (): Promise<void> => new Promise(setImmediate)

function partOf(group: string, events: readonly StoredLogEvent[]): Part {
  const bytes = encodeEvents(group, events)
  const found = chunkAt(bytes, 0)
  if (!found) throw new Error('a chunk that was just written is whole')
  return { head: found.head, bytes, summaries: summaryOfEvents(group, events) }
}

async function writeClosed(folder: string, segment: LogSegment, parts: readonly Part[]): Promise<void> {
  if (parts.length === 0) return
  const path = join(folder, logSegmentFile(segment))
  const summaries: Summaries = {}
  const chunks: PlacedHead[] = []
  let offset = 0
  for (const part of parts) {
    chunks.push({ head: part.head, offset, length: part.bytes.length })
    addSummary(summaries, part.summaries)
    offset += part.bytes.length
  }
  const index: SegmentIndex = { chunks, summaries }
  const packed = await compress(Buffer.from(JSON.stringify(index)), checked)
  const end = Buffer.alloc(8)
  end.writeUInt32BE(packed.length, 0)
  end.write(trailer, 4)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writev([...parts.map(({ bytes }) => bytes), packed, end])
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  syncFolder(folder)
}
