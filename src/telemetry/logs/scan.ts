import type { IndexedSegment } from './catalogue.ts'
import { ChunkReader, SegmentMoved } from './chunk-reader.ts'
import type { PlacedHead } from './close-segment.ts'
import { comparePositions, type LogPosition, type StoredLogEvent } from './log-event.ts'

/** Which events of one group are read, and in which order. */
export interface LogScan {
  readonly group: string
  /** Left out: all streams. */
  readonly streams?: ReadonlySet<string> | undefined
  /** Units: milliseconds since 1970; `toMs` itself is not in it. */
  readonly fromMs: number
  readonly toMs: number
  /** Only what stands behind it (before it, backwards). */
  readonly after?: LogPosition | undefined
  readonly backwards?: boolean | undefined
  /** Data keys by id, where the group is encrypted. */
  readonly keys?: ReadonlyMap<string, Buffer> | undefined
}

/** A step of a scan: events in order, none where only more was read. */
export interface LogScanStep {
  readonly events: readonly StoredLogEvent[]
  /** Bytes of messages that were read for it. */
  readonly scannedBytes: number
}

interface Candidate extends PlacedHead {
  readonly segment: IndexedSegment
}

/** As much is read before what overlaps is put in order. Units: bytes in memory. */
const windowBytes = 2 * 1024 * 1024
/** Of what overlaps, as much is kept; what stands behind that is read again later. Units: bytes in memory. */
const heldBytesMax = 8 * 1024 * 1024
/** What an event takes in memory beside its message, about. Units: bytes. */
const eventBytes = 200
/** How often a scan begins anew behind what it gave, because segments moved. */
const restartsMax = 20

/**
 * Reads a group's events in order, a window at a time: of chunks whose times cannot hold any, nothing is read. What it holds at a time is
 * bounded, however many chunks overlap and however short their messages are: windows, what is kept of them, and one chunk.
 * Faults: LogKeyMissing.
 */
export async function* scanLog(
  folder: string,
  list: () => Promise<readonly IndexedSegment[]>,
  scan: LogScan,
): AsyncGenerator<LogScanStep> {
  let after = scan.after
  for (let restarts = 0; ; restarts += 1) {
    try {
      for await (const step of scanOnce(folder, await list(), { ...scan, after })) {
        after = step.events.at(-1) ?? after
        yield step
      }
      return
    } catch (error) {
      if (!(error instanceof SegmentMoved) || restarts >= restartsMax) throw error
    }
  }
}

async function* scanOnce(
  folder: string,
  segments: readonly IndexedSegment[],
  scan: LogScan,
): AsyncGenerator<LogScanStep> {
  const reader = new ChunkReader(folder, scan.keys)
  try {
    for (let after = scan.after, more = true; more;) {
      more = false
      for await (const step of scanUpTo(reader, segments, { ...scan, after })) {
        after = step.events.at(-1) ?? after
        more = step.isCut === true
        yield step
      }
    }
  } finally {
    await reader.close()
  }
}

/** Reads until it has come to what it could not keep: that `isCut`, and is read from there on. */
async function* scanUpTo(
  reader: ChunkReader,
  segments: readonly IndexedSegment[],
  scan: LogScan,
): AsyncGenerator<LogScanStep & { readonly isCut?: boolean }> {
  const order = directionOf(scan)
  const candidates = candidatesOf(segments, scan).sort((one, other) => order.begin(one) - order.begin(other))
  let held: StoredLogEvent[] = []
  /** The first event that was not kept: nothing from there on is. */
  let left: StoredLogEvent | undefined
  for (let next = 0; next < candidates.length || held.length > 0;) {
    let [scannedBytes, windowed] = [0, 0]
    for (; windowed < windowBytes; next += 1) {
      const candidate = candidates[next]
      if (!candidate) break
      const { head } = candidate
      scannedBytes += head.bytes
      windowed += head.bytes + head.count * eventBytes
      for (const event of await reader.read(candidate.segment, candidate))
        if (isIn(event, scan, order) && (!left || order.compare(event, left) < 0)) held.push(event)
    }
    held.sort(order.compare)
    const kept = countWithin(held, heldBytesMax)
    if (kept < held.length) {
      left = held[kept]
      held = held.slice(0, kept)
    }
    const following = candidates[next]
    const isDone = !following || (left !== undefined && order.begin(following) > order.timeOf(left))
    if (isDone && left) {
      yield { events: held, scannedBytes, isCut: true }
      return
    }
    const cut = following ? firstFrom(held, order, order.begin(following)) : held.length
    yield { events: held.slice(0, cut), scannedBytes }
    held = held.slice(cut)
  }
}

/** How many of the first events take no more memory than that; one at least. */
function countWithin(events: readonly StoredLogEvent[], bytesMax: number): number {
  let bytes = 0
  for (const [index, { message }] of events.entries()) {
    bytes += message.length + eventBytes
    if (bytes > bytesMax) return Math.max(1, index)
  }
  return events.length
}

interface Direction {
  readonly compare: (one: LogPosition, other: LogPosition) => number
  /** Where a chunk begins, in the order of reading; likewise an event's time. */
  readonly begin: (candidate: Candidate) => number
  readonly timeOf: (event: StoredLogEvent) => number
}

const forwards: Direction = {
  compare: comparePositions,
  begin: ({ head }) => head.minMs,
  timeOf: ({ timestampMs }) => timestampMs,
}

const backwards: Direction = {
  compare: (one, other) => comparePositions(other, one),
  begin: ({ head }) => -head.maxMs,
  timeOf: ({ timestampMs }) => -timestampMs,
}

function directionOf({ backwards: isBackwards }: LogScan): Direction {
  return isBackwards ? backwards : forwards
}

function candidatesOf(
  segments: readonly IndexedSegment[],
  { group, streams, fromMs, toMs, after, backwards }: LogScan,
): Candidate[] {
  const candidates: Candidate[] = []
  for (const segment of segments) {
    if (!segment.index.summaries[group]) continue
    for (const placed of segment.index.chunks) {
      const { head } = placed
      if (head.group !== group || head.maxMs < fromMs || head.minMs >= toMs) continue
      if (after && (backwards ? head.minMs > after.timestampMs : head.maxMs < after.timestampMs)) continue
      if (streams && !head.streams.some((stream) => streams.has(stream))) continue
      candidates.push({ ...placed, segment })
    }
  }
  return candidates
}

function isIn(
  event: StoredLogEvent,
  { streams, fromMs, toMs, after }: LogScan,
  { compare }: Direction,
): boolean {
  return (
    event.timestampMs >= fromMs &&
    event.timestampMs < toMs &&
    (!streams || streams.has(event.stream)) &&
    (!after || compare(event, after) > 0)
  )
}

/** The first event, in sorted ones, that a chunk which begins at `begin` may come before. */
function firstFrom(events: readonly StoredLogEvent[], { timeOf }: Direction, begin: number): number {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const event = events[middle]
    if (event && timeOf(event) < begin) low = middle + 1
    else high = middle
  }
  return low
}
