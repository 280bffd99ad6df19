import type { AccountId } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import type { ActingAs, CallAsService } from '#core/service-calls.ts'
import { changesOf, CommitFailed, type Scope, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { exhausted, type Exhausted, type Failure, failureOf, waitMs } from './delivery-failure.ts'
import { type DeliveryRequest, requestsOf, sendMessage, targetInput } from './delivery-request.ts'
import { deliveries, type DeliveryDocument } from './documents.ts'
import { Lanes } from './lanes.ts'
import { LogStreams } from './log-streams.ts'
import { quotas } from './quotas.ts'
import { fireSchedules } from './schedules.ts'
import type { Invocation } from './authorization.ts'
import { targetPlace } from './target-kinds.ts'
import type { Webhook } from './webhook.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly callAsService: CallAsService
  /** How API destinations are reached. */
  readonly webhook: Webhook
  readonly log: Log
}

/** Brings events to targets; one worker has it. */
export interface DeliveryRunner {
  /** Begins what is due, schedules included; answers once nothing is under way. */
  readonly look: () => Promise<void>
  readonly close: () => Promise<void>
}

const principal = 'events.amazonaws.com'
/** Units: milliseconds. */
const lookEveryMs = 250

/** A delivery and its address. */
interface Job {
  readonly scope: Scope & { readonly account: string }
  readonly id: string
}

/**
 * Delivers each delivery document that there is, and deletes it once it has arrived or is given up: what was accepted is resumed after a
 * crash, and may then arrive twice. What fails is tried again, later and later, up to the target's retry policy; then it goes to the
 * target's dead-letter queue.
 * Source: EventBridge User Guide, "How EventBridge retries delivering events".
 */
