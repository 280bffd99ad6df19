import type { AccountId } from '#core/arn.ts'
import { dayOf, type SegmentName } from '../segment-name.ts'
import { listSegments } from '../retention.ts'
import { type AttributeFilter, matchesAttribute, textOfAttribute } from './attributes.ts'
import { type Cursor, type Position, readToken, writeToken } from './cursor.ts'
import type { StoredRecord } from './stored-record.ts'
import { disorderMs, type Match, type Sought, WorkerStream } from './worker-stream.ts'

/** What to look up in the trail. */
export interface AuditQuery {
  /** Only records in this account's trail. */
  readonly account: AccountId
  /** Units: milliseconds since 1970, both ends included. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  /** Nothing older, whatever `startMs` says; unlike that, it may move from page to page. */
  readonly notBeforeMs?: number | undefined
  readonly attribute?: AttributeFilter | undefined
  /** Any further condition. */
  readonly where?: ((record: StoredRecord) => boolean) | undefined
  readonly limit: number
  /** From the page before. */
  readonly token?: string | undefined
}

/** A page of records that a lookup found, and where the next one begins. */
export interface AuditPage {
  /** Newest first. A page may have fewer than `limit` while `token` says that there may be more. */
  readonly records: readonly { readonly record: StoredRecord; readonly line: string }[]
  readonly token?: string
}

/** The token was not made by a query like this one. */
export class InvalidToken extends Error {}

/** What one call reads at most, so that nobody's lookup holds up a worker. Units: bytes. */
const scannedBytesMax = 64 * 1024 * 1024

/**
 * Looks records up in the segments of all workers, newest first.
 * Faults: InvalidToken.
 */
export async function queryAudit(folder: string, query: AuditQuery): Promise<AuditPage> {
  const described = describe(query)
  const cursor = query.token === undefined ? undefined : readToken(query.token, described)
  if (query.token !== undefined && !cursor) throw new InvalidToken()

  const sought = soughtBy(query)
  const streams = streamsOf(folder, await segmentsByWorker(folder, sought), sought, cursor)
  try {
    const records = await merge(streams, query.limit)
    const left: Cursor = positionsOf(streams)
    return { records, ...(left.size > 0 && { token: writeToken(left, described) }) }
  } finally {
    for (const stream of streams.values()) await stream.pause()
  }
}

/** Takes the newest head again and again. A stream whose head is not known yet is read first. */
async function merge(streams: ReadonlyMap<number, WorkerStream>, limit: number): Promise<Match[]> {
  const taken: Match[] = []
  let scanned = 0
  for (;;) {
    for (const stream of streams.values()) {
      while (!stream.head && !stream.exhausted) {
        if (scanned >= scannedBytesMax) return taken
        scanned += await stream.readOn()
      }
    }
    if (taken.length >= limit) return taken
    let newest: WorkerStream | undefined
    for (const stream of streams.values()) {
      if (stream.head && (!newest?.head || stream.head.timeMs > newest.head.timeMs)) newest = stream
    }
    if (!newest?.head) return taken
    taken.push(newest.head)
    newest.take()
  }
}

function streamsOf(
  folder: string,
  segments: ReadonlyMap<number, readonly SegmentName[]>,
  sought: Sought,
  cursor: Cursor | undefined,
): ReadonlyMap<number, WorkerStream> {
  const streams = new Map<number, WorkerStream>()
  for (const [worker, names] of segments) {
    const from = cursor?.get(worker)
    // A worker that the cursor lacks had nothing left; what it wrote since is newer than the first page.
    if (cursor && !from) continue
    streams.set(worker, new WorkerStream(folder, names, sought, from))
  }
  return streams
}

function positionsOf(streams: ReadonlyMap<number, WorkerStream>): Cursor {
  const positions = new Map<number, Position>()
  for (const [worker, { position }] of streams) if (position) positions.set(worker, position)
  return positions
}

/** The segments that may hold what is sought: a record is in a segment of its own day, or of the next when it waited past midnight. */
async function segmentsByWorker(
  folder: string,
  { startMs, endMs }: Pick<Sought, 'startMs' | 'endMs'>,
): Promise<ReadonlyMap<number, readonly SegmentName[]>> {
  const [first, last] = [dayOf(clamp(startMs)), dayOf(clamp(endMs + disorderMs))]
  const names = (await listSegments(folder)).filter(({ day }) => day >= first && day <= last)
  return Map.groupBy(names, ({ worker }) => worker)
}

/** Years of four digits: others are written, and so compared, differently. */
function clamp(timeMs: number): number {
  return Math.min(Math.max(timeMs, 0), Date.UTC(9999, 11, 31))
}

function soughtBy({
  account,
  startMs = 0,
  notBeforeMs = 0,
  endMs = Number.MAX_SAFE_INTEGER,
  attribute,
  where,
}: AuditQuery): Sought {
  const ofAccount = `"recipientAccountId":"${account}"`
  const ofAttribute = attribute && textOfAttribute(attribute)
  return {
    texts: ofAttribute === undefined ? [ofAccount] : [ofAttribute, ofAccount],
    startMs: Math.max(startMs, notBeforeMs),
    endMs,
    matches: (record) =>
      record.recipientAccountId === account &&
      (!attribute || matchesAttribute(record, attribute)) &&
      (!where || where(record)),
  }
}

/** What must be the same from page to page. */
function describe({ account, startMs, endMs, attribute }: AuditQuery): string {
  return JSON.stringify([account, startMs, endMs, attribute?.key, attribute?.value])
}
