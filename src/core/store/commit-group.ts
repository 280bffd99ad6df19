import { type NewEntry, newEntry, type NumberedWrite } from './change-log.ts'
import { indexValues } from './collection.ts'
import { familyOf } from './key.ts'
import { Overlay, type Written } from './overlay.ts'
import type { Changed } from './read-set.ts'
import type { Replica } from './replica.ts'
import { type Finished, serial, type Transaction } from './transaction.ts'

/** A transaction that waits for its group's commit. */
export interface Submission {
  /** What it did on the replica, or undefined for one that only ever runs under the lock. */
  readonly attempt: Finished | undefined
  readonly answer: unknown
  /** Does the same again on a newer state; its failure is then the transaction's. */
  readonly rerun: (tx: Transaction) => unknown
  readonly settle: (outcome: Outcome) => void
}

/** How a transaction ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }

/** What a group comes to, should the database take its entries. */
export interface Decision {
  readonly entries: readonly NewEntry[]
  /** In the order of the submissions. */
  readonly outcomes: readonly Outcome[]
}

/**
 * Puts a group of transactions one behind another, under the lock that all writers share and on a replica that is current. One
 * whose reads still hold is taken as it is; any other runs again, on what the group has reached, and so cannot conflict twice.
 */
export function decideGroup(group: readonly Submission[], replica: Replica, strict: boolean): Decision {
  const reached = new Reached(replica)
  const entries: NewEntry[] = []
  const outcomes = group.map((submission): Outcome => {
    let { attempt, answer } = submission
    if (attempt?.reads === undefined || !attempt.reads.holds(reached)) {
      const tx = serial(reached.overlay, strict)
      try {
        answer = submission.rerun(tx)
      } catch (error) {
        tx.close()
        return { kind: 'failed', error } // Not swallowed: it is what the transaction's caller gets.
      }
      attempt = tx.close()
    }
    if (!attempt.writes.isEmpty || attempt.records.length > 0) {
      entries.push(newEntry(replica.seq + entries.length + 1, reached.accept(attempt), attempt.records))
    }
    return { kind: 'answered', answer }
  })
  return { entries, outcomes }
}

/** The state that a group has reached: the replica under the writes of the transactions taken so far. */
class Reached implements Changed {
  readonly overlay: Overlay
  readonly #replica: Replica
  readonly #buckets = new Set<string>()
  /** The rows of documents that the group created, by `shelf/id`. */
  readonly #created = new Map<string, number>()
  #nextRow: number

  constructor(replica: Replica) {
    this.overlay = new Overlay(replica)
    this.#replica = replica
    this.#nextRow = replica.nextRow
  }

  /** Adds a transaction's writes to the state, and numbers them. */
  accept({ writes }: Finished): readonly NumberedWrite[] {
    const numbered: NumberedWrite[] = []
    for (const [shelf, id, written] of writes.writes()) {
      const before = this.overlay.document(shelf, id)
      numbered.push({ row: this.#row(shelf, id, before), shelf, id, written })
      this.#noteBuckets(shelf, id, before, written)
      this.overlay.write(shelf, id, written)
    }
    return numbered
  }

  hasBucket(shelfOrFamily: string, index: string, value: string): boolean {
    return this.#buckets.has(bucketName(shelfOrFamily, index, value))
  }

  /** The row of a document that exists, or a new one. */
  #row(shelf: string, id: string, before: object | undefined): number {
    const key = `${shelf}/${id}`
    const known = before && (this.#created.get(key) ?? this.#replica.row(shelf, id))
    if (known !== undefined) return known
    const row = this.#nextRow++
    this.#created.set(key, row)
    return row
  }

  /** Nobody can have read a bucket of a family that was never searched. */
  #noteBuckets(shelf: string, id: string, before: object | undefined, written: Written): void {
    const family = familyOf(shelf)
    const collection = this.#replica.searched(family)
    if (collection === undefined) return
    for (const [name, index] of collection.indexes) {
      const owner = index.anywhere ? family : shelf
      for (const value of indexValues(index, before, id)) this.#buckets.add(bucketName(owner, name, value))
      for (const value of indexValues(index, written?.document, id))
        this.#buckets.add(bucketName(owner, name, value))
    }
  }
}

/** INVARIANT: neither shelves nor index names hold NUL, so no two buckets share a name. */
function bucketName(shelfOrFamily: string, index: string, value: string): string {
  return `${shelfOrFamily}\0${index}\0${value}`
}
