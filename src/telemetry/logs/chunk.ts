import { createCipheriv, createDecipheriv } from 'node:crypto'
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { StoredLogEvent } from './log-event.ts'
import type { SegmentName } from '../segment-name.ts'

// A chunk is what is read or skipped as a whole: events of one group, their head in the clear.
// On disk: length (4 bytes) and CRC-32 (4) of what follows, the head's length (4), the head, the body.

/** What is known of a chunk without reading it. Short names: there is one for every batch that was put. */
export interface ChunkHead {
  /** The group's and the streams' ids, which nothing ever has a second time. */
  readonly group: string
  readonly streams: readonly string[]
  readonly count: number
  /** Bytes of all messages. */
  readonly bytes: number
  /** The earliest and the latest time of an event. */
  readonly minMs: number
  readonly maxMs: number
  readonly ingestedMs: readonly [first: number, last: number]
  readonly batches: readonly [first: number, last: number]
  readonly form: 'plain' | 'zstd' | 'sealed'
  /** Which data key sealed it. */
  readonly key?: string
}

/** A data key of an encrypted group. */
export interface LogKey {
  readonly id: string
  /** 32 bytes. */
  readonly key: Buffer
}

/** Columns of a body: of what is the same for all events, one value. */
interface Columns {
  readonly stream?: readonly number[]
  readonly timestampMs: readonly number[]
  readonly ingestedMs?: readonly number[]
  readonly batch?: readonly number[]
  readonly at?: readonly number[]
  readonly message: readonly string[]
}

/** The chunk of a key that the reader was not given. */
export class LogKeyMissing extends Error {}

const preludeBytes = 12
/** As `framed` writes a head. */
const headBegin = Buffer.from('{"group":')
/** A batch has 1 MiB of messages at most, which JSON may make six times as long. */
const chunkBytesMax = 16 * 1024 * 1024

/** One batch of one stream, as it is appended. */
export interface Batch {
  readonly group: string
  readonly stream: string
  readonly ingestedMs: number
  /** Sorted by time. */
  readonly events: readonly { readonly timestampMs: number; readonly message: string }[]
  readonly key?: LogKey | undefined
}

/** A batch as the chunk that is appended for it. */
export function encodeBatch(
  { group, stream, ingestedMs, events, key }: Batch,
  number: number,
  randomBytes: (length: number) => Buffer,
): Buffer {
  const columns: Columns = {
    timestampMs: events.map(({ timestampMs }) => timestampMs),
    message: events.map(({ message }) => message),
  }
  const head: Omit<ChunkHead, 'form' | 'key'> = {
    group,
    streams: [stream],
    count: events.length,
    bytes: events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
    minMs: events[0]?.timestampMs ?? 0,
    maxMs: events.at(-1)?.timestampMs ?? 0,
    ingestedMs: [ingestedMs, ingestedMs],
    batches: [number, number],
  }
  const body = Buffer.from(JSON.stringify(columns))
  if (key === undefined) return framed({ ...head, form: 'plain' }, body)
  return framed(
    { ...head, form: 'sealed', key: key.id },
    sealed(key.key, group, zstdCompressSync(body), randomBytes(12)),
  )
}

/** Events of one group, sorted, as a compressed chunk. */
export function encodeEvents(group: string, events: readonly StoredLogEvent[]): Buffer {
  const streams = [...new Set(events.map(({ stream }) => stream))]
  const numbers = new Map(streams.map((stream, index) => [stream, index]))
  const columns: Columns = {
    stream: events.map(({ stream }) => numbers.get(stream) ?? 0),
    timestampMs: events.map(({ timestampMs }) => timestampMs),
    ingestedMs: events.map(({ ingestedMs }) => ingestedMs),
    batch: events.map(({ batch }) => batch),
    at: events.map(({ at }) => at),
    message: events.map(({ message }) => message),
  }
  const head: ChunkHead = {
    group,
    streams,
    count: events.length,
    bytes: events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
    minMs: events[0]?.timestampMs ?? 0,
    maxMs: events.at(-1)?.timestampMs ?? 0,
    ingestedMs: boundsOf(columns.ingestedMs ?? []),
    batches: boundsOf(columns.batch ?? []),
    form: 'zstd',
  }
  return framed(head, zstdCompressSync(Buffer.from(JSON.stringify(columns))))
}

