import {
  type InsightsQuery,
  parseInsightsQuery,
  type Row,
  TooMuch,
  type Value,
} from '#engines/log-insights/index.ts'
import type { ResultField, QueryStatistics } from '#models/logs.d.ts'
import { comparePositions, type StoredLogEvent } from '#telemetry/index.ts'
import type { LogsCall } from './declare.ts'
import type { GroupDocument, QueryDocument } from './documents.ts'
import { type LambdaLine, lambdaLine } from './lambda-fields.ts'
import { pointerOf } from './pointer.ts'
import { readGroup } from './reading.ts'

export interface QueryOutcome {
  readonly status: 'Complete' | 'Failed'
  readonly results: readonly (readonly ResultField[])[]
  readonly statistics: QueryStatistics
}

/** A group that is queried, with the names of its streams by their ids. */
export interface Queried {
  readonly group: GroupDocument
  readonly names: ReadonlyMap<string, string>
}

interface Found extends StoredLogEvent {
  readonly from: Queried
}

/**
 * Runs a query over what had arrived when it was started: whichever worker runs it, it comes to the same. It fails where it would need too
 * much memory. Faults: AccessDeniedException where a group's key cannot be used.
 */
export async function runQuery(
  parts: LogsCall['parts'],
  document: QueryDocument,
  queried: readonly Queried[],
): Promise<QueryOutcome> {
  const read = parseInsightsQuery(document.queryString, { limit: document.limit })
  if (!read.ok) return { status: 'Failed', results: [], statistics: {} }
  const run = read.query.start()
  const count = { bytesScanned: 0, recordsScanned: 0 }
  try {
    const sources = queried.map((one) => eventsOf(parts, document, one, count))
    for await (const event of latestFirst(sources)) {
      if (event.ingestedMs > document.createdAtMs) continue
      count.recordsScanned += 1
      if (!run.push(rowOf(event))) break
    }
    const { rows, matched } = run.end()
    return {
      status: 'Complete',
      results: rows.map((row) => shown(read.query, row)),
      statistics: {
        ...count,
        recordsMatched: matched,
        logGroupsScanned: queried.length,
        resultCount: rows.length,
      },
    }
  } catch (error) {
    if (error instanceof TooMuch) return { status: 'Failed', results: [], statistics: count }
    throw error
  }
}

async function* eventsOf(
  parts: LogsCall['parts'],
  { fromMs, toMs, createdAtMs }: QueryDocument,
  from: Queried,
  count: { bytesScanned: number },
): AsyncGenerator<Found> {
  const streams = new Set(from.names.keys())
  const scan = { fromMs, toMs, streams, backwards: true }
  for await (const { events, scannedBytes } of readGroup({ nowMs: createdAtMs, parts }, from.group, scan)) {
    count.bytesScanned += scannedBytes
    for (const event of events) yield { ...event, from }
  }
}

/** Events of several groups as one, the latest first. */
async function* latestFirst(sources: readonly AsyncGenerator<Found>[]): AsyncGenerator<Found> {
  const heads = new Map<AsyncGenerator<Found>, Found>()
  async function advance(source: AsyncGenerator<Found>): Promise<void> {
    const next = await source.next()
    if (next.done) heads.delete(source)
    else heads.set(source, next.value)
  }
  try {
    for (const source of sources) await advance(source)
    while (heads.size > 0) {
      const [[source, event]] = [...heads].sort(([, one], [, other]) => comparePositions(other, one)) as [
        [AsyncGenerator<Found>, Found], // There is one at least.
      ]
      yield event
      await advance(source)
    }
  } finally {
    for (const source of sources) await source.return(undefined)
  }
}

/** What an event takes while it is held, beside its message. Units: bytes, about. */
const rowBytes = 500

function rowOf(event: Found): Row {
  const { from, message } = event
  let document: unknown
  let line: LambdaLine | undefined
  let isRead = false
  return {
    bytes: rowBytes + 2 * message.length,
    get(field) {
      switch (field) {
        case '@timestamp':
          return event.timestampMs
        case '@ingestionTime':
          return event.ingestedMs
        case '@message':
          return message
        case '@logStream':
          return from.names.get(event.stream) ?? null
        case '@log':
          return `${from.group.account}:${from.group.name}`
        case '@ptr':
          return pointerOf(from.group, event)
        default:
          if (!isRead) {
            line = lambdaLine(message)
            document = parsed(line?.said ?? message)
          }
          isRead = true
          return line?.fields.get(field) ?? fieldOf(document, field)
      }
    },
  }
}

function parsed(message: string): unknown {
  if (!message.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}

/** A field that was found in JSON: `a.b`, `list.0`, `list[0]`. */
function fieldOf(document: unknown, field: string): Value {
  let value = document
  for (const part of field.replaceAll(/\[(\d+)\]/g, '.$1').split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null
    value = (value as Record<string, unknown>)[part] // An own property.
  }
  if (value === undefined) return null
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Value) // JSON has no other.
}

/** Source: ECMA-262, "Time Values and Time Range". Units: milliseconds. */
const timeMax = 8.64e15

function shown({ columns, times }: InsightsQuery, row: readonly Value[]): readonly ResultField[] {
  return columns.flatMap((field, index) => {
    const value = row[index] ?? null
    if (value === null) return []
    const isTime = times.has(field) && typeof value === 'number' && Math.abs(value) <= timeMax
    return [
      { field, value: isTime ? new Date(value).toISOString().replace('T', ' ').slice(0, 23) : String(value) },
    ]
  })
}
