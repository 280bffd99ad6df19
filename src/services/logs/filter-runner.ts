import type { Arn } from '#core/arn.ts'
import { isDue } from '#core/elapsed.ts'
import type { Log } from '#core/log.ts'
import type { MetricSink } from '#core/metrics.ts'
import { createRounds } from '#core/rounds.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Collection, FoundAnywhere, Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import {
  type ArrivalCursor,
  LogKeyMissing,
  type LogStore,
  type StoredLogEvent,
  writePosition,
} from '#telemetry/index.ts'
import { parseFilterPattern } from '#engines/log-filter/index.ts'
import {
  type FilterDocument,
  type GroupDocument,
  groups,
  metricFilters,
  streams,
  type SubscriptionFilterDocument,
  subscriptionFilters,
} from './documents.ts'
import { openDataKeys } from './keys.ts'
import { defaultsOf, samplesOf } from './metric-samples.ts'
import { subscriber } from './subscription-filters.ts'
import { invocationOf } from './subscription-message.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly callAsService: CallAsService
  readonly log: Log
  readonly logs: LogStore
  readonly metrics: MetricSink
}

/** Reads along with what arrives, for metric and subscription filters. */
export interface LogFilterRunner {
  /** Handles all that has arrived. A pass under way is not begun twice. */
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

const everyMs = 1_000
const minuteMs = 60_000
/** Messages of one step. Units: characters. */
const stepMax = 1024 * 1024
/** Messages of one invocation, which has a limit; one event that is larger goes alone. */
const invocationMax = 128 * 1024
/** Source: CloudWatch Logs User Guide, "Subscriptions": deliveries are retried "for up to 24 hours". */
const retriedForMs = 24 * 3_600_000
const pauseMaxMs = 300_000

type Filter<D> = FoundAnywhere<D>

/**
 * Counts and delivers what arrives. How far a filter has read is a document, written once a step is done: after a crash the step is done
 * again, so that a function may see events twice, and none is lost. Samples that a crash loses with their minute are counted again likewise.
 */
export function createLogFilterRunner({
  store,
  world,
  callAsService,
  log,
  logs,
  metrics,
}: Parts): LogFilterRunner {
  /** Where filters have come to beyond what is written down: past what is none of theirs. */
  const cursors = new Map<string, ArrivalCursor>()
  const lastSampleMs = new Map<string, number>()
  const ending = new AbortController()

  async function passNow(): Promise<void> {
    forgetGone()
    for (const filter of store.read.findAnywhere(metricFilters, 'everywhere', 'all'))
      await untilFailed(filter, () =>
        readOn(metricFilters, filter, (group, events) => {
          const samples = samplesOf(filter.document, group, events)
          const nowMs = Math.floor(world.nowMs() / minuteMs) * minuteMs
          const isFirst = lastSampleMs.get(keyOf(filter)) !== nowMs
          metrics(samples.length === 0 && isFirst ? defaultsOf(filter.document, group, nowMs) : samples)
          lastSampleMs.set(keyOf(filter), nowMs)
          return Promise.resolve(true)
        }),
      )
    for (const filter of store.read.findAnywhere(subscriptionFilters, 'everywhere', 'all')) {
      const { failing } = filter.document
      if (failing && !isDue(failing.nextMs, world.nowMs(), pauseMaxMs)) continue
      await untilFailed(filter, () =>
        readOn(subscriptionFilters, filter, (group, events) => deliver(filter, group, events)),
      )
    }
  }

  /** What goes wrong with one filter is told, and holds up no other. */
  async function untilFailed(filter: Filter<FilterDocument>, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const { groupName, filterName } = filter.document
      const stack = error instanceof Error ? error.stack : String(error)
      log({ level: 'error', event: 'log-filter-failed', group: groupName, filter: filterName, stack })
    }
  }

  /** Of filters that are gone, nothing is remembered. */
  function forgetGone(): void {
    const there = new Set(
      [
        ...store.read.findAnywhere(metricFilters, 'everywhere', 'all'),
        ...store.read.findAnywhere(subscriptionFilters, 'everywhere', 'all'),
      ].map(keyOf),
    )
    for (const known of [cursors, lastSampleMs])
      for (const key of known.keys()) if (!there.has(key)) known.delete(key)
  }

