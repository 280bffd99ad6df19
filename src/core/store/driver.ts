import type { Awaitable } from '../awaitable.ts'
import type { DocumentRow, LogEntry, NewEntry } from './change-log.ts'

/** All documents at one moment. `documents` is read once, at once, in any order. */
export interface Snapshot {
  readonly kind: 'snapshot'
  readonly seq: number
  readonly documents: Iterable<DocumentRow>
}

/** What a replica lacks: the log entries that follow its own, or everything when the log no longer reaches back so far. */
export type Missed = { readonly kind: 'entries'; readonly entries: readonly LogEntry[] } | Snapshot

/**
 * A database that keeps documents and the change log. SQLite answers every call at once; a driver over the network (PostgreSQL)
 * may answer each with a promise: the store then awaits it, one commit group at a time, and serves reads from the replica
 * meanwhile.
 */
export interface Driver {
  /** All documents, with the log sequence that they reflect. */
  snapshot(): Awaitable<Snapshot>
  /** What came after `seq`, at least as new as any commit that ended before the call. */
  missedSince(seq: number): Awaitable<Missed>
  /**
   * One commit group: takes the lock that all writers share, tells `decide` what came after `since`, and stores the entries
   * that it answers, all or none, on disk before it returns. `decide` is synchronous and called once; if it throws, or answers
   * no entries, nothing is stored.
   * Faults: throws when the database fails; then nothing was stored.
   */
  commitGroup(since: number, decide: (missed: Missed) => readonly NewEntry[]): Awaitable<void>
  /** The audit records of the entries after `seq` that the log still holds. */
  recordsSince(seq: number): Awaitable<readonly Pick<LogEntry, 'seq' | 'records'>[]>
  close(): Awaitable<void>
}

/** Log entries that a driver keeps, at least; a replica that is further behind loads a snapshot. */
export const logEntriesKept = 100_000

/** Whether entries read after `seq` do not follow on it: the log was trimmed. */
export function isGap(seq: number, entries: readonly LogEntry[]): boolean {
  const first = entries[0]
  return first !== undefined && first.seq !== seq + 1
}
