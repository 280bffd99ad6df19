import { createHash } from 'node:crypto'
import { uuid } from '#core/ids.ts'
import type {
  BatchResultErrorEntry,
  PublishBatchRequestEntry,
  PublishBatchResultEntry,
  PublishInput,
} from '#models/sns.d.ts'
import { WireFault } from '#wire/index.ts'
import { type Keep, keeper } from './contents.ts'
import { type SnsCall, sns } from './declare.ts'
import type { TopicDocument } from './documents.ts'
import { faults } from './faults.ts'
import { wants } from './filter.ts'
import { findTopic, isFifo } from './find-topic.ts'
import { bytesOf, readMessage } from './message.ts'
import { ownLimits, quotas } from './quotas.ts'
import { signatureVersionOf } from './topic-attributes.ts'
import { subscriptionsOf } from './topics.ts'

type Given = Omit<PublishInput, 'TopicArn'> | PublishBatchRequestEntry

interface Published {
  readonly MessageId: string
  readonly SequenceNumber?: string
}

/**
 * Takes a message for all subscriptions that want it. Their deliveries are on disk when this is answered.
 * Faults: NotFound; InvalidParameter; Throttled where too much waits. Differs: phones and endpoints of applications are refused.
 */
export const Publish = sns('Publish', {
  target({ TopicArn, TargetArn, PhoneNumber }, call) {
    const arn = TopicArn ?? TargetArn
    if (PhoneNumber !== undefined || arn === undefined)
      throw faults.parameter('TopicArn', 'A topic is needed: phone numbers are not supported')
    return findTopic(call, arn)
  },
  access: (resource) => [{ action: 'sns:Publish', resource }],
  run: ({ target: { topic }, input, call }) => publish(call, topic, keeper(call, topic), input),
})

/** Takes up to ten messages; what is wrong with one is told of that one. */
export const PublishBatch = sns('PublishBatch', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource) => [{ action: 'sns:Publish', resource }],
  run({ target: { topic }, input: { PublishBatchRequestEntries: entries }, call }) {
    checkBatch(entries)
    const keep = keeper(call, topic)
    const Successful: PublishBatchResultEntry[] = []
    const Failed: BatchResultErrorEntry[] = []
    for (const entry of entries) {
      try {
        Successful.push({ Id: entry.Id, ...publish(call, topic, keep, entry) })
      } catch (error) {
        if (!(error instanceof WireFault)) throw error
        const Code = error.code.replace(/Exception$/, '')
        Failed.push({ Id: entry.Id, Code, Message: error.message, SenderFault: true })
      }
    }
    return { Successful, Failed }
  },
})

function checkBatch(entries: readonly PublishBatchRequestEntry[]): void {
  if (entries.length === 0) throw faults.emptyBatch()
  if (entries.length > quotas.batchEntries) throw faults.batchTooMany()
  const ids = new Set(entries.map(({ Id }) => Id))
  if (ids.size < entries.length) throw faults.batchIdsNotDistinct()
  for (const id of ids) if (!/^[\w-]{1,80}$/.test(id)) throw faults.batchId()
  if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > quotas.messageBytes)
    throw faults.batchTooLong()
}

function publish(call: SnsCall, topic: TopicDocument, keep: Keep, given: Given): Published {
  const said = readMessage(given)
  const terms = isFifo(topic) ? readTerms(topic, given) : refuseTerms(given)
  const known = terms && call.deduplications.in(topic.account).get(terms.key)
  if (known && known.untilMs > call.nowMs)
    return { MessageId: known.messageId, SequenceNumber: known.sequenceNumber }
  const isWanted = wants(said)
  const wanting = subscriptionsOf(call, topic).filter(
    ({ document }) => !document.pending && isWanted(document),
  )
  const table = call.deliveries.in(topic.account)
  if (wanting.length > 0 && !table.hasRoom(ownLimits.deliveriesWaiting - wanting.length)) throw faults.full()

  const messageId = uuid(call.randomBytes)
  const kept = keep(messageId, said) // Whoever publishes must be let to use the topic's key, though nobody subscribes.
  const sequenceNumber = terms && nextSequenceNumber(call, topic)
  if (terms && sequenceNumber !== undefined) {
    const untilMs = call.nowMs + quotas.deduplicationMs
    call.deduplications.in(topic.account).put(terms.key, { messageId, sequenceNumber, untilMs })
  }
  if (wanting.length > 0) {
    call.publications.in(topic.account).put(messageId, {
      ...{ messageId, topicArn: topic.arn, publishedAtMs: call.nowMs },
      ...(terms && { groupId: terms.groupId, deduplicationId: terms.deduplicationId, sequenceNumber }),
      ...signatureVersionOf(topic),
      said: kept,
    })
  }
  for (const { id: subscriptionId } of wanting) {
    const id = `${subscriptionId}/${sequenceNumber ?? messageId}`
    const lane = terms ? `${subscriptionId}/${terms.groupId}` : id
    table.put(id, { subscriptionId, publicationId: messageId, lane, attempts: 0, dueAtMs: call.nowMs })
  }
  return { MessageId: messageId, ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }) }
}

interface Terms {
  readonly groupId: string
  readonly deduplicationId: string
  /** Of the document that remembers it. */
  readonly key: string
}

const idForm = /^[!-~]{1,128}$/

function readTerms(topic: TopicDocument, { MessageGroupId, MessageDeduplicationId, Message }: Given): Terms {
  if (MessageGroupId === undefined || !idForm.test(MessageGroupId))
    throw faults.invalid('The MessageGroupId parameter is required for FIFO topics')
  if (MessageDeduplicationId !== undefined && !idForm.test(MessageDeduplicationId))
    throw faults.parameter(
      'MessageDeduplicationId',
      'It has 1 to 128 letters, digits and punctuation characters',
    )
  if (MessageDeduplicationId === undefined && topic.attributes['ContentBasedDeduplication'] !== 'true')
    throw faults.invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  const deduplicationId = MessageDeduplicationId ?? createHash('sha256').update(Message).digest('hex')
  const scope = topic.attributes['FifoThroughputScope'] === 'MessageGroup' ? `${MessageGroupId} ` : ''
  return {
    groupId: MessageGroupId,
    deduplicationId,
    key: `${topic.name}/${topic.createdAtMs}/${scope}${deduplicationId}`,
  }
}

function refuseTerms({ MessageGroupId, MessageDeduplicationId }: Given): undefined {
  if (MessageGroupId !== undefined)
    throw faults.parameter(
      'MessageGroupId',
      'The request includes MessageGroupId parameter that is not valid for this topic type',
    )
  if (MessageDeduplicationId !== undefined)
    throw faults.parameter(
      'MessageDeduplicationId',
      'The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    )
}

const first = 10_000_000_000_000_000_000n

/** Twenty digits, so that texts compare as numbers do. */
function nextSequenceNumber(call: SnsCall, { account, name }: TopicDocument): string {
  const table = call.counters.in(account)
  const last = (table.get(name)?.last ?? 0) + 1
  table.put(name, { last })
  return String(first + BigInt(last))
}
