import type { OutboundAccess } from '#core/address-guard.ts'
import { accountId } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import type { Seal } from '#core/seal/index.ts'
import type { CallAnswer, CallAsService } from '#core/service-calls.ts'
import { changesOf, CommitFailed, type Scope, type Store, type Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import {
  deduplications,
  type DeliveryDocument,
  deliveries,
  minuteOf,
  publications,
  subscriptions,
} from './documents.ts'
import { createHttpDelivery, type Delivered } from './http-delivery.ts'
import type { Said } from './message.ts'
import { callOf, toQueue } from './notification.ts'
import type { Notification } from './notification-text.ts'
import { httpRetryAfterMs, mayPass, retryAfterMs } from './retries.ts'
import { sealedMessage } from './sealed.ts'
import { loadSigner, type Signer } from './signer.ts'
import { deadLetterArn } from './subscriptions.ts'

/** Makes the deliveries that wait. */
export interface DeliveryRunner {
  /** Makes those that are due, and those that follow on them at once; answers when they have ended. */
  look(): Promise<void>
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'every' | 'after' | 'randomBytes'>
  readonly seal: Seal
  readonly callAsService: CallAsService
  /** How web addresses are reached. */
  readonly http: OutboundAccess
  readonly log: Log
}

/** Units: milliseconds. */
const lookEveryMs = 50
const forgetEveryMs = 60_000
/** Deliveries at a time. */
const concurrencyMax = 64

/** Deliveries that are made one after another, by their ids; one alone of a standard topic. */
interface Lane {
  readonly scope: Scope
  readonly waiting: Map<string, DeliveryDocument>
  isUnderWay: boolean
}

/**
 * Delivers what was published: each delivery is a document that is deleted once it is done, so that after a crash it is made, or made again.
 * One worker has it.
 */
export function createDeliveryRunner({
  store,
  world,
  seal,
  callAsService,
  http,
  log,
}: Parts): DeliveryRunner {
  const web = createHttpDelivery(http, world.after)
  let signer: Promise<Signer> | undefined
  const lanes = new Map<string, Lane>()
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  let forgottenAtMs = Number.NEGATIVE_INFINITY

  function add(scope: Scope, id: string, delivery: DeliveryDocument): string {
    const name = laneName(scope, delivery)
    let lane = lanes.get(name)
    if (!lane) lanes.set(name, (lane = { scope, waiting: new Map(), isUnderWay: false }))
    lane.waiting.set(id, delivery)
    return name
  }

  function remove(scope: Scope, id: string, delivery: DeliveryDocument): void {
    const name = laneName(scope, delivery)
    const lane = lanes.get(name)
    lane?.waiting.delete(id)
    if (lane?.waiting.size === 0 && !lane.isUnderWay) lanes.delete(name)
  }

  for (const { account, region, id, document } of store.read.everywhere(deliveries))
    add({ account, region }, id, document)
  const unfollow = store.tail((change) => {
    for (const { account, region, id, before, after } of changesOf(deliveries, change)) {
      if (after) begin(add({ account, region }, id, after))
      else if (before) remove({ account, region }, id, before)
    }
  })

  async function look(): Promise<void> {
    for (const name of lanes.keys()) {
      if (underWay.size >= concurrencyMax) break
      begin(name)
    }
    const forgetting = world.nowMs() - forgottenAtMs >= forgetEveryMs ? forget() : undefined
    await Promise.all([...underWay, forgetting])
  }

  /** Goes through a lane, where its first is due and there is room. */
  function begin(name: string): void {
    const lane = lanes.get(name)
    if (ending.signal.aborted || underWay.size >= concurrencyMax) return
    if (!lane || lane.isUnderWay || !firstDue(lane)) return
    lane.isUnderWay = true
    const work = makeAll(lane).finally(() => {
      lane.isUnderWay = false
      underWay.delete(work)
      if (lane.waiting.size === 0) lanes.delete(name)
    })
    underWay.add(work)
  }

  /** The first of a lane, if it is due: the next must wait for it. */
  function firstDue({ waiting }: Lane): string | undefined {
    let first: string | undefined
    for (const id of waiting.keys()) if (first === undefined || id < first) first = id
    const due = first === undefined ? undefined : waiting.get(first)
    return due && due.dueAtMs <= world.nowMs() ? first : undefined
  }

  async function makeAll(lane: Lane): Promise<void> {
    try {
      for (let id = firstDue(lane); id !== undefined && !ending.signal.aborted; id = firstDue(lane))
        await make(lane.scope, id)
    } catch (error) {
      if (error instanceof CommitFailed) return // The disk is full or gone: a later look goes on.
      log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  async function make(scope: Scope, id: string): Promise<void> {
    const delivery = store.read.get(deliveries, scope, id)
    const notification = delivery && notificationOf(scope, delivery)
    const account = accountId(scope.account)
    if (!delivery || !notification || account === undefined) return end(scope, id)
    const as = {
      kind: 'service',
      principal: 'sns.amazonaws.com',
      sourceArn: notification.publication.topicArn,
    } as const
    const signs = await (signer ??= loadSigner(store, seal, world))
    const { protocol } = notification.subscription
    const isWeb = protocol === 'http' || protocol === 'https'
    const outcome = isWeb
      ? await web.deliver(notification, signs)
      : outcomeOf(await callAsService({ ...callOf(notification, signs), account, as }))
    if (outcome.ok) return end(scope, id)
    const attempts = delivery.attempts + 1
    const retry = isWeb ? httpRetryAfterMs(attempts) : retryAfterMs(attempts)
    if (outcome.mayPass && retry !== undefined) return later(scope, id, attempts, retry)
    const { attributes, arn: subscription } = notification.subscription
    const queueArn = notification.said.confirmation
      ? undefined
      : deadLetterArn(attributes['RedrivePolicy'] ?? '')
    if (queueArn !== undefined) {
      const kept = await callAsService({ ...toQueue(queueArn, notification, signs), account, as })
      if (!kept.ok && mayPass(kept.fault.code)) return later(scope, id, attempts, 20_000)
      if (kept.ok) return end(scope, id)
    }
    log({ level: 'warn', event: 'notification-not-delivered', subscription, reason: outcome.reason })
    return end(scope, id)
  }

  function notificationOf(
    scope: Scope,
    { subscriptionId, publicationId }: DeliveryDocument,
  ): Notification | undefined {
    const subscription = store.read.get(subscriptions, scope, subscriptionId)
    const publication = store.read.get(publications, scope, publicationId)
    if (!subscription || !publication) return undefined // Unsubscribed meanwhile.
    const said = JSON.parse(sealedMessage.open(seal, publicationId, publication.sealed).toString()) as Said // `Publish` wrote it.
    return { subscription, publication, said }
  }

  function later(scope: Scope, id: string, attempts: number, afterMs: number): Promise<void> {
    const dueAtMs = world.nowMs() + afterMs
    return store.transact((tx) => {
      const delivery = tx.get(deliveries, scope, id)
      if (delivery) tx.put(deliveries, scope, id, { ...delivery, attempts, dueAtMs })
    })
  }

  function end(scope: Scope, id: string): Promise<void> {
    return store.transact((tx) => done(tx, scope, id))
  }

  /** Deletes deduplication ids whose five minutes are over. */
  async function forget(): Promise<void> {
    const nowMs = world.nowMs()
    const since = forgottenAtMs
    forgottenAtMs = nowMs
    await forgetUnconfirmed(nowMs)
    const found = Number.isFinite(since)
      ? minutes(since, nowMs).flatMap((minute) => store.read.findAnywhere(deduplications, 'minute', minute))
      : [...store.read.everywhere(deduplications)]
    const over = found.filter(({ document }) => document.untilMs <= nowMs)
    for (let at = 0; at < over.length && !ending.signal.aborted; at += 500)
      await store.transact((tx) => {
        for (const { account, region, id } of over.slice(at, at + 500)) {
          const known = tx.get(deduplications, { account, region }, id)
          if (known && known.untilMs <= nowMs) tx.delete(deduplications, { account, region }, id)
        }
      })
  }

  /** Deletes subscriptions that nobody confirmed in time. */
  async function forgetUnconfirmed(nowMs: number): Promise<void> {
    for (const { account, region, id, document } of store.read.everywhere(subscriptions)) {
      if (!document.pending || document.pending.untilMs > nowMs || ending.signal.aborted) continue
      await store.transact((tx) => {
        const { pending } = tx.get(subscriptions, { account, region }, id) ?? {}
        if (pending && pending.untilMs <= nowMs) tx.delete(subscriptions, { account, region }, id)
      })
    }
  }

  function run(): void {
    look().catch((error: unknown) => {
      if (!(error instanceof CommitFailed)) log({ level: 'error', event: 'bug', stack: String(error) })
    })
  }

  const stop = world.every(lookEveryMs, run)
  return {
    look,
    async close() {
      ending.abort()
      stop()
      unfollow()
      web.close()
      await Promise.all(underWay)
    },
  }
}

/** Deletes a delivery, and its publication with the last one. */
function done(tx: Transaction, scope: Scope, id: string): void {
  const delivery = tx.get(deliveries, scope, id)
  if (!delivery) return
  tx.delete(deliveries, scope, id)
  const { publicationId } = delivery
  if (tx.find(deliveries, scope, 'publication', publicationId, { limit: 1 }).length === 0)
    tx.delete(publications, scope, publicationId)
}

function laneName({ account, region }: Scope, { lane }: DeliveryDocument): string {
  return `${account}/${region}/${lane}`
}

/** The minutes in which something ends between two instants. */
function minutes(fromMs: number, toMs: number): readonly string[] {
  const from = Number(minuteOf(fromMs))
  return Array.from({ length: Number(minuteOf(toMs)) - from + 1 }, (_, index) => String(from + index))
}

function outcomeOf(answer: CallAnswer): Delivered {
  if (answer.ok) return answer
  const { code } = answer.fault
  return { ok: false, reason: code, mayPass: mayPass(code) }
}
