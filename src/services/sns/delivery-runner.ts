import { isDue, isOver } from '#core/elapsed.ts'
import type { OutboundAccess } from '#core/address-guard.ts'
import { accountId, type AccountId } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import type { Seal } from '#core/seal/index.ts'
import type { ActingAs, CallAsService } from '#core/service-calls.ts'
import { changesOf, CommitFailed, type Scope, type Store, type Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { decrypted, openSealed } from './contents.ts'
import { createDeliver, nextAttemptMs, paceOf } from './deliver.ts'
import {
  deduplications,
  type DeliveryDocument,
  deliveries,
  minuteOf,
  publications,
  type PublicationDocument,
  subscriptions,
  topics,
} from './documents.ts'
import { createHttpDelivery } from './http-delivery.ts'
import { decryptDataKey, plaintextOf } from './key-service.ts'
import { connectionsMax, createMailDelivery, type MailServer } from './mail-delivery.ts'
import type { Said } from './message.ts'
import { toQueue } from './notification.ts'
import type { Notification } from './notification-text.ts'
import { mayPass, retryAfterMs } from './retries.ts'
import { loadSigner, type Signer } from './signer.ts'
import { deadLetterArn } from './subscriptions.ts'
import { createThrottle } from './throttle.ts'

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
  /** The operator's SMTP server, if there is one. */
  readonly smtp: MailServer | undefined
  /** Where the world reaches us, if the operator says; else it is as it was when somebody subscribed. */
  readonly publicUrl?: string | undefined
  readonly log: Log
}

/** Units: milliseconds. */
const lookEveryMs = 50
const forgetEveryMs = 60_000
/** A pace is of one delivery a second at least; and no retry is later. Source: SNS Developer Guide, "Amazon SNS message delivery retries", maxDelayTarget. */
const [turnMsMax, retryMsMax] = [1_000, 3_600_000]
/** Deliveries at a time. */
const concurrencyMax = 64
/** Of these for targets other than a web address that is asked already: one that is slow holds up no other. */
const forOthers = 16
/** Mails among them: a mail server that answers nothing keeps nobody else waiting. */
const mailsMax = 2 * connectionsMax

