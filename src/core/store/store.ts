import assert from 'node:assert/strict'
import { type Awaitable, next, settled } from '../awaitable.ts'
import { readRecords } from './change-log.ts'
import { type Decision, decideGroup, type Submission } from './commit-group.ts'
import type { Driver, Snapshot } from './driver.ts'
import { load } from './follow.ts'
import { Follower } from './follower.ts'
import { assertAddress, familyName, shelfName } from './key.ts'
import type { Head } from './head.ts'
import { type NotedReads, noteReads } from './noted-reads.ts'
import { Replica } from './replica.ts'
import { type KeyedDocument, StoreReader } from './store-reader.ts'
import { type Listener, Tail } from './tail.ts'
import { optimistic, type Transaction } from './transaction.ts'

/** Transactions in one commit group at most; the rest forms the next. It bounds how long the event loop is held. */
const groupMax = 1024

/** What can be chosen when a store is opened. */
export interface StoreOptions {
  /** Refuse documents that are not plain JSON, and freeze all documents: for tests and development. Default: false. */
  readonly strict?: boolean
  /** Runs a task at the end of the event loop's turn. Default: setImmediate. */
  readonly atTurnEnd?: (task: () => void) => void
  /** Hears of a tail listener that threw, which is a bug. Default: an uncaught exception, which ends the process. */
  readonly onBug?: (error: unknown) => void
}

/** The database could not commit (disk full, I/O error): nothing of the transaction was stored. `cause` says why. */
export class CommitFailed extends Error {
  constructor(cause: unknown) {
    super('the database could not commit', { cause })
    this.name = 'CommitFailed'
  }
}

/** Whoever keeps up looks at least so often. Units: milliseconds. */
const keepUpMsMax = 1_000

/**
 * Documents in memory over a change log in a database. Reads never leave the process; what was acknowledged is on disk.
 * State: open -> closed.
 */
export class Store {
  /** Reads outside of a transaction. */
  readonly read: StoreReader
  readonly #driver: Driver
  readonly #head: Head
  readonly #strict: boolean
  readonly #atTurnEnd: (task: () => void) => void
  readonly #replica = new Replica()
  readonly #tail: Tail
  readonly #follower: Follower
  #queue: Submission[] = []
  #scheduled = false
  #closing: Promise<void> | undefined

