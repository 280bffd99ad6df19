import { isDue } from '../elapsed.ts'
import type { Log } from '../log.ts'
import {
  changesOf,
  type Collection,
  CommitFailed,
  type Scope,
  type Store,
  type Transaction,
} from '../store/index.ts'
import type { World } from '../world.ts'
import {
  type Exhausted,
  exhausted,
  type Failure,
  longestWaitMs,
  type RetryPolicy,
  waitMs,
} from './failure.ts'
import { Lanes } from './lanes.ts'

/** What the document of a delivery has, whatever is delivered. Units: milliseconds since 1970. */
export interface Waiting {
  readonly acceptedAtMs: number
  /** How often it was tried in vain. */
  readonly attempts: number
  readonly dueAtMs: number
}

/** Where the document of a delivery is. */
export interface DeliveryJob {
  readonly scope: Scope
  readonly id: string
}

interface Parts<Document extends Waiting> {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly log: Log
  readonly collection: Collection<Document>
  /** What shares a lane waits for each other; a target that is slow holds up no other. */
  readonly laneOf: (document: Document) => string
  readonly retryPolicyOf: (document: Document) => RetryPolicy | undefined
  /** Tries once; answers why that was in vain. */
  readonly attempt: (job: DeliveryJob, document: Document) => Promise<Failure | undefined>
  /** Says what becomes of it now that it is not tried again; the document goes after that. */
  readonly giveUp: (
    job: DeliveryJob,
    document: Document,
    failure: Failure,
    over: Exhausted | undefined,
  ) => Promise<void>
  /** Of the transaction that deletes the document: what its end brings about. */
  readonly ended?: (tx: Transaction, job: DeliveryJob, document: Document) => void
  /** What else is due by the clock. */
  readonly look?: () => Promise<void>
}

/** The runner of one kind of deliveries. */
export interface Deliveries {
  /** Begins what is due; answers once nothing is under way. */
  readonly look: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Units: milliseconds. */
const lookEveryMs = 250

/**
 * Does each document of a collection, and deletes it once it has arrived or is given up: what was accepted is resumed after a crash, and may
 * then arrive twice. What fails is tried again, later and later, up to its retry policy. One worker has it.
 */
export function createDeliveries<Document extends Waiting>({
  store,
  world,
  log,
  collection,
  laneOf,
  retryPolicyOf,
  attempt,
  giveUp,
  ended,
  look,
}: Parts<Document>): Deliveries {
  const lanes = new Lanes()
  /** Deliveries that failed and are not due yet, or whose end could not be written. */
  const later = new Map<string, { readonly job: DeliveryJob; readonly dueAtMs: number }>()
  /** Lanes whose target takes no more just now, and until when. */
  const held = new Map<string, number>()
  let closed = false

  const unfollow = store.tail((change) => {
    for (const { account, region, id, before, after } of changesOf(collection, change))
      if (after && !before) plan({ scope: { account, region }, id }, after)
  })
  for (const { account, region, id, document } of [...store.read.everywhere(collection)])
    plan({ scope: { account, region }, id }, document)

  function plan(job: DeliveryJob, document: Document): void {
    if (isDue(document.dueAtMs, world.nowMs(), longestWaitMs)) begin(job, document)
    else postpone(job, document.dueAtMs)
  }

  function postpone(job: DeliveryJob, dueAtMs: number): void {
    later.set(job.id, { job, dueAtMs })
  }

  /** However many wait behind it: none of them is tried in vain meanwhile. */
  function hold(job: DeliveryJob, document: Document, untilMs: number): void {
    const lane = laneOf(document)
    lanes.hold(lane)
    held.set(lane, untilMs)
    postpone(job, untilMs)
  }

  function begin(job: DeliveryJob, document: Document): void {
    if (!closed) lanes.add(laneOf(document), () => deliver(job))
  }

  async function deliver(job: DeliveryJob): Promise<void> {
    try {
      const document = store.read.get(collection, job.scope, job.id)
      if (!document) return
      const failure = await attempt(job, document)
      if (!failure) return await finish(job, document)
      if (failure.postponeMs !== undefined) hold(job, document, world.nowMs() + failure.postponeMs)
      else await fail(job, document, failure)
    } catch (error) {
      // A full disk: it is delivered again. Anything else is a bug, and the document stays for the next start.
      if (error instanceof CommitFailed) postpone(job, world.nowMs() + lookEveryMs)
      else logBug(error)
    }
  }

  async function fail(job: DeliveryJob, document: Document, failure: Failure): Promise<void> {
    const nowMs = world.nowMs()
    const attempts = document.attempts + 1
    const over = exhausted(retryPolicyOf(document), { attempts, ageMs: nowMs - document.acceptedAtMs })
    if (!failure.again || over) {
      await giveUp(job, document, failure, failure.again ? over : undefined)
      await finish(job, document)
      return
    }
    const dueAtMs = nowMs + waitMs(attempts, world.randomBytes)
    await store.transact((tx) => {
      if (tx.get(collection, job.scope, job.id))
        tx.put(collection, job.scope, job.id, { ...document, attempts, dueAtMs })
    })
    postpone(job, dueAtMs)
  }

  function finish(job: DeliveryJob, document: Document): Promise<void> {
    return store.transact((tx) => {
      tx.delete(collection, job.scope, job.id)
      ended?.(tx, job, document)
    })
  }

  function beginDue(): void {
    const nowMs = world.nowMs()
    for (const [lane, untilMs] of held) {
      if (!isDue(untilMs, nowMs, longestWaitMs)) continue
      held.delete(lane)
      lanes.goOn(lane)
    }
    for (const [id, { job, dueAtMs }] of later) {
      if (!isDue(dueAtMs, nowMs, longestWaitMs)) continue
      later.delete(id)
      const document = store.read.get(collection, job.scope, job.id)
      if (document) begin(job, document)
    }
  }

  function logBug(error: unknown): void {
    log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
  }

  let looking: Promise<void> | undefined
  async function lookNow(): Promise<void> {
    try {
      beginDue()
      await look?.()
    } catch (error) {
      if (!(error instanceof CommitFailed)) logBug(error)
    }
  }
  function tick(): Promise<void> {
    looking ??= lookNow().finally(() => (looking = undefined))
    return looking
  }

  const stopLooking = world.every(lookEveryMs, () => void tick())
  return {
    async look() {
      await tick()
      await lanes.idle()
    },
    async close() {
      closed = true
      stopLooking()
      unfollow()
      lanes.clear()
      await looking
      await lanes.idle()
    },
  }
}
