import type { AccountId } from '#core/arn.ts'
import {
  createDeliveries,
  deliverBy,
  type Deliveries,
  type DeliveryJob,
  type DeliveryRequest,
  type Exhausted,
  type Failure,
  failureOf,
  sendMessage,
  stringAttributes,
  targetPlace,
} from '#core/deliveries/index.ts'
import type { Log } from '#core/log.ts'
import type { ActingAs, CallAsService } from '#core/service-calls.ts'
import type { Scope, Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { Invocation } from './authorization.ts'
import { requestsOf, targetInput } from './delivery-request.ts'
import { deliveries, type DeliveryDocument } from './documents.ts'
import { LogStreams } from './log-streams.ts'
import { quotas } from './quotas.ts'
import { fireSchedules } from './schedules.ts'
import type { Webhook } from './webhook.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly callAsService: CallAsService
  /** How API destinations are reached. */
  readonly webhook: Webhook
  readonly log: Log
}

const principal = 'events.amazonaws.com'

/**
 * Brings events to targets, and fires the schedules that are due. What fails is tried again up to the target's retry policy; then it goes to
 * the target's dead-letter queue.
 * Source: EventBridge User Guide, "How EventBridge retries delivering events".
 */
export function createDeliveryRunner({ store, world, callAsService, webhook, log }: Parts): Deliveries {
  const streams = new LogStreams()

  async function attempt({ scope }: DeliveryJob, delivery: DeliveryDocument): Promise<Failure | undefined> {
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
    return deliverBy(callAsService, scope, place.region, request, actingAs(delivery))
  }

  /** A stream that is known to be there is not made again; should it be gone after all, it is made once more. */
  async function putIntoStream(
    { account }: Scope,
    region: string,
    delivery: DeliveryDocument,
    [createStream, putEvents]: readonly DeliveryRequest[],
  ): Promise<Failure | undefined> {
    if (!createStream || !putEvents) return undefined
    const to = { account: account as AccountId, region, as: actingAs(delivery) } // As in `deliverBy`.
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

  async function giveUp(
    { scope }: DeliveryJob,
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
    const lost =
      request && queue && (await deliverBy(callAsService, scope, queue.region, request, itself(delivery)))
    log({
      level: 'warn',
      event: 'event-given-up',
      rule: ruleArn,
      target: target.Arn,
      reason: failure.message,
      deadLetter: lost ? lost.message : queue ? 'sent' : 'none',
    })
  }

  return createDeliveries({
    ...{ store, world, log, attempt, giveUp },
    collection: deliveries,
    laneOf: ({ target }) => target.Arn,
    retryPolicyOf: ({ target }) => target.RetryPolicy,
    look: () => fireSchedules(store, world),
  })
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
