import type { Tags } from '#core/caller.ts'
import { sqs } from './declare.ts'
import { faults } from './faults.ts'
import { findQueue } from './find-queue.ts'
import { quotas } from './quotas.ts'

/** Sets tags on a queue. Faults: QueueDoesNotExist; InvalidParameterValue for too many, too long or reserved ones. */
export const TagQueue = sqs('TagQueue', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue, { Tags }) => [{ action: 'sqs:TagQueue', resource: queue, requestTags: Tags }],
  run({ target: { queue }, input: { Tags }, call }) {
    call.queues.put(queue.name, { ...queue, tags: withTags(queue.name, queue.tags, Tags) })
    return {}
  },
})

/** Removes tags from a queue; a key that is not there is no error. */
export const UntagQueue = sqs('UntagQueue', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue, { TagKeys }) => [{ action: 'sqs:UntagQueue', resource: queue, tagKeys: TagKeys }],
  run({ target: { queue }, input: { TagKeys }, call }) {
    const kept = Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key))
    call.queues.put(queue.name, { ...queue, tags: Object.fromEntries(kept) })
    return {}
  },
})

/** Shows a queue's tags. */
export const ListQueueTags = sqs('ListQueueTags', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue) => [{ action: 'sqs:ListQueueTags', resource: queue }],
  run: ({ target: { queue } }) => (Object.keys(queue.tags).length > 0 ? { Tags: queue.tags } : {}),
})

/** Tags once those given are set. Source: SQS Developer Guide, "Amazon SQS cost allocation tags"; quotas. */
export function withTags(queueName: string, before: Tags, given: Tags = {}): Tags {
  for (const [key, value] of Object.entries(given)) {
    if (key.length < 1 || key.length > 128 || /^aws:/i.test(key))
      throw faults.parameter(key, 'TagKey', 'Must be 1 to 128 characters, and not begin with aws:.')
    if (value.length > 256) throw faults.parameter(value, 'TagValue', 'Must be at most 256 characters.')
  }
  const all = Object.fromEntries([...Object.entries(before), ...Object.entries(given)])
  if (Object.keys(all).length > quotas.tags)
    throw faults.invalidValue(`Too many tags added for queue ${queueName}.`)
  return all
}
