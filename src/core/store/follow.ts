import assert from 'node:assert/strict'
import { type LogEntry, readChanges, readRecords } from './change-log.ts'
import type { Snapshot } from './driver.ts'
import { parseShelf } from './key.ts'
import { frozen } from './plain.ts'
import type { Replica } from './replica.ts'
import type { Change, DocumentChange } from './tail.ts'

/**
 * Applies one log entry to a replica: the only way in which a replica changes, for a store's own commits as for others', so that
 * all replicas hold the same documents.
 */
export function applyEntry(replica: Replica, entry: LogEntry, own: boolean, strict: boolean): Change {
  assert.equal(entry.seq, replica.seq + 1, 'log entries are applied in order, each once')
  const changes: DocumentChange[] = []
  for (const [row, shelf, id, document] of readChanges(entry)) {
    const after = document === null ? undefined : strict ? frozen(document) : document
    const before = replica.write(row, shelf, id, after, entry.seq)
    changes.push({ ...parseShelf(shelf), id, before, after })
  }
  replica.seq = entry.seq
  return { seq: entry.seq, changes, records: readRecords(entry), own }
}

/** Fills an empty replica. */
export function load(replica: Replica, snapshot: Snapshot, strict: boolean): void {
  for (const { row, shelf, id, version, body } of snapshot.documents) {
    const before = replica.write(row, shelf, id, parse(body, strict), version)
    assert.equal(before, undefined, `${shelf}/${id} is stored twice`)
  }
  replica.seq = snapshot.seq
}

/**
 * Brings a replica that is too far behind for the log to the state of a snapshot, and gives the difference as one change. The
 * records in between are gone from the log; those who commit them deliver them.
 */
export function applySnapshot(replica: Replica, snapshot: Snapshot, strict: boolean): Change {
  const changes: DocumentChange[] = []
  const kept = new Map<string, Set<string>>()
  const write = (
    row: number,
    shelf: string,
    id: string,
    after: object | undefined,
    version: number,
  ): void => {
    const before = replica.write(row, shelf, id, after, version)
    changes.push({ ...parseShelf(shelf), id, before, after })
  }
  for (const { row, shelf, id, version, body } of snapshot.documents) {
    if (replica.documentVersion(shelf, id) !== version) write(row, shelf, id, parse(body, strict), version)
    const ids = kept.get(shelf) ?? new Set()
    kept.set(shelf, ids.add(id))
  }
  for (const shelf of replica.shelves()) {
    const gone = [...replica.ids(shelf, '')].filter((id) => !kept.get(shelf)?.has(id))
    for (const id of gone) write(0, shelf, id, undefined, snapshot.seq)
  }
  replica.seq = snapshot.seq
  return { seq: snapshot.seq, changes, records: [], own: false }
}

function parse(body: string, strict: boolean): object {
  const document = JSON.parse(body) as object // Transaction.put made this text from an object.
  return strict ? frozen(document) : document
}
