import { accountId, parseArn } from '#core/arn.ts'
import { allowsRedriveFrom, redrivePolicyOf } from './attributes.ts'
import { type SqsCall, sqs } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findQueue, isFifo, queueUrl } from './find-queue.ts'
import { page } from './paging.ts'

/** Refuses a redrive policy that would not work. Faults: InvalidParameterValue. */
export function checkRedrive(call: SqsCall, queue: QueueDocument): void {
  const policy = redrivePolicyOf(queue)
  if (!policy) return
  const refuse = (reason: string) =>
    faults.parameter(queue.attributes['RedrivePolicy'] ?? '', 'RedrivePolicy', reason)
  const parts = parseArn(policy.deadLetterTargetArn)
  if (parts?.account !== queue.account || parts.region !== queue.region)
    throw refuse('Dead letter target owner and Region should be same as the source.')
  const target = queueOfArn(call, policy.deadLetterTargetArn)
  if (!target) throw refuse('Dead letter target does not exist.')
  if (isFifo(target) !== isFifo(queue))
    throw refuse('Dead-letter target must be same type of queue as the source.')
  if (target.arn === queue.arn) throw refuse('A queue cannot be its own dead-letter queue.')
  if (!allowsRedriveFrom(target, queue.arn))
    throw refuse('The redrive allow policy of the dead letter target does not allow this queue.')
}

/** A queue's dead-letter queue, as long as it is there and lets the queue use it. */
export function deadLetterQueueOf(call: SqsCall, queue: QueueDocument): QueueDocument | undefined {
  const policy = redrivePolicyOf(queue)
  const target = policy && queueOfArn(call, policy.deadLetterTargetArn)
  return target && allowsRedriveFrom(target, queue.arn) ? target : undefined
}

/** A queue by its ARN, in the call's region. */
export function queueOfArn(call: SqsCall, text: string): QueueDocument | undefined {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  if (!parts || account === undefined || parts.service !== 'sqs' || parts.region !== call.region)
    return undefined
  return call.queues.in(account).get(parts.resource)
}

/** The queues whose dead-letter queue this is. */
export function sourcesOf(call: SqsCall, { arn, account }: QueueDocument): readonly QueueDocument[] {
  return call.queues
    .in(account)
    .find('deadLetterTarget', arn)
    .map(({ document }) => document)
}

/** Lists the queues whose redrive policy names this one. Faults: QueueDoesNotExist. */
export const ListDeadLetterSourceQueues = sqs('ListDeadLetterSourceQueues', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:ListDeadLetterSourceQueues', resource: queue }],
  run({ target: { queue }, input, call }) {
    const { items, NextToken } = page(sourcesOf(call, queue), input)
    return { queueUrls: items.map((source) => queueUrl(call, source)), NextToken }
  },
})
