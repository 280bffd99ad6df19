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

/** As much is read before what overlaps is put in order. Units: bytes of messages. */
const windowBytes = 1024 * 1024
/** How often a scan begins anew behind what it gave, because segments moved. */
const restartsMax = 20

/**
 * Reads a group's events in order, a window at a time: of chunks whose times cannot hold any, nothing is read.
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
  const order = directionOf(scan)
  const candidates = candidatesOf(segments, scan).sort((one, other) => order.begin(one) - order.begin(other))
  const reader = new ChunkReader(folder, scan.keys)
  let held: StoredLogEvent[] = []
  try {
    for (let next = 0; next < candidates.length || held.length > 0;) {
      let scannedBytes = 0
      for (; scannedBytes < windowBytes; next += 1) {
        const candidate = candidates[next]
        if (!candidate) break
        scannedBytes += candidate.head.bytes
        const events = await reader.read(candidate.segment, candidate)
        for (const event of events) if (isIn(event, scan, order)) held.push(event)
      }
      held.sort(order.compare)
      const following = candidates[next]
      const cut = following ? firstFrom(held, order, order.begin(following)) : held.length
      yield { events: held.slice(0, cut), scannedBytes }
      held = held.slice(cut)
    }
  } finally {
    await reader.close()
  }
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
