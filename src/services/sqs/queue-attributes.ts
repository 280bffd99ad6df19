import { attributeOf, settableNames, withAttributes } from './attributes.ts'
import { type SqsCall, sqs } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findQueue } from './find-queue.ts'
import { shownPolicy, storedPolicy } from './queue-policy.ts'
import { checkRedrive } from './redrive.ts'

/**
 * Sets attributes of a queue, from the next call on.
 * Faults: QueueDoesNotExist; InvalidAttributeName, InvalidAttributeValue; InvalidParameterValue for a dead-letter queue that cannot be.
 */
export const SetQueueAttributes = sqs('SetQueueAttributes', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue) => [{ action: 'sqs:SetQueueAttributes', resource: queue }],
  run({ target: { queue }, input: { Attributes }, call }) {
    const { Policy, ...given } = Attributes
    const after: QueueDocument = {
      ...queue,
      attributes: withAttributes(queue, queue.attributes, given),
      policy: Policy === undefined ? queue.policy : storedPolicy(call, Policy),
      modifiedAtMs: call.nowMs,
    }
    if (given['RedrivePolicy'] !== undefined) checkRedrive(call, after)
    call.queues.put(queue.name, withoutUndefined(after))
    return {}
  },
})

/** Shows attributes of a queue. Faults: QueueDoesNotExist; InvalidAttributeName. */
export const GetQueueAttributes = sqs('GetQueueAttributes', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:GetQueueAttributes', resource: queue }],
  run({ target: { queue }, input: { AttributeNames = [] }, call }) {
    const all = new Map(attributesOf(call, queue))
    const names = AttributeNames.includes('All') ? [...all.keys()] : AttributeNames
    const shown: [string, string][] = []
    for (const name of names) {
      const show = all.get(name)
      if (!show) throw faults.attributeName(name)
      const value = show()
      if (value !== undefined) shown.push([name, value])
    }
    return shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {}
  },
})

/** Every attribute there is; one that this queue lacks gives undefined. */
function attributesOf(
  call: SqsCall,
  queue: QueueDocument,
): readonly [name: string, show: () => string | undefined][] {
  const counts = () => call.parts.lanes.counts(queue.key, call.nowMs)
  const seconds = (atMs: number) => String(Math.floor(atMs / 1000))
  return [
    ['QueueArn', () => queue.arn],
    ['CreatedTimestamp', () => seconds(queue.createdAtMs)],
    ['LastModifiedTimestamp', () => seconds(queue.modifiedAtMs)],
    ['ApproximateNumberOfMessages', () => String(counts().visible)],
    ['ApproximateNumberOfMessagesNotVisible', () => String(counts().inFlight)],
    ['ApproximateNumberOfMessagesDelayed', () => String(counts().delayed)],
    ['Policy', () => (queue.policy === undefined ? undefined : shownPolicy(call, queue.policy))],
    ...settableNames.map((name): [string, () => string | undefined] => [
      name,
      () => attributeOf(queue, name),
    ]),
  ]
}

/** Documents are plain JSON: what is not there is left out. */
function withoutUndefined(queue: QueueDocument): QueueDocument {
  const { policy, ...rest } = queue
  return policy === undefined ? rest : { ...rest, policy }
}
