import type { FoundAnywhere, Store, Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { EventArchive } from '#telemetry/index.ts'
import { acceptEvent, type Event } from './accept.ts'
import { archiveDays, archives, deliveries, type ReplayDocument, replays } from './documents.ts'
import type { Router } from './router.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
  readonly files: EventArchive
  readonly router: Router
}

type Found = FoundAnywhere<ReplayDocument>

/** So much of an archive's file is replayed by one transaction. Units: bytes. */
const stepBytesMax = 256 * 1024
/** Deliveries of an account and Region that may wait while a replay goes on: what comes just now has the room. */
const deliveriesMax = 2_000
/** Deliveries that a step makes, but for those of its last event. */
const stepDeliveriesMax = 1_000

/**
 * Takes a replay one step further, and tells whether there may be another at once. A step is one transaction: its deliveries and where
 * the replay goes on, so that a crash repeats none and loses none.
 */
export async function replayStep(parts: Parts, found: Found): Promise<boolean> {
  const { store, world, files } = parts
  const { document: replay, account, region } = found
  const scope = { account, region }
  if (replay.state === 'CANCELLING') return end('CANCELLED')
  if (store.read.findAnywhere(archives, 'key', replay.archive).length === 0)
    return end('FAILED', 'The archive was deleted.')
  if (store.read.count(deliveries, scope) >= deliveriesMax) return false
  const day = nextDay(store, found)
  if (!day) return end('COMPLETED')
  const from = replay.cursor?.day === day.day ? replay.cursor.at : 0
  const { lines, ends, next } = await files.read(day, { from, end: day.bytes, bytesMax: stepBytesMax })
  return store.transact((tx) => {
    const now = tx.get(replays, scope, found.id)
    if (now?.state !== 'STARTING' && now?.state !== 'RUNNING') return true
    let [at, sent, lastMs] = [from, 0, now.lastMs]
    for (const [index, line] of lines.entries()) {
      const event = JSON.parse(line) as Event // `acceptEvent` wrote it.
      const ms = Date.parse(event.time)
      if (ms >= replay.fromMs && ms < replay.untilMs) {
        const count = sent < stepDeliveriesMax ? send(tx, event, line) : undefined
        if (count === undefined) break
        sent += count
        lastMs = Math.max(lastMs ?? 0, ms)
      }
      at = ends[index] ?? at
    }
    const cursor = { day: day.day, at: at === (ends.at(-1) ?? from) ? next : at }
    tx.put(replays, scope, found.id, { ...now, state: 'RUNNING', lastMs, cursor })
    return cursor.at > from
  })

  /** How many deliveries that made; undefined where there is no room for them. */
  function send(tx: Transaction, archived: Event, line: string): number | undefined {
    const event = { ...archived, 'replay-name': replay.name }
    const rules = parts.router
      .match(scope, replay.bus, event)
      .filter(({ arn }) => replay.rules?.includes(arn) ?? true)
    const { nowMs, randomBytes } = world
    const taken = acceptEvent(tx, {
      ...{ scope, bus: replay.bus, event, rules },
      // `acceptEvent` wrote it, and it ends with its last brace.
      text: `${line.slice(0, -1)},"replay-name":${JSON.stringify(replay.name)}}`,
      ...{ nowMs: nowMs(), randomBytes },
    })
    return taken ? rules.reduce((sum, { targets }) => sum + targets.length, 0) : undefined
  }

  async function end(state: 'CANCELLED' | 'FAILED' | 'COMPLETED', stateReason?: string): Promise<boolean> {
    await store.transact((tx) => {
      const now = tx.get(replays, scope, found.id)
      // A cancellation that came meanwhile is the next step's.
      if (now?.state !== replay.state) return
      tx.put(replays, scope, found.id, { ...now, state, stateReason, endedAtMs: world.nowMs() })
    })
    return false
  }
}

/** The day that has something to replay, from where the replay stands on. */
function nextDay(
  store: Parts['store'],
  { account, region, document: { archive, cursor, fromMs, untilMs } }: Found,
) {
  return store.read
    .find(archiveDays, { account, region }, 'archive', archive)
    .map(({ document }) => document)
    .filter(({ firstMs, lastMs }) => lastMs >= fromMs && firstMs < untilMs)
    .toSorted((one, other) => (one.day < other.day ? -1 : 1))
    .find(({ day, bytes }) => !cursor || day > cursor.day || (day === cursor.day && cursor.at < bytes))
}
