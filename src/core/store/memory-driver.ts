import type { DocumentRow, LogEntry, NewEntry } from './change-log.ts'
import { type Driver, isGap, logEntriesKept, type Missed, type Snapshot } from './driver.ts'

/** What drivers over one database in memory share. */
export class MemoryDatabase {
  readonly documents = new Map<number, DocumentRow>()
  log: LogEntry[] = []
  seq = 0
  readonly entriesKept: number

  constructor(entriesKept: number = logEntriesKept) {
    this.entriesKept = entriesKept
  }

  append(entries: readonly NewEntry[]): void {
    for (const { rows, ...entry } of entries) {
      for (const { row, shelf, id, body } of rows) {
        if (body === null) this.documents.delete(row)
        else this.documents.set(row, { row, shelf, id, version: entry.seq, body })
      }
      this.log.push(entry)
      this.seq = entry.seq
    }
    // Twice as many at most, so that trimming costs little an entry.
    if (this.log.length > this.entriesKept * 2) this.log = this.log.slice(-this.entriesKept)
  }

  snapshot(): Snapshot {
    return { kind: 'snapshot', seq: this.seq, documents: [...this.documents.values()] }
  }

  missedSince(seq: number): Missed {
    const entries = this.log.slice(this.#positionAfter(seq))
    return isGap(seq, entries) ? this.snapshot() : { kind: 'entries', entries }
  }

  recordsSince(seq: number): readonly LogEntry[] {
    return this.log.slice(this.#positionAfter(seq)).filter(({ records }) => records !== null)
  }

  #positionAfter(seq: number): number {
    return Math.max(0, this.log.length - (this.seq - seq))
  }
}

/** A driver that keeps everything in memory: for tests, and for a store that is meant to be forgotten. */
export function memoryDriver(database: MemoryDatabase): Driver {
  return {
    snapshot: () => database.snapshot(),
    missedSince: (seq) => database.missedSince(seq),
    commitGroup: (since, decide) => database.append(decide(database.missedSince(since))),
    recordsSince: (seq) => database.recordsSince(seq),
    close: () => undefined,
  }
}
