import { isDue } from '#core/elapsed.ts'
import type { Log } from '#core/log.ts'
import { createLoggedRounds } from '#core/rounds.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { type Reader, type Store, type Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { type QueryableAuditTrail, readRecord } from '#telemetry/index.ts'
import { bucketError, type Delivered, writeToBucket } from './bucket-files.ts'
import { deletedTrails, type Feed, type TrailDocument, trails } from './documents.ts'
import { sendToGroup } from './group-events.ts'
import { isLogged } from './spans.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly callAsService: CallAsService
  readonly audit: Pick<QueryableAuditTrail, 'arrivals'>
  /** The folder that has a folder for each bucket. */
  readonly buckets: string
  readonly log: Log
}

/** Delivers what trails log; one worker has it. */
export interface TrailRunner {
  /** Delivers all that there is. A pass under way is not begun twice. */
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

type Destination = 'toBucket' | 'toGroup'

/** Units: milliseconds. */
const everyMs = 60_000
/** Records of one step, and so of one file. Units: bytes. */
const stepBytes = 4 * 1024 * 1024
/** A record is written by then: a call may take its time. Units: milliseconds. */
const settleMs = 120_000
/** Between two attempts at most. Units: milliseconds. */
const pauseMaxMs = 600_000
/** What has failed for so long no longer keeps what is over: a deleted trail, or a time before a change. Units: milliseconds. */
const givenUpMs = 24 * 3_600_000

/**
 * Follows the audit trail for each trail and destination, and delivers about once a minute. How far it has come is in the trail's
 * document, written once a step is delivered: after a crash the step is delivered again, so that records may come twice, and none is lost.
 */
export function createTrailRunner({ store, world, callAsService, audit, buckets, log }: Parts): TrailRunner {
  const ending = new AbortController()

  async function passNow(): Promise<void> {
    const all = [...store.read.everywhere(trails), ...store.read.everywhere(deletedTrails)]
    for (const { document } of all) {
      await readOn(document, 'toBucket')
      await readOn(document, 'toGroup')
    }
  }

  /** Reads on for one destination until nothing more is there, or a step fails. */
  async function readOn(trail: TrailDocument, destination: Destination): Promise<void> {
    let more = true
    while (more && !ending.signal.aborted) {
      const now = current(store.read, trail)
      const feed = now?.[destination]
      if (!now || feed?.cursor === undefined) return
      const startedMs = world.nowMs()
      if (feed.failing && !isDue(feed.failing.nextMs, startedMs, pauseMaxMs)) return
      const arrived = await audit.arrivals(feed.cursor, stepBytes)
      ;({ more } = arrived)
      const records = ownOf(now, arrived.lines)
      const error = records.length > 0 ? await deliver(now, destination, records) : undefined
      if (error !== undefined) {
        await note(now, destination, (before) => failed(before, error, world.nowMs()))
        return
      }
      await note(now, destination, (before) => ({
        ...before,
        cursor: arrived.cursor,
        // Asked for once a time is over; else an idle trail would be written each minute.
        ...(!more && hasEnded(now) && { reachedMs: startedMs }),
        ...(records.length > 0 && { ...delivered(world.nowMs()) }),
      }))
    }
  }

  /** Answers the error's code where it fails. */
  async function deliver(
    trail: TrailDocument,
    destination: Destination,
    records: readonly Delivered[],
  ): Promise<string | undefined> {
    if (destination === 'toGroup') return sendToGroup(callAsService, trail, records)
    try {
      await writeToBucket(buckets, trail, records, world)
      return undefined
    } catch (error) {
      if (!isSystemError(error)) throw error
      log({ level: 'error', event: 'trail-not-delivered', trail: trail.arn, reason: error.message })
      return bucketError(error)
    }
  }

  /** Writes down how far a destination has come, in whichever document the trail is by now. */
  function note(trail: TrailDocument, destination: Destination, change: (feed: Feed) => Feed): Promise<void> {
    return store.transact((tx) => {
      const now = current(tx, trail)
      const feed = now?.[destination]
      if (!now || !feed) return
      const noted = { ...now, [destination]: change(feed) }
      if (JSON.stringify(noted) !== JSON.stringify(now)) put(tx, withoutDelivered(noted, world.nowMs()))
    })
  }

  const rounds = createLoggedRounds({ world, log }, everyMs, 'trail-not-noted', passNow)
  return {
    pass: rounds.now,
    close() {
      ending.abort()
      return rounds.close()
    },
  }
}

/** The trail as it is now: in its place, or among those that were deleted. */
function current(reader: Reader, { account, region, name, id }: TrailDocument): TrailDocument | undefined {
  const inPlace = reader.get(trails, { account, region }, name)
  return inPlace?.id === id ? inPlace : reader.get(deletedTrails, { account, region }, id)
}

/** Keeps a trail; one that was deleted is kept until all is delivered. */
function put(tx: Transaction, trail: TrailDocument): void {
  const { account, region, name, id } = trail
  const scope = { account, region }
  if (tx.get(trails, scope, name)?.id === id) tx.put(trails, scope, name, trail)
  else if (trail.spans.length > 0) tx.put(deletedTrails, scope, id, trail)
  else tx.delete(deletedTrails, scope, id)
}

/** The records that are the trail's. Those of other accounts are not even read. */
function ownOf(trail: TrailDocument, lines: readonly string[]): readonly Delivered[] {
  const text = `"recipientAccountId":"${trail.account}"`
  const own: Delivered[] = []
  for (const line of lines) {
    if (!line.includes(text)) continue
    const record = readRecord(line)
    if (record.recipientAccountId !== trail.account || !isLogged(trail, record)) continue
    own.push({ line, awsRegion: record.awsRegion, eventMs: Date.parse(record.eventTime) })
  }
  return own
}

function hasEnded({ spans }: TrailDocument): boolean {
  return spans.some(({ untilMs }) => untilMs !== undefined)
}

function delivered(nowMs: number): Partial<Feed> {
  return { attemptedAtMs: nowMs, deliveredAtMs: nowMs, error: undefined, failing: undefined }
}

function failed(feed: Feed, error: string, nowMs: number): Feed {
  const { sinceMs = nowMs, times = 0 } = feed.failing ?? {}
  const nextMs = nowMs + Math.min(everyMs * 2 ** Math.min(times, 10), pauseMaxMs)
  return { ...feed, attemptedAtMs: nowMs, error, failing: { sinceMs, times: times + 1, nextMs } }
}

/** Without the times that are over and delivered; once there is none, nothing is followed. */
function withoutDelivered(trail: TrailDocument, nowMs: number): TrailDocument {
  const { toBucket, toGroup } = trail
  const reached = Math.min(reachedBy(toBucket, nowMs), toGroup ? reachedBy(toGroup, nowMs) : Infinity)
  const spans = trail.spans.filter(({ untilMs }) => untilMs === undefined || untilMs + settleMs > reached)
  if (spans.length === trail.spans.length) return trail
  if (spans.length > 0) return { ...trail, spans }
  const rest = (feed: Feed): Feed => ({
    ...feed,
    cursor: undefined,
    failing: undefined,
    reachedMs: undefined,
  })
  return { ...trail, spans, toBucket: rest(toBucket), ...(toGroup && { toGroup: rest(toGroup) }) }
}

function reachedBy({ cursor, reachedMs = 0, failing }: Feed, nowMs: number): number {
  const isGivenUp = failing !== undefined && nowMs - failing.sinceMs >= givenUpMs
  return cursor === undefined || isGivenUp ? Infinity : reachedMs
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