  /** Reads on for one filter until nothing more is there, or a step is not done. */
  async function readOn<D extends FilterDocument>(
    collection: Collection<D>,
    filter: Filter<D>,
    step: (group: GroupDocument, events: readonly StoredLogEvent[]) => Promise<boolean>,
  ): Promise<void> {
    const { groupName, groupId } = filter.document
    const group = store.read.get(groups, filter, groupName)
    if (group?.id !== groupId) return
    let more = true
    while (more && !ending.signal.aborted) {
      try {
        const cursor = cursors.get(keyOf(filter)) ?? filter.document.cursor
        const keys = group.dataKeys.length > 0 ? await openDataKeys(callAsService, group) : undefined
        const arrived = await logs.arrivals({ group: group.id, cursor, bytesMax: stepMax, keys })
        ;({ more } = arrived)
        if (arrived.events.length > 0) {
          if (!(await step(group, arrived.events))) return
          await noteCursor(collection, filter, arrived.cursor)
        }
        cursors.set(keyOf(filter), arrived.cursor)
      } catch (error) {
        if (!(error instanceof LogKeyMissing)) throw error
        return // The group's key cannot be used now: the next pass tries again.
      }
    }
  }

  function noteCursor<D extends FilterDocument>(
    collection: Collection<D>,
    filter: Filter<D>,
    cursor: ArrivalCursor,
  ): Promise<void> {
    return store.transact((tx) => {
      const now = tx.get(collection, filter, filter.id)
      if (now?.createdAtMs === filter.document.createdAtMs)
        tx.put(collection, filter, filter.id, { ...now, cursor, failing: undefined })
    })
  }

  async function deliver(
    filter: Filter<SubscriptionFilterDocument>,
    group: GroupDocument,
    events: readonly StoredLogEvent[],
  ): Promise<boolean> {
    const { document } = filter
    const read = parseFilterPattern(document.filterPattern)
    const matching = read.ok ? events.filter(({ message }) => read.pattern.matches(message)) : []
    const prefix = `${group.id}:`
    const names = new Map(
      store.read.list(streams, filter, { prefix }).map(({ document: one }) => [one.id, one.name]),
    )
    for (const part of partsOf(matching)) {
      const answer = await callAsService({
        service: 'lambda',
        operation: 'Invoke',
        input: await invocationOf(document.destinationArn, {
          messageType: 'DATA_MESSAGE',
          owner: group.account,
          logGroup: group.name,
          logStream: names.get(part[0]?.stream ?? '') ?? '',
          subscriptionFilters: [document.filterName],
          logEvents: part.map((event) => ({
            id: writePosition(event),
            timestamp: event.timestampMs,
            message: event.message,
          })),
        }),
        account: group.account,
        region: group.region,
        as: { kind: 'service', principal: subscriber, sourceArn: `${group.arn}:*` as Arn }, // An ARN, made longer.
      })
      if (answer.ok) continue
      if (answer.fault.code !== 'RequestTooLargeException') return giveUpOn(filter, answer.fault.code)
      // It will never be smaller: the others are not to wait for it.
      log({
        level: 'error',
        event: 'log-event-not-delivered',
        filter: document.filterName,
        code: answer.fault.code,
      })
    }
    return true
  }

  /** Notes a failure. True once it has gone on for so long that these events are given up. */
  async function giveUpOn(filter: Filter<SubscriptionFilterDocument>, code: string): Promise<boolean> {
    const nowMs = world.nowMs()
    const before = filter.document.failing
    const { sinceMs = nowMs, times = 0 } = before ?? {}
    if (nowMs - sinceMs >= retriedForMs) {
      log({ level: 'error', event: 'log-subscription-given-up', filter: filter.document.filterName, code })
      return true
    }
    const nextMs = nowMs + Math.min(everyMs * 2 ** Math.min(times, 10), pauseMaxMs)
    await store.transact((tx) => {
      const now = tx.get(subscriptionFilters, filter, filter.id)
      if (now?.createdAtMs === filter.document.createdAtMs)
        tx.put(subscriptionFilters, filter, filter.id, {
          ...now,
          failing: { sinceMs, times: times + 1, nextMs },
        })
    })
    return false
  }

  const rounds = createRounds(world, everyMs, () =>
    passNow().catch((error: unknown) => {
      const stack = error instanceof Error ? error.stack : String(error)
      log({ level: 'error', event: 'log-filters-failed', stack })
    }),
  )
  return {
    pass: rounds.now,
    close() {
      ending.abort()
      return rounds.close()
    },
  }
}

function keyOf({ account, region, id, document }: Filter<FilterDocument>): string {
  return `${account}/${region}/${id}/${document.createdAtMs}`
}

/** Events by stream, in parts that one invocation takes. */
function partsOf(events: readonly StoredLogEvent[]): readonly (readonly StoredLogEvent[])[] {
  const parts: StoredLogEvent[][] = []
  for (const ofStream of Map.groupBy(events, ({ stream }) => stream).values()) {
    let [part, size]: [StoredLogEvent[], number] = [[], 0]
    for (const event of ofStream) {
      if (part.length > 0 && size + event.message.length > invocationMax) {
        parts.push(part)
        ;[part, size] = [[], 0]
      }
      part.push(event)
      size += event.message.length
    }
    parts.push(part)
  }
  return parts
}
