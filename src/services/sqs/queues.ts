import { accountId } from '#core/arn.ts'
import { isOver } from '#core/elapsed.ts'
import { attributeOf, withAttributes } from './attributes.ts'
import { type SqsCall, sqs } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import {
  fifoNameForm,
  findByName,
  findQueue,
  foundQueue,
  queueArn,
  queueNameForm,
  queueUrl,
} from './find-queue.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { shownPolicy, storedPolicy } from './queue-policy.ts'
import { checkRedrive } from './redrive.ts'
import { withTags } from './tags.ts'

/**
 * Makes a queue, standard or FIFO. One that is there and was made alike is answered as if it were new.
 *
 * Faults: QueueNameExists; InvalidAttributeName, InvalidAttributeValue; InvalidParameterValue.
 * Differs: the name of a deleted queue is free at once, not after a minute.
 */
export const CreateQueue = sqs('CreateQueue', {
  target: ({ QueueName }, call) => {
    const queue = call.queues.get(QueueName)
    return queue ? foundQueue(queue) : { arn: queueArn(call, call.account, QueueName), queue: undefined }
  },
  access(target, { tags }) {
    const tagged = tags && Object.keys(tags).length > 0 ? tags : undefined
    const requested = tagged && { requestTags: tagged }
    return [
      { action: 'sqs:CreateQueue', resource: target, ...requested },
      ...(requested ? [{ action: 'sqs:TagQueue', resource: target, ...requested }] : []),
    ]
  },
  run({ target: { queue: existing }, input: { QueueName, Attributes = {}, tags }, call }) {
    checkName(QueueName, Attributes)
    if (existing) {
      assertAlike(call, existing, Attributes)
      return { QueueUrl: queueUrl(call, existing) }
    }
    const { Policy, ...settable } = Attributes
    const queue: QueueDocument = {
      arn: queueArn(call, call.account, QueueName),
      account: call.account,
      region: call.region,
      name: QueueName,
      key: call.randomBytes(8).toString('hex'),
      createdAtMs: call.nowMs,
      modifiedAtMs: call.nowMs,
      attributes: withAttributes({ name: QueueName }, {}, settable),
      ...(Policy !== undefined && { policy: storedPolicy(call, Policy) }),
      tags: withTags(QueueName, {}, tags),
      generation: 0,
    }
    checkRedrive(call, queue)
    call.queues.put(QueueName, queue)
    return { QueueUrl: queueUrl(call, queue) }
  },
})

/** Deletes a queue with all that it holds. Faults: QueueDoesNotExist. */
export const DeleteQueue = sqs('DeleteQueue', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue) => [{ action: 'sqs:DeleteQueue', resource: queue }],
  run({ target: { queue }, call }) {
    call.queues.delete(queue.name)
    call.clearings.put(`${queue.key}/all`, { queueKey: queue.key })
    return {}
  },
})

/** Tells a queue's URL, also of a queue of another account that lets the caller ask. Faults: QueueDoesNotExist. */
export const GetQueueUrl = sqs('GetQueueUrl', {
  target({ QueueName, QueueOwnerAWSAccountId }, call) {
    const owner = QueueOwnerAWSAccountId === undefined ? call.account : accountId(QueueOwnerAWSAccountId)
    if (owner === undefined)
      throw faults.parameter(QueueOwnerAWSAccountId ?? '', 'QueueOwnerAWSAccountId', 'Must be an account id.')
    if (!queueNameForm.test(QueueName) && !fifoNameForm.test(QueueName)) throw faults.queueName()
    return findByName(call, owner, QueueName, 'any account')
  },
  access: (queue) => [{ action: 'sqs:GetQueueUrl', resource: queue }],
  run: ({ target: { queue }, call }) => ({ QueueUrl: queueUrl(call, queue) }),
})

/** Lists the account's queues in the region, by name. Faults: InvalidParameterValue. */
export const ListQueues = sqs('ListQueues', {
  access: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  run({ input, call }) {
    const found = call.queues.list({ prefix: input.QueueNamePrefix })
    const { items, NextToken } = page(
      found.map(({ document }) => document),
      input,
    )
    return { QueueUrls: items.map((queue) => queueUrl(call, queue)), NextToken }
  },
})

/** Deletes all messages of a queue. Faults: PurgeQueueInProgress within a minute of the last time. */
export const PurgeQueue = sqs('PurgeQueue', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:PurgeQueue', resource: queue }],
  run({ target: { queue }, call }) {
    const { purgedAtMs, account, key, name } = queue
    if (purgedAtMs !== undefined && !isOver(purgedAtMs, call.nowMs, quotas.purgeEveryMs))
      throw faults.purging(name)
    const generation = queue.generation + 1
    call.queues.in(account).put(name, { ...queue, generation, purgedAtMs: call.nowMs })
    call.clearings.in(account).put(`${key}/${generation}`, { queueKey: key, generation })
    return {}
  },
})

/** Source: SQS API Reference, CreateQueue, QueueName and FifoQueue. */
function checkName(name: string, attributes: Readonly<Record<string, string>>): void {
  const isFifoAsked = attributes['FifoQueue'] === 'true'
  if (isFifoAsked && !fifoNameForm.test(name)) {
    throw faults.invalidValue(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
    )
  }
  if (!isFifoAsked && !queueNameForm.test(name)) throw faults.queueName()
}

function assertAlike(
  call: SqsCall,
  queue: QueueDocument,
  { Policy, ...given }: Readonly<Record<string, string>>,
): void {
  const wished = withAttributes(queue, {}, given)
  for (const name of Object.keys(given))
    if (wished[name] !== attributeOf(queue, name)) throw faults.queueExists(name)
  const shown = queue.policy === undefined ? undefined : shownPolicy(call, queue.policy)
  if (Policy !== undefined && canonical(Policy) !== canonical(shown)) throw faults.queueExists('Policy')
}

function canonical(policy: string | undefined): string {
  if (policy === undefined || policy === '') return ''
  try {
    return JSON.stringify(JSON.parse(policy))
  } catch (error) {
    if (error instanceof SyntaxError) return policy // No policy that a queue could have.
    throw error
  }
}
