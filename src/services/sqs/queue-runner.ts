import { isOver } from '#core/elapsed.ts'
import type { Log } from '#core/log.ts'
import { createRounds } from '#core/rounds.ts'
import {
  CommitFailed,
  type FoundAnywhere,
  type Scope,
  type Store,
  type Transaction,
} from '#core/store/index.ts'
import { Table } from '#core/tables.ts'
import type { World } from '#core/world.ts'
import { numberOf } from './attributes.ts'
import { clear } from './clearing.ts'
import {
  attempts,
  clearings,
  contentIdOf,
  contents,
  deduplications,
  messages,
  minuteOf,
  moveTasks,
  queues,
} from './documents.ts'
import type { Lanes } from './lanes.ts'
import { advance } from './move-runner.ts'

/** Does what happens to queues by itself. */
export interface QueueRunner {
  /** Does everything that is due; one that is under way is not begun twice. */
  tend(): Promise<void>
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'every' | 'randomBytes'>
  readonly lanes: Pick<Lanes, 'sentBefore' | 'receivable'>
  readonly log: Log
}

/** Units: milliseconds. What is expired, purged or deleted is given to nobody meanwhile. */
const everyMs = 1_000
const sweepEveryMs = 10_000
/** Documents that one transaction deletes. */
const batchMax = 500

/**
 * Moves messages for move tasks, and clears away what is purged, deleted or expired. All that it needs to know is in the documents, so a
 * crash loses nothing: the next one goes on. One worker has it.
 */
export function createQueueRunner({ store, world, lanes, log }: Parts): QueueRunner {
  const ending = new AbortController()
  let sweptAtMs = Number.NEGATIVE_INFINITY
  let sweptMinute: number | undefined

  async function tendNow(): Promise<void> {
    const nowMs = world.nowMs()
    for (const task of store.read.findAnywhere(moveTasks, 'active', 'yes')) {
      await attempt(() => store.transact((tx) => advance(tx, task, { world, lanes })))
    }
    for (const clearing of store.read.findAnywhere(clearings, 'everywhere', 'all'))
      await attempt(() => clearAll(clearing))
    if (!isOver(sweptAtMs, nowMs, sweepEveryMs)) return
    sweptAtMs = nowMs
    for (const { document: queue } of store.read.everywhere(queues)) {
      const untilMs = nowMs - numberOf(queue, 'MessageRetentionPeriod') * 1000
      await attempt(() => expire(queue, queue.key, untilMs))
    }
    await attempt(() => forget(nowMs))
  }

  async function clearAll({
    account,
    region,
    id,
    document,
  }: FoundAnywhere<{ readonly queueKey: string; readonly generation?: number | undefined }>) {
    for (let isDone = false; !isDone && !ending.signal.aborted;)
      isDone = await store.transact((tx) => clear(tx, { account, region }, id, document, batchMax))
  }

  /** Deletes messages that were kept for as long as their queue keeps them. */
  async function expire(scope: Scope, queueKey: string, untilMs: number): Promise<void> {
    for (let ids = lanes.sentBefore(queueKey, untilMs, batchMax); ids.length > 0 && !ending.signal.aborted;) {
      const expired = ids
      await store.transact((tx) => removeAll(tx, scope, expired))
      const next = lanes.sentBefore(queueKey, untilMs, batchMax)
      if (next[0] === ids[0]) return // The lanes have not heard of it yet.
      ids = next
    }
  }

  /** Deletes deduplication ids and attempts whose five minutes are over. */
  async function forget(nowMs: number): Promise<void> {
    const minute = Number(minuteOf(nowMs))
    for (const collection of [deduplications, attempts] as const) {
      const found: Iterable<FoundAnywhere<object>> =
        sweptMinute === undefined
          ? store.read.everywhere<{ readonly untilMs: number }>(collection)
          : minutes(sweptMinute, minute).flatMap((one) =>
              store.read.findAnywhere<object>(collection, 'minute', one),
            )
      const over = [...found].filter(
        ({ document }) => (document as { readonly untilMs: number }).untilMs <= nowMs,
      ) // Both have it.
      for (let at = 0; at < over.length && !ending.signal.aborted; at += batchMax) {
        await store.transact((tx) => {
          for (const { account, region, id } of over.slice(at, at + batchMax)) {
            const scope = { account, region }
            const known = tx.get<{ readonly untilMs: number }>(collection, scope, id)
            if (known && known.untilMs <= nowMs) tx.delete(collection, scope, id)
          }
        })
      }
    }
    sweptMinute = minute
  }

  async function attempt(run: () => Promise<unknown>): Promise<void> {
    if (ending.signal.aborted) return
    try {
      await run()
    } catch (error) {
      if (error instanceof CommitFailed) return // The disk is full or gone: the next time does it.
      log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  const rounds = createRounds(world, everyMs, tendNow)
  return {
    tend: rounds.now,
    close() {
      ending.abort()
      return rounds.close()
    },
  }
}

function minutes(from: number, to: number): readonly string[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String(from + index))
}

function removeAll(tx: Transaction, scope: Scope, ids: readonly string[]): void {
  const table = new Table(tx, messages, scope)
  for (const id of ids) {
    const message = table.get(id)
    if (!message) continue
    table.delete(id)
    if (message.content === undefined) tx.delete(contents, scope, contentIdOf(message))
  }
}
