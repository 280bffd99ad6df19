import type { Source } from '#engines/detect/index.ts'

/** Where records come from: the audit trail, or files that somebody else writes. */
export interface RecordSource {
  /** The engine's source. */
  readonly source: Source
  /** Names its cursor. */
  readonly name: string
  /** Lines (JSON) after a cursor; undefined: from now on. */
  readonly arrivals: (cursor: unknown, bytesMax: number) => Promise<Arrived>
  /** Tells when there may be more; the answer stops it. */
  readonly onArrival: (tell: () => void) => () => void
}

export interface Arrived {
  readonly lines: readonly string[]
  /** Plain JSON. */
  readonly cursor: unknown
  readonly more: boolean
}
