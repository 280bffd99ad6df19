import type { ChunkHead } from './chunk.ts'
import type { StoredLogEvent } from './log-event.ts'

/** What is told of a stream without reading its events. */
export interface StreamSummary {
  readonly count: number
  /** Bytes of the messages, and 26 for each event, as AWS counts. */
  readonly bytes: number
  readonly firstMs: number
  readonly lastMs: number
  readonly lastIngestedMs: number
}

/** By group and stream. */
export type Summaries = Record<string, Record<string, StreamSummary>>

/** Source: CloudWatch Logs API Reference, PutLogEvents: "plus 26 bytes for each log event". */
export const eventOverheadBytes = 26

export function summaryOfBatch({
  group,
  streams,
  count,
  bytes,
  minMs,
  maxMs,
  ingestedMs,
}: ChunkHead): Summaries {
  const [stream = ''] = streams
  return {
    [group]: {
      [stream]: {
        count,
        bytes: bytes + count * eventOverheadBytes,
        firstMs: minMs,
        lastMs: maxMs,
        lastIngestedMs: ingestedMs[1],
      },
    },
  }
}

/** What events of one group come to. It runs over every event that is kept: sums are counted in place. */
export function summaryOfEvents(group: string, events: readonly StoredLogEvent[]): Summaries {
  const streams: Record<string, { -readonly [Name in keyof StreamSummary]: StreamSummary[Name] }> = {}
  for (const { stream, timestampMs, ingestedMs, message } of events) {
    const sum = (streams[stream] ??= {
      count: 0,
      bytes: 0,
      firstMs: timestampMs,
      lastMs: timestampMs,
      lastIngestedMs: ingestedMs,
    })
    sum.count += 1
    sum.bytes += Buffer.byteLength(message) + eventOverheadBytes
    if (timestampMs < sum.firstMs) sum.firstMs = timestampMs
    if (timestampMs > sum.lastMs) sum.lastMs = timestampMs
    if (ingestedMs > sum.lastIngestedMs) sum.lastIngestedMs = ingestedMs
  }
  return { [group]: streams }
}

/** Adds up in `all`. Ids are our own: none is a name of Object's prototype. */
export function addSummary(all: Summaries, more: Summaries): void {
  for (const [group, streams] of Object.entries(more)) {
    const known = (all[group] ??= {})
    for (const [stream, summary] of Object.entries(streams)) known[stream] = together(known[stream], summary)
  }
}

export function together(one: StreamSummary | undefined, other: StreamSummary): StreamSummary {
  if (one === undefined) return other
  return {
    count: one.count + other.count,
    bytes: one.bytes + other.bytes,
    firstMs: Math.min(one.firstMs, other.firstMs),
    lastMs: Math.max(one.lastMs, other.lastMs),
    lastIngestedMs: Math.max(one.lastIngestedMs, other.lastIngestedMs),
  }
}