function boundsOf(values: readonly number[]): readonly [number, number] {
  let [first, last] = [Infinity, 0]
  for (const value of values) {
    if (value < first) first = value
    if (value > last) last = value
  }
  return [first, last]
}

/** The events of a chunk. Faults: LogKeyMissing. */
export function decodeChunk(
  bytes: Buffer,
  head: ChunkHead,
  name: SegmentName,
  keys?: ReadonlyMap<string, Buffer>,
): readonly StoredLogEvent[] {
  const columns = JSON.parse(plainBody(bytes, head, keys).toString('utf8')) as Columns // Written above, under a checksum.
  const { stream, timestampMs, ingestedMs, batch, at, message } = columns
  return message.map((text, index) => ({
    stream: head.streams[stream?.[index] ?? 0] ?? '',
    timestampMs: timestampMs[index] ?? 0,
    ingestedMs: ingestedMs?.[index] ?? head.ingestedMs[0],
    worker: name.worker,
    segment: name.index,
    batch: batch?.[index] ?? head.batches[0],
    at: at?.[index] ?? index,
    message: text,
  }))
}

function plainBody(bytes: Buffer, head: ChunkHead, keys: ReadonlyMap<string, Buffer> = new Map()): Buffer {
  const body = bytes.subarray(preludeBytes + bytes.readUInt32BE(8))
  if (head.form === 'plain') return body
  if (head.form === 'zstd') return zstdDecompressSync(body)
  const key = keys.get(head.key ?? '')
  if (key === undefined) throw new LogKeyMissing(head.key)
  return zstdDecompressSync(opened(key, head.group, body))
}

/** A chunk at a place of a file, or undefined where none is whole. */
export function chunkAt(
  file: Buffer,
  offset: number,
): { readonly head: ChunkHead; readonly length: number } | undefined {
  if (offset + preludeBytes > file.length) return undefined
  const length = 8 + file.readUInt32BE(offset)
  if (length < preludeBytes || length > chunkBytesMax || offset + length > file.length) return undefined
  if (crc32(file.subarray(offset + 8, offset + length)) !== file.readUInt32BE(offset + 4)) return undefined
  const headBytes = file.readUInt32BE(offset + 8)
  const head = file.toString('utf8', offset + preludeBytes, offset + preludeBytes + headBytes)
  return { head: JSON.parse(head) as ChunkHead, length } // Written by `framed`, under the checksum.
}

/** Where the next whole chunk behind a place is, if there is one. */
export function nextChunk(file: Buffer, offset: number): number | undefined {
  for (let at = offset + 1; ;) {
    const head = file.indexOf(headBegin, at + preludeBytes)
    if (head < 0) return undefined
    at = head - preludeBytes
    if (chunkAt(file, at)) return at
    at += 1
  }
}

/** Whether what is no whole chunk was one once, by its length or, where that is damaged, by its sum: a torn one ends before. */
export function isAllThere(file: Buffer, offset: number): boolean {
  if (offset + preludeBytes >= file.length) return false
  const length = 8 + file.readUInt32BE(offset)
  if (length >= preludeBytes && offset + length <= file.length) return true
  return crc32(file.subarray(offset + 8)) === file.readUInt32BE(offset + 4)
}

function framed(head: ChunkHead, body: Buffer): Buffer {
  const headText = Buffer.from(JSON.stringify(head))
  const bytes = Buffer.concat([Buffer.alloc(preludeBytes), headText, body])
  bytes.writeUInt32BE(bytes.length - 8, 0)
  bytes.writeUInt32BE(headText.length, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(8)), 4)
  return bytes
}

function sealed(key: Buffer, group: string, plaintext: Buffer, nonce: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(group))
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function opened(key: Buffer, group: string, bytes: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(group))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
}
