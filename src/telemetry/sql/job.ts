import type { Damage } from '../damage.ts'
import type { ObservedKind } from './observed.ts'
import type { TableView } from './view.ts'

/** What a process is asked for: one job, then it ends. */
export type Job =
  | ({ readonly kind: 'check' } & Question)
  | ({ readonly kind: 'query' } & Question & Records & { readonly limits: QueryLimits })
  | {
      readonly kind: 'convert'
      readonly segments: readonly string[]
      readonly folder: string
      /** Lines that are no JSON are left out. */
      readonly lenient: boolean
    }
  | {
      readonly kind: 'export'
      readonly of: 'audit' | ObservedKind
      /** Segments, each of which may be being written. */
      readonly growing: readonly string[]
      /** Units: milliseconds since 1970; the end is not in it. */
      readonly fromMs: number
      readonly toMs: number
      readonly file: string
    }

/** A user's statement, and the tables that it may name. */
export interface Question {
  readonly statement: string
  readonly parameters: readonly string[]
  readonly views: readonly TableView[]
  /** What `now()` says. Units: milliseconds since 1970. */
  readonly nowMs: number
}

/** A file of columns, and its sum; an earlier version made none. */
export interface ColumnFile {
  readonly path: string
  readonly sum?: string | undefined
}

/** Where the records are that a question is about. */
export interface Records {
  readonly account: string
  /** The account's own files, all in `folder`; nobody else's records are in them. */
  readonly folder: string
  readonly files: readonly ColumnFile[]
  /** Segments that are being written, with records of all accounts: only the account's are taken, before the statement is seen. */
  readonly growing: readonly string[]
}

export interface QueryLimits {
  readonly rowsMax: number
  readonly bytesMax: number
}

/** What a query found, and how much was read for it. */
export interface QueryResult {
  readonly columns: readonly string[]
  /** A value that is NULL is null; all others are shown as text. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** Events in the account's files from the data stores' time on, and in what was being written. */
  readonly eventsScanned: number
}

/** What it answers. `refused` is the statement's own fault, in words for whoever wrote it. */
export type JobAnswer =
  | {
      readonly kind: 'done'
      readonly result?: QueryResult
      /** What was passed over, as it is not as it was written. */
      readonly damaged?: readonly Damage[]
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
