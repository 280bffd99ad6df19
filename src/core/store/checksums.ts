import { crc32 } from 'node:zlib'
import type { DocumentRow, LogEntry } from './change-log.ts'

// SQLite checks how its pages hang together, not what is in them: these find a text in which bits were flipped. They are no defence
// against whoever may write to the file, and can make new ones.

/** Stored, or read, otherwise than it was written; the message says what to do. */
export class DamagedDatabase extends Error {
  constructor(what: string) {
    super(`${what}: nothing is served from it; restore a backup into a new directory (redoubt restore)`)
    this.name = 'DamagedDatabase'
  }
}

/** Of a document with all that places it. */
export function documentSum({ row, shelf, id, version, body }: DocumentRow): number {
  return crc32(body, crc32(`${row} ${version} ${shelf} ${id} `))
}

/** Of what an entry changes, with its place in the log. */
export function changesSum({ seq, changes }: Pick<LogEntry, 'seq' | 'changes'>): number {
  return crc32(changes, crc32(`${seq} `))
}

/** Of an entry's records, with its place in the log; null where it has none. */
export function recordsSum({ seq, records }: Pick<LogEntry, 'seq' | 'records'>): number | null {
  return records === null ? null : crc32(records, crc32(`${seq} `))
}