  /** Use `openStore` or `createMemoryStore`. */
  constructor(driver: Driver, head: Head, snapshot: Snapshot, options: StoreOptions = {}) {
    this.#driver = driver
    this.#head = head
    this.#strict = options.strict ?? false
    this.#atTurnEnd = options.atTurnEnd ?? setImmediate
    this.#tail = new Tail(options.onBug ?? throwUncaught)
    load(this.#replica, snapshot, this.#strict)
    head.publish(snapshot.seq)
    this.#follower = new Follower(this.#replica, this.#tail, driver, head, this.#strict)
    this.read = new StoreReader(this.#replica)
  }

  /** The log sequence up to which this store's documents are current. */
  get seq(): number {
    return this.#replica.seq
  }

  /** Begins a transaction. Run it within one turn, then submit it; one that wrote nothing can be forgotten. */
  begin(): Transaction {
    return optimistic(this.#replica, this.#strict)
  }

  /** Begins reads whose result can be kept until one of them would read otherwise: how caches follow the change log. */
  noteReads(): NotedReads {
    return noteReads(this.#replica)
  }

  /**
   * Commits a transaction at the end of the turn, together with all others of the turn. Should something that it read have
   * changed, `rerun` does it again, under the lock: its answer, or its failure, then takes the place of the first.
   * Faults: CommitFailed; whatever `rerun` throws.
   */
  submit<T>(attempt: Transaction, answer: T, rerun: (tx: Transaction) => T): Promise<T> {
    return this.#enqueue(attempt.close(), answer, rerun)
  }

  /** Runs a program as one transaction; it may run twice, and must have no effect but on the transaction. */
  async transact<T>(run: (tx: Transaction) => T): Promise<T> {
    await this.catchUp()
    const tx = this.begin()
    const answer = run(tx)
    return tx.isEmpty ? answer : this.submit(tx, answer, run)
  }

  /**
   * Brings the replica up to the log's head as it is now, so that no answer is older than what anybody was told before it was
   * asked for. Costs nothing when it is current. Await what it returns, if anything.
   */
  catchUp(): Awaitable<void> {
    return this.#follower.catchUp()
  }

  /**
   * Follows what other workers commit as they commit it, not only when it is asked for: for those who act on changes by themselves, and
   * hear of them by `tail`. The answer ends it. `failed` hears why the log could not be read; it is tried again.
   */
  keepUp(failed: (reason: unknown) => void): () => void {
    const ending = new AbortController()
    const follow = async (): Promise<void> => {
      while (!ending.signal.aborted) {
        const { seq } = this.#head
        try {
          await this.catchUp()
        } catch (error) {
          failed(error)
        }
        await this.#head.movedFrom(seq, keepUpMsMax)
      }
    }
    void follow()
    return () => ending.abort()
  }

  /** Hears of every change from now on, own and foreign, once and in order, after it shows in `read`. The answer ends it. */
  tail(listener: Listener): () => void {
    return this.#tail.follow(listener)
  }

  /**
   * The audit records of the changes after `seq` that the log still holds, oldest first: for whoever writes them elsewhere and
   * may have died before it did.
   */
  recordsSince(
    seq: number,
  ): Awaitable<readonly { readonly seq: number; readonly records: readonly string[] }[]> {
    return next(this.#driver.recordsSince(seq), (entries) =>
      entries.map((entry) => ({ seq: entry.seq, records: readRecords(entry) })),
    )
  }

  /** All documents. */
  snapshot(): readonly KeyedDocument[] {
    return [...this.read.everything()]
  }

  /** Replaces all documents by the given ones, in one transaction that is followed like any other. */
  reset(documents: readonly KeyedDocument[]): Promise<void> {
    return this.#enqueue(undefined, undefined, (tx) => {
      tx.clear()
      for (const { service, type, id, document, ...scope } of documents) {
        assertAddress(scope, id)
        tx.write(shelfName(scope, familyName(service, type)), id, {
          document,
          body: JSON.stringify(document),
        })
      }
    })
  }

  /** Commits what was submitted, and lets go of the database. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    while (this.#queue.length > 0 || this.#follower.underWay !== undefined) {
      await (this.#follower.underWay ?? this.#flush())
    }
    await this.#driver.close()
  }

  #enqueue<T>(
    attempt: Submission['attempt'],
    answer: T | undefined,
    rerun: (tx: Transaction) => T,
  ): Promise<T> {
    assert.ok(this.#closing === undefined, 'the store is closed')
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#queue.push({
      attempt,
      answer,
      rerun,
      settle: (outcome) =>
        outcome.kind === 'failed' ? reject(asError(outcome.error)) : resolve(outcome.answer as T), // `answer`, or `rerun`'s.
    })
    this.#schedule()
    return promise
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#atTurnEnd(() => {
      this.#scheduled = false
      void this.#flush() // It never rejects: a failed commit is told to those who wait for it.
    })
  }

  /** Commits one group. */
  #flush(): Awaitable<void> {
    if (this.#follower.underWay !== undefined) return this.#follower.underWay.then(() => this.#flush())
    if (this.#queue.length === 0) return undefined
    const group = this.#queue.splice(0, groupMax)
    if (this.#queue.length > 0) this.#schedule()
    let decision: Decision = { entries: [], outcomes: [] }
    const commit = (): Awaitable<void> =>
      this.#driver.commitGroup(this.#replica.seq, (missed) => {
        this.#follower.absorb(missed)
        decision = decideGroup(group, this.#replica, this.#strict)
        return decision.entries
      })
    const committed = (): void => this.#finish(group, decision)
    const failed = (error: unknown): void => this.#fail(group, error)
    return this.#follower.exclusively(() =>
      // What is caught up with before the lock is taken does not hold up the other writers.
      settled(() => next(this.#follower.readMissed(), commit), committed, failed),
    )
  }

  #finish(group: readonly Submission[], { entries, outcomes }: Decision): void {
    const last = entries.at(-1)
    if (last !== undefined) this.#head.publish(last.seq)
    this.#follower.apply(entries, true)
    for (const [position, submission] of group.entries()) {
      const outcome = outcomes[position]
      assert.ok(outcome !== undefined, 'every submission has an outcome')
      submission.settle(outcome)
    }
  }

  #fail(group: readonly Submission[], cause: unknown): void {
    for (const submission of group) submission.settle({ kind: 'failed', error: new CommitFailed(cause) })
  }
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw asError(error)
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('something that is no Error was thrown', { cause: error })
}