export function createDeliveryRunner({ store, world, callAsService, webhook, log }: Parts): DeliveryRunner {
  const lanes = new Lanes()
  const streams = new LogStreams()
  /** Deliveries that failed and are not due yet, or whose end could not be written. */
  const later = new Map<string, { readonly job: Job; readonly dueAtMs: number }>()
  let closed = false

  const unfollow = store.tail((change) => {
    for (const { account, region, id, before, after } of changesOf(deliveries, change))
      if (after && !before) begin({ scope: { account, region }, id }, after)
  })
  for (const { account, region, id, document } of [...store.read.everywhere(deliveries)])
    plan({ scope: { account, region }, id }, document)

  function plan(job: Job, delivery: DeliveryDocument): void {
    if (delivery.dueAtMs <= world.nowMs()) begin(job, delivery)
    else later.set(job.id, { job, dueAtMs: delivery.dueAtMs })
  }

  function begin(job: Job, { target }: DeliveryDocument): void {
    if (!closed) lanes.add(target.Arn, () => deliver(job))
  }

  async function deliver(job: Job): Promise<void> {
    try {
      const delivery = store.read.get(deliveries, job.scope, job.id)
      if (!delivery) return
      const failure = await attempt(job, delivery)
      if (!failure) return await finish(job)
      if (failure.postponeMs !== undefined) {
        later.set(job.id, { job, dueAtMs: world.nowMs() + failure.postponeMs })
        return
      }
      await fail(job, delivery, failure)
    } catch (error) {
      // A full disk: it is delivered again. Anything else is a bug, and the document stays for the next start.
      if (error instanceof CommitFailed) later.set(job.id, { job, dueAtMs: world.nowMs() + lookEveryMs })
      else log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  async function attempt({ scope }: Job, delivery: DeliveryDocument): Promise<Failure | undefined> {
    const { target, hops } = delivery
    const place = targetPlace(target.Arn)
    if (!place) return { code: 'INVALID_PARAMETER', message: 'The target is none.', again: false }
    if (place.kind === 'bus' && hops >= quotas.hops)
      return {
        code: 'THIRD_ACCOUNT_HOP_DETECTED',
        message: 'Too many buses handed the event on.',
        again: false,
      }
    const input = targetInput(delivery)
    if (input === undefined)
      return { code: 'INVALID_PARAMETER', message: 'The transformed input is too long.', again: false }
    if (place.kind === 'api-destination') return invokeApiDestination(scope, delivery, input)
    const [request, ...rest] = requestsOf(delivery, place, input)
    if (place.kind === 'log-group') return putIntoStream(scope, place.region, delivery, [request, ...rest])
    return call(scope, place.region, request, actingAs(delivery))
  }

  /** A stream that is known to be there is not made again; should it be gone after all, it is made once more. */
  async function putIntoStream(
    { account }: Scope,
    region: string,
    delivery: DeliveryDocument,
    [createStream, putEvents]: readonly DeliveryRequest[],
  ): Promise<Failure | undefined> {
    if (!createStream || !putEvents) return undefined
    const to = { account: account as AccountId, region, as: actingAs(delivery) } // As in `call`.
    const key = JSON.stringify([account, region, createStream.input])
    for (let round = 0; ; round += 1) {
      const made = await streams.make(key, () => callAsService({ ...createStream, ...to }))
      if (!made.ok) return failureOf(made.fault)
      const put = await callAsService({ ...putEvents, ...to })
      if (put.ok) return undefined
      if (put.fault.code !== 'ResourceNotFoundException' || round > 0) return failureOf(put.fault)
      streams.forget(key)
    }
  }

  /** As its role, the target may invoke the destination; then the request is ours to make. */
  async function invokeApiDestination(scope: Scope, delivery: DeliveryDocument, input: string) {
    const answer = await callAsService({
      ...{ service: 'events', operation: 'InvokeApiDestination', region: scope.region },
      ...{ input: { Arn: delivery.target.Arn }, account: scope.account as AccountId, as: actingAs(delivery) }, // As above.
    })
    if (!answer.ok) return failureOf(answer.fault)
    const { invocation } = answer.output as { readonly invocation: Invocation } // The operation's own answer.
    return webhook.invoke(invocation, delivery.target.HttpParameters, input)
  }

  async function call(
    { account }: Scope,
    region: string,
    request: DeliveryRequest,
    as: ActingAs,
  ): Promise<Failure | undefined> {
    // A scope's account is one.
    const answer = await callAsService({ ...request, account: account as AccountId, region, as })
    if (!answer.ok) return failureOf(answer.fault)
    const { Entries } = answer.output as { readonly Entries?: readonly EntryAnswer[] } // PutEvents' answer, or another.
    const refused = request.operation === 'PutEvents' ? Entries?.[0] : undefined
    return refused?.ErrorCode === undefined
      ? undefined
      : failureOf({ code: refused.ErrorCode, message: refused.ErrorMessage ?? '' })
  }

  async function fail(job: Job, delivery: DeliveryDocument, failure: Failure): Promise<void> {
    const nowMs = world.nowMs()
    const attempts = delivery.attempts + 1
    const over = exhausted(delivery.target, { attempts, ageMs: nowMs - delivery.acceptedAtMs })
    if (!failure.again || over) {
      await giveUp(job, delivery, failure, failure.again ? over : undefined)
      return
    }
    const dueAtMs = nowMs + waitMs(attempts, world.randomBytes)
    await store.transact((tx) => {
      if (tx.get(deliveries, job.scope, job.id))
        tx.put(deliveries, job.scope, job.id, { ...delivery, attempts, dueAtMs })
    })
    later.set(job.id, { job, dueAtMs })
  }

  async function giveUp(
    job: Job,
    delivery: DeliveryDocument,
    failure: Failure,
    over: Exhausted | undefined,
  ): Promise<void> {
    const { target, ruleArn, attempts, event } = delivery
    const queue =
      target.DeadLetterConfig?.Arn === undefined ? undefined : targetPlace(target.DeadLetterConfig.Arn)
    const attributes = {
      RULE_ARN: ruleArn,
      TARGET_ARN: target.Arn,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      ...(over && { EXHAUSTED_RETRY_CONDITION: over }),
      RETRY_ATTEMPTS: String(attempts),
    }
    const request =
      queue && sendMessage(queue, { MessageBody: event, MessageAttributes: stringAttributes(attributes) })
    const lost = request && queue && (await call(job.scope, queue.region, request, itself(delivery)))
    log({
      level: 'warn',
      event: 'event-given-up',
      rule: ruleArn,
      target: target.Arn,
      reason: failure.message,
      deadLetter: lost ? lost.message : queue ? 'sent' : 'none',
    })
    await finish(job)
  }

  function finish({ scope, id }: Job): Promise<void> {
    return store.transact((tx) => tx.delete(deliveries, scope, id))
  }

  function beginDue(): void {
    const nowMs = world.nowMs()
    for (const [id, { job, dueAtMs }] of later) {
      if (dueAtMs > nowMs) continue
      later.delete(id)
      const delivery = store.read.get(deliveries, job.scope, job.id)
      if (delivery) begin(job, delivery)
    }
  }

  let looking: Promise<void> | undefined
  async function lookNow(): Promise<void> {
    try {
      beginDue()
      await fireSchedules(store, world)
    } catch (error) {
      if (!(error instanceof CommitFailed))
        log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
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

interface EntryAnswer {
  readonly ErrorCode?: string
  readonly ErrorMessage?: string
}

function itself({ ruleArn }: DeliveryDocument): ActingAs {
  return { kind: 'service', principal, sourceArn: ruleArn }
}

/** As the target's role, where it has one; else as EventBridge, which the target's policy must let in. */
function actingAs(delivery: DeliveryDocument): ActingAs {
  const { target, ruleArn } = delivery
  if (target.RoleArn === undefined || targetPlace(target.Arn)?.kind === 'log-group') return itself(delivery)
  return { kind: 'role', principal, sourceArn: ruleArn, roleArn: target.RoleArn, sessionName: 'events' }
}

function stringAttributes(texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  )
}
