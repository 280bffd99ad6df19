import { type AccountId, accountId, parseArn } from '#core/arn.ts'
import {
  createDeliveries,
  deliverBy,
  type Deliveries,
  type DeliveryJob,
  type Exhausted,
  type Failure,
  sendMessage,
  stringAttributes,
  targetPlace,
} from '#core/deliveries/index.ts'
import type { Log } from '#core/log.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { WireFault } from '#wire/index.ts'
import { groupArn } from './arns.ts'
import { type Attempt, eventSeconds } from './context-attributes.ts'
import { type OccurrenceDocument, occurrences } from './documents.ts'
import { createDueSchedules, deleteCompleted } from './due-schedules.ts'
import { sweepGroups } from './group-sweep.ts'
import { payloadOf, requestOf } from './requests.ts'
import { asRole } from './roles.ts'
import { NoInput, readUniversal } from './universal.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly callAsService: CallAsService
  readonly log: Log
}

/**
 * Begins the runs of schedules when they are due, and makes their calls, as the target's role. What fails is tried again up to the target's
 * retry policy; then it goes to its dead-letter queue. One worker has it.
 * Source: EventBridge Scheduler User Guide, "Managing a schedule"; "Configuring a schedule's dead-letter queue".
 */
export function createScheduleRunner({ store, world, callAsService, log }: Parts): Deliveries {
  const due = createDueSchedules({ store, world })

  async function attempt({ scope, id }: DeliveryJob, run: OccurrenceDocument): Promise<Failure | undefined> {
    const request = requestFor(run.target, attemptOf(id, run), scope)
    if ('again' in request) return request
    return deliverBy(callAsService, scope, request.region, request, roleOf(run))
  }

  async function giveUp(
    { scope, id }: DeliveryJob,
    run: OccurrenceDocument,
    failure: Failure,
    over: Exhausted | undefined,
  ): Promise<void> {
    const { target, scheduleArn } = run
    const queue =
      target.DeadLetterConfig?.Arn === undefined ? undefined : targetPlace(target.DeadLetterConfig.Arn)
    const message = {
      MessageBody: payloadOf(target, attemptOf(id, run), scope),
      MessageAttributes: stringAttributes(attributesOf(id, run, failure, over)),
    }
    const lost =
      queue && (await deliverBy(callAsService, scope, queue.region, sendMessage(queue, message), roleOf(run)))
    log({
      level: 'warn',
      event: 'schedule-given-up',
      schedule: scheduleArn,
      target: target.Arn,
      reason: failure.message,
      deadLetter: lost ? lost.message : queue ? 'sent' : 'none',
    })
  }

  const deliveries = createDeliveries({
    ...{ store, world, log, attempt, giveUp },
    collection: occurrences,
    // A universal target's ARN is the same for everybody.
    laneOf: ({ scheduleArn, target }) => (readUniversal(target.Arn) ? scheduleArn : target.Arn),
    retryPolicyOf: ({ target }) => target.RetryPolicy,
    ended: (tx, { scope }, { group, name }) => deleteCompleted(tx, scope, group, name),
    async look() {
      await sweepGroups(store)
      await due.fire()
    },
  })
  return {
    look: deliveries.look,
    async close() {
      await deliveries.close()
      due.close()
    },
  }
}

function attemptOf(executionId: string, run: OccurrenceDocument): Attempt {
  const { scheduleArn, scheduledAtMs, attempts } = run
  return { scheduleArn, scheduledAtMs, attempts, executionId }
}

/** The call of an attempt, or why there is none. */
function requestFor(...given: Parameters<typeof requestOf>) {
  const none = { code: 'INVALID_PARAMETER', message: 'The target is none.', again: false } as const
  try {
    return requestOf(...given) ?? none
  } catch (error) {
    if (error instanceof NoInput || error instanceof WireFault) return { ...none, message: error.message }
    throw error
  }
}

function roleOf({ target, scheduleArn, group }: OccurrenceDocument) {
  const { partition = '', region = '', account = '' } = parseArn(scheduleArn) ?? {}
  const place = { partition, region, account: accountId(account) as AccountId } // A schedule's ARN has one.
  return asRole(target.RoleArn, groupArn(place, group))
}

/** Source: EventBridge Scheduler User Guide, "Configuring a schedule's dead-letter queue", a dead-letter event. */
function attributesOf(
  executionId: string,
  { scheduleArn, target, scheduledAtMs, attempts }: OccurrenceDocument,
  failure: Failure,
  over: Exhausted | undefined,
) {
  return {
    SCHEDULE_ARN: scheduleArn,
    SCHEDULED_TIME: eventSeconds(scheduledAtMs),
    EXECUTION_ID: executionId,
    TARGET_ARN: target.Arn,
    ERROR_CODE: failure.fault ?? failure.code,
    ERROR_MESSAGE: failure.message,
    ...(over && { EXHAUSTED_RETRY_CONDITION: over }),
    RETRY_ATTEMPTS: String(attempts),
  }
}
