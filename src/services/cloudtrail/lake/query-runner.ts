import type { AccountId } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import { changesOf, type FoundAnywhere, type Store, type Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { cancelled, type Lake, type QueryResult, timedOut } from '#telemetry/sql/index.ts'
import { isGone } from './declare.ts'
import { eventDataStores, isOpen, queries, type QueryDocument } from './documents.ts'
import { questionOf } from './question.ts'
import { dayMs, keptMs, queryLimits } from './quotas.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly log: Log
  readonly lake: Lake
}

/** Runs queries, in one worker, and keeps what they came to for as long as it may be asked for. */
export interface QueryRunner {
  /** Runs what waits; answers when that has ended. */
  readonly look: () => Promise<void>
  /** Removes what is kept no longer, and brings new segments into columns. */
  readonly sweep: () => Promise<void>
  readonly close: () => Promise<void>
}

type Found = FoundAnywhere<QueryDocument>

/** Our own: processes of queries at a time, and how often it is looked for what waits or is too old. */
const bounds = { underWay: 2, lookMs: 1_000, sweepMs: 600_000 }

/** What was under way when the server died runs again: a query changes nothing. */
export function createQueryRunner({ store, world, log, lake }: Parts): QueryRunner {
  const underWay = new Map<string, { readonly ended: Promise<void>; cancel?: () => void }>()
  /** Begun again by the next look: what a full disk refused just now it would refuse at once again, and without end. */
  const resting = new Set<string>()
  let sweeping: Promise<void> | undefined
  let closed = false

  const stopTail = store.tail((change) => {
    for (const { account, region, id, after } of changesOf(queries, change)) {
      if (after && isOpen(after.status)) begin({ account, region, id, document: after })
      else underWay.get(id)?.cancel?.()
    }
  })
  const stopLooking = world.every(bounds.lookMs, () => void look())
  const stopSweeping = world.every(bounds.sweepMs, () => void sweep())

  async function look(): Promise<void> {
    resting.clear()
    beginWaiting()
    while (underWay.size > 0) await Promise.all([...underWay.values()].map(({ ended }) => ended))
  }

  function beginWaiting(): void {
    const waiting = store.read.findAnywhere(queries, 'waiting', 'all')
    for (const query of waiting.toSorted(
      (one, other) => one.document.createdAtMs - other.document.createdAtMs,
    ))
      begin(query)
  }

  function begin(found: Found): void {
    if (closed || underWay.has(found.id) || resting.has(found.id) || underWay.size >= bounds.underWay) return
    const entry: { ended: Promise<void>; cancel?: () => void } = { ended: Promise.resolve() }
    underWay.set(found.id, entry)
    entry.ended = run(found, (cancel) => (entry.cancel = cancel))
      .catch((error: unknown) => {
        resting.add(found.id)
        log({ level: 'error', event: 'query-failed', reason: String(error) })
      })
      .finally(() => {
        underWay.delete(found.id)
        if (!closed) beginWaiting()
      })
  }

  async function run(found: Found, onCancel: (cancel: () => void) => void): Promise<void> {
    const { id, account, region, document } = found
    const startedAtMs = world.nowMs()
    const isStill = await change(found, { status: 'RUNNING', startedAtMs })
    if (!isStill || closed) return
    const stores = document.stores.flatMap((storeId) => {
      const one = store.read.get(eventDataStores, { account, region }, storeId)
      return one && one.deletedAtMs === undefined ? [one] : []
    })
    if (stores.length < document.stores.length) {
      await change(found, failed('An event data store of the query is not there any more.'))
      return
    }
    // Documents are of accounts that the pipeline named.
    const running = lake.query(account as AccountId, questionOf(document, stores), queryLimits)
    onCancel(running.cancel)
    const answer = await running.ends.catch(
      (error: unknown) => ({ kind: 'failed', reason: String(error) }) as const,
    )
    if (closed) return // It runs again.
    switch (answer.kind) {
      case 'done':
        return finish(found, id, answer.result ?? { columns: [], rows: [], eventsScanned: 0 })
      case 'refused':
        await change(found, failed(answer.reason))
        return
      case 'failed':
        if (answer.reason === cancelled) return
        log({ level: 'error', event: 'query-failed', reason: answer.reason })
        await change(found, failed('The records could not be read.'))
    }
  }

  async function finish(found: Found, id: string, result: QueryResult): Promise<void> {
    await lake.results.write(id, result)
    const { rows, eventsScanned } = result
    await change(found, {
      status: 'FINISHED',
      endedAtMs: world.nowMs(),
      rowCount: rows.length,
      eventsScanned,
    })
  }

  function failed(error: string): Partial<QueryDocument> {
    const status = error === timedOut ? 'TIMED_OUT' : 'FAILED'
    return { status, endedAtMs: world.nowMs(), error: error.slice(0, 1000) }
  }

  /** Changes a query that has not ended, as one that was cancelled has. Tells whether it did. */
  function change({ account, region, id }: Found, changes: Partial<QueryDocument>): Promise<boolean> {
    return store.transact((tx: Transaction) => {
      const query = tx.get(queries, { account, region }, id)
      if (!query || !isOpen(query.status)) return false
      tx.put(queries, { account, region }, id, { ...query, ...changes })
      return true
    })
  }

  async function sweepNow(): Promise<void> {
    const nowMs = world.nowMs()
    const old = store.read
      .findAnywhere(queries, 'everywhere', 'all')
      .filter(
        ({ document: { createdAtMs, status } }) => !isOpen(status) && createdAtMs + keptMs.queries < nowMs,
      )
    const gone = store.read
      .findAnywhere(eventDataStores, 'everywhere', 'all')
      .filter(({ document }) => isGone(document, nowMs))
    if (old.length + gone.length > 0)
      await store.transact((tx) => {
        for (const query of old) tx.delete(queries, query, query.id)
        for (const one of gone) tx.delete(eventDataStores, one, one.id)
      })
    const kept = new Set(store.read.findAnywhere(queries, 'everywhere', 'all').map(({ id }) => id))
    await lake.results.sweep((id) => kept.has(id) || underWay.has(id.replace(/\.new$/, '')))
    const retained = retainedSince(nowMs)
    if (retained.size > 0) await lake.convert()
    await lake.sweep((account) => retained.get(account))
  }

  /** How far back the data stores of each account reach. */
  function retainedSince(nowMs: number): ReadonlyMap<string, number> {
    const since = new Map<string, number>()
    for (const { account, document } of store.read.findAnywhere(eventDataStores, 'everywhere', 'all')) {
      const own = nowMs - document.retentionDays * dayMs
      since.set(account, Math.min(own, since.get(account) ?? own))
    }
    return since
  }

  function sweep(): Promise<void> {
    sweeping ??= sweepNow()
      .catch((error: unknown) => {
        if (!closed) log({ level: 'error', event: 'lake-not-swept', reason: String(error) })
      })
      .finally(() => (sweeping = undefined))
    return sweeping
  }

  return {
    look,
    sweep,
    async close() {
      closed = true
      stopTail()
      stopLooking()
      stopSweeping()
      for (const { cancel } of underWay.values()) cancel?.()
      lake.stopConverting()
      await Promise.all([...underWay.values()].map(({ ended }) => ended))
      await sweeping
    },
  }
}