/** Deliveries that are made one after another, by their ids; one alone of a standard topic. */
interface Lane {
  readonly scope: Scope
  readonly waiting: Map<string, DeliveryDocument>
  readonly isMail: boolean
  /** Of a web address its subscription: such a target may be slow. */
  readonly subscriber: string | undefined
  isUnderWay: boolean
  /** While its subscription's pace holds it up, or a disk that takes nothing. */
  notBeforeMs: number
  /** The delivery that is done with, though that may not be written yet: it is not made again. */
  done: string | undefined
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
  smtp,
  publicUrl,
  log,
}: Parts): DeliveryRunner {
  const web = createHttpDelivery(http, world.after)
  const mail = smtp && createMailDelivery(smtp, world)
  const deliver = createDeliver({ web, mail, callAsService })
  const throttle = createThrottle(world.nowMs)
  let mailsUnderWay = 0
  /** Deliveries to web addresses, by subscription. */
  const webUnderWay = new Map<string, number>()
  let signer: Promise<Signer> | undefined
  const lanes = new Map<string, Lane>()
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let forgottenAtMs = Number.NEGATIVE_INFINITY
  let forgetting: Promise<void> | undefined

  function add(scope: Scope, id: string, delivery: DeliveryDocument): string {
    const name = laneName(scope, delivery)
    let lane = lanes.get(name)
    if (!lane) {
      const { protocol } = store.read.get(subscriptions, scope, delivery.subscriptionId) ?? {}
      const isMail = protocol === 'email' || protocol === 'email-json'
      const isWeb = protocol === 'http' || protocol === 'https'
      const subscriber = isWeb ? `${scope.account}/${scope.region}/${delivery.subscriptionId}` : undefined
      lane = {
        scope,
        waiting: new Map(),
        isMail,
        subscriber,
        isUnderWay: false,
        notBeforeMs: 0,
        done: undefined,
      }
      lanes.set(name, lane)
    }
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
    if (!forgetting && isOver(lookedAtMs, world.nowMs(), forgetEveryMs))
      forgetting = forget().finally(() => (forgetting = undefined))
    await Promise.all([...underWay, forgetting])
  }

  /** Goes through a lane, where its first is due and there is room. */
  function begin(name: string): void {
    const lane = lanes.get(name)
    if (ending.signal.aborted || underWay.size >= concurrencyMax) return
    if (!lane || lane.isUnderWay || firstDue(lane) === undefined) return
    if (lane.isMail && mailsUnderWay >= mailsMax) return
    const { subscriber } = lane
    const mine = subscriber === undefined ? 0 : (webUnderWay.get(subscriber) ?? 0)
    if (mine > 0 && underWay.size >= concurrencyMax - forOthers) return
    lane.isUnderWay = true
    if (lane.isMail) mailsUnderWay += 1
    if (subscriber !== undefined) webUnderWay.set(subscriber, mine + 1)
    const work = makeAll(lane).finally(() => {
      lane.isUnderWay = false
      if (lane.isMail) mailsUnderWay -= 1
      if (subscriber !== undefined) endOf(subscriber)
      underWay.delete(work)
      if (lane.waiting.size === 0) lanes.delete(name)
    })
    underWay.add(work)
  }

  function endOf(subscriber: string): void {
    const left = (webUnderWay.get(subscriber) ?? 1) - 1
    if (left > 0) webUnderWay.set(subscriber, left)
    else webUnderWay.delete(subscriber)
  }

  /** The first of a lane, if it is due: the next must wait for it. */
  function firstDue({ waiting, notBeforeMs }: Lane): string | undefined {
    const nowMs = world.nowMs()
    if (!isDue(notBeforeMs, nowMs, turnMsMax)) return undefined
    // They came in the order of their ids, which are sequence numbers.
    const [first] = waiting.keys()
    const due = first === undefined ? undefined : waiting.get(first)
    return due && isDue(due.dueAtMs, nowMs, retryMsMax) ? first : undefined
  }

  async function makeAll(lane: Lane): Promise<void> {
    try {
      for (let id = firstDue(lane); id !== undefined && !ending.signal.aborted; id = firstDue(lane))
        await make(lane, id)
    } catch (error) {
      // The disk is full or gone: a later look goes on.
      if (error instanceof CommitFailed) lane.notBeforeMs = world.nowMs() + turnMsMax
      else log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  async function make(lane: Lane, id: string): Promise<void> {
    const { scope } = lane
    const end = (): Promise<void> => {
      lane.done = id
      return store.transact((tx) => done(tx, scope, id))
    }
    if (lane.done === id) return end()
    const delivery = store.read.get(deliveries, scope, id)
    const about = delivery && aboutOf(scope, delivery)
    const account = accountId(scope.account)
    if (!delivery || !about || account === undefined) return end()
    const as = { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: about.topic.arn } as const
    const attempts = delivery.attempts + 1
    const giveUp = (reason: string): Promise<void> => {
      log({
        ...{ level: 'warn', event: 'notification-not-delivered' },
        ...{ subscription: about.subscription.arn, reason },
      })
      return end()
    }
    // Before anything is asked of KMS: whoever waits for a turn asks for it again and again.
    const pace = paceOf(about)
    const turnMs = pace === undefined ? undefined : throttle.wait(about.subscription.arn, pace)
    if (turnMs !== undefined) {
      lane.notBeforeMs = turnMs
      return
    }

    const said = await open(scope, about.publication, account, as)
    if (said === undefined) {
      const retry = retryAfterMs(attempts)
      return retry === undefined ? giveUp('key refused') : later(scope, id, attempts, retry)
    }
    const notification = { ...about, said }
    const signs = await signing()
    const outcome = await deliver(notification, { account, as, signer: signs })
    if (outcome.ok) return end()
    const retry = outcome.mayPass ? nextAttemptMs(notification, attempts) : undefined
    if (retry !== undefined) return later(scope, id, attempts, retry)
    const { RedrivePolicy = '' } = about.subscription.attributes
    const queueArn = said.confirmation ? undefined : deadLetterArn(RedrivePolicy)
    if (queueArn !== undefined) {
      const kept = await callAsService({ ...toQueue(queueArn, notification, signs), account, as })
      if (!kept.ok && mayPass(kept.fault.code)) return later(scope, id, attempts, 20_000)
      if (kept.ok) return end()
    }
    return giveUp(outcome.reason)
  }

  /** The signer; one that could not be made (the disk was full) is asked for anew. */
  function signing(): Promise<Signer> {
    const loading = (signer ??= loadSigner(store, seal, world))
    loading.catch(() => {
      if (signer === loading) signer = undefined
    })
    return loading
  }

  /** What a delivery is about; undefined where somebody unsubscribed meanwhile. */
  function aboutOf(
    scope: Scope,
    { subscriptionId, publicationId }: DeliveryDocument,
  ): Omit<Notification, 'said'> | undefined {
    const kept = store.read.get(subscriptions, scope, subscriptionId)
    const subscription = kept && { ...kept, baseUrl: publicUrl ?? kept.baseUrl }
    const publication = store.read.get(publications, scope, publicationId)
    const topic = subscription && store.read.get(topics, scope, subscription.topicName)
    return topic && publication ? { topic, subscription, publication } : undefined
  }

  /** What was said; undefined where the topic's key does not let SNS read it now. */
  async function open(
    { region }: Scope,
    { messageId, topicArn, said }: PublicationDocument,
    account: AccountId,
    as: ActingAs,
  ): Promise<Said | undefined> {
    if (said.kind === 'sealed') return openSealed(seal, messageId, said.sealed)
    const answer = await callAsService({ ...decryptDataKey(said.dataKey, topicArn), account, region, as })
    return answer.ok ? decrypted(plaintextOf(answer.output), messageId, said.encrypted) : undefined
  }

  function later(scope: Scope, id: string, attempts: number, afterMs: number): Promise<void> {
    const dueAtMs = world.nowMs() + afterMs
    return store.transact((tx) => {
      const delivery = tx.get(deliveries, scope, id)
      if (delivery) tx.put(deliveries, scope, id, { ...delivery, attempts, dueAtMs })
    })
  }

  /** Deletes deduplication ids whose five minutes are over. */
  async function forget(): Promise<void> {
    const nowMs = world.nowMs()
    lookedAtMs = nowMs
    const since = forgottenAtMs
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
    // Only now: what could not be written is looked for again.
    forgottenAtMs = nowMs
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
      mail?.close()
      await Promise.allSettled([...underWay, forgetting])
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
