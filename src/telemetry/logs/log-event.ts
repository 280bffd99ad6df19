/** An event as whoever logs hands it over. */
export interface LogEvent {
  /** When it happened. Units: milliseconds since 1970. */
  readonly timestampMs: number
  readonly message: string
}

/** Where an event stands among all others. Read as a tuple, in this order, it sorts by time, then by arrival. */
export interface LogPosition {
  readonly timestampMs: number
  readonly ingestedMs: number
  readonly worker: number
  /** The number of the worker's segment of that day, the batch within it, and the event within that. */
  readonly segment: number
  readonly batch: number
  readonly at: number
}

/** An event as it is found again. */
export interface StoredLogEvent extends LogEvent, LogPosition {
  readonly stream: string
}

/** Negative where `one` stands before `other`. */
export function comparePositions(one: LogPosition, other: LogPosition): number {
  return (
    one.timestampMs - other.timestampMs ||
    one.ingestedMs - other.ingestedMs ||
    one.worker - other.worker ||
    one.segment - other.segment ||
    one.batch - other.batch ||
    one.at - other.at
  )
}

const fields = [
  ['timestampMs', 45n],
  ['ingestedMs', 45n],
  ['worker', 14n],
  ['segment', 30n],
  ['batch', 24n],
  ['at', 14n],
] as const satisfies readonly (readonly [keyof LogPosition, bigint])[]

const digits = 56

/** A position as 56 digits, as AWS's event ids are; they sort as positions do. */
export function writePosition(position: LogPosition): string {
  let packed = 0n
  for (const [name, bits] of fields) packed = (packed << bits) | BigInt(position[name])
  return packed.toString().padStart(digits, '0')
}

/** Reads what `writePosition` wrote; undefined for any other text. */
export function readPosition(text: string): LogPosition | undefined {
  if (!/^\d{56}$/.test(text)) return undefined
  let packed = BigInt(text)
  const position = { timestampMs: 0, ingestedMs: 0, worker: 0, segment: 0, batch: 0, at: 0 }
  for (const [name, bits] of fields.toReversed()) {
    position[name] = Number(packed & ((1n << bits) - 1n))
    packed >>= bits
  }
  return packed === 0n ? position : undefined
}

/** Before every event of a time, and of all later ones. */
export function beginOf(timestampMs: number): LogPosition {
  return { timestampMs, ingestedMs: 0, worker: 0, segment: 0, batch: 0, at: 0 }
}
