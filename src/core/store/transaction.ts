import assert from 'node:assert/strict'
import type { Collection } from './collection.ts'
import { assertAddress, type Scope, shelfName } from './key.ts'
import { Overlay } from './overlay.ts'
import { assertPlain } from './plain.ts'
import { ReadSet } from './read-set.ts'
import { assertIndex, Reader } from './reader.ts'
import type { Replica } from './replica.ts'
import type { View } from './view.ts'

/**
 * One operation's reads and writes. Reads see the transaction's own writes; nothing is visible to others before the commit, and
 * a transaction that is never submitted has never happened.
 * State: open -> closed, when it is submitted or has run under the lock.
 */
export class Transaction extends Reader {
  readonly #view: Overlay
  readonly #reads: ReadSet | undefined
  readonly #records: string[] = []
  readonly #strict: boolean
  #open = true

  /** `reads` is left out under the commit lock, where nothing can come between. */
  constructor(view: Overlay, reads: ReadSet | undefined, strict: boolean) {
    super(view, reads)
    this.#view = view
    this.#reads = reads
    this.#strict = strict
  }

  /** Creates or replaces a document: plain JSON data, which must not be changed afterwards. */
  put<D extends object>(collection: Collection<D>, scope: Scope, id: string, document: D): void {
    assertAddress(scope, id)
    if (this.#strict) assertPlain(document)
    const body = JSON.stringify(document)
    assert.ok(body.startsWith('{') || body.startsWith('['), 'a document is an object or a list')
    this.write(shelfName(scope, collection.name), id, { document, body })
  }

  /** Removes a document; one that does not exist stays so. */
  delete(collection: Collection<object>, scope: Scope, id: string): void {
    this.write(shelfName(scope, collection.name), id, null)
  }

  /**
   * Whether one more document fits a quota of `max`. Exact, however many create at the same time: the commit asks again. Ask
   * before the `put`.
   */
  requireRoom(collection: Collection<object>, scope: Scope, max: number): boolean {
    const shelf = shelfName(scope, collection.name)
    this.#reads?.room(shelf, max)
    return this.#view.count(shelf) < max
  }

  /** As `requireRoom`, of the documents that an index files under a value. Cost: the same however many there are. */
  requireRoomUnder<D extends object>(
    collection: Collection<D>,
    scope: Scope,
    { index, value, max }: { readonly index: string; readonly value: string; readonly max: number },
  ): boolean {
    assertIndex(collection, index, false)
    const shelf = shelfName(scope, collection.name)
    this.#reads?.roomUnder(collection, { shelf, index, value }, max)
    return this.#view.countMatching(collection, shelf, index, value) < max
  }

  /** Adds an audit record, one line of JSON, which is stored with the change or not at all, and delivered to the tail. */
  record(record: string): void {
    assert.ok(this.#open, 'the transaction is over')
    assert.ok(!record.includes('\n'), 'a record is one line')
    this.#records.push(record)
  }

  /** True when it has changed a document. */
  get wrote(): boolean {
    return !this.#view.isEmpty
  }

  /** True when there is nothing to commit. */
  get isEmpty(): boolean {
    return this.#view.isEmpty && this.#records.length === 0
  }

  /** For the store alone: ends the transaction and gives what it did. */
  close(): Finished {
    assert.ok(this.#open, 'a transaction is submitted once')
    this.#open = false
    return { writes: this.#view, records: this.#records, reads: this.#reads }
  }

  /** For the store alone: deletes every document there is. */
  clear(): void {
    for (const shelf of this.#view.shelves()) {
      const ids = [...this.#view.ids(shelf, '')]
      for (const id of ids) this.write(shelf, id, null)
    }
  }

  /** For the store alone: a write by shelf name. */
  write(shelf: string, id: string, written: Parameters<Overlay['write']>[2]): void {
    assert.ok(this.#open, 'the transaction is over')
    // A write depends on what was there: the quota's arithmetic and the change log's `before` rest on it.
    this.#reads?.document(shelf, id)
    this.#view.write(shelf, id, written)
  }
}

/** What a transaction did, and what it depends on. */
export interface Finished {
  readonly writes: Overlay
  readonly records: readonly string[]
  /** Absent where nothing can have come between. */
  readonly reads: ReadSet | undefined
}

/** A transaction on the replica, to be validated when it commits. */
export function optimistic(replica: Replica, strict: boolean): Transaction {
  const own = new Overlay(replica)
  return new Transaction(own, new ReadSet(replica, own), strict)
}

/** A transaction under the commit lock, on the state that its group has reached. */
export function serial(view: View, strict: boolean): Transaction {
  return new Transaction(new Overlay(view), undefined, strict)
}
