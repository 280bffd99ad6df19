import { uuid } from '#core/ids.ts'
import type {
  MessageSystemAttributeValue,
  SendMessageBatchRequestEntry,
  SendMessageRequest,
  SendMessageResult,
} from '#models/sqs.d.ts'
import { numberOf } from './attributes.ts'
import { checkBatch, eachEntry } from './batch.ts'
import { keeper, type Keep, putNew } from './contents.ts'
import { type SqsCall, sqs } from './declare.ts'
import { messageKey, type QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { duplicateOf, nextSequenceNumber, noteDeduplication, readFifoTerms } from './fifo.ts'
import { findQueue, isFifo } from './find-queue.ts'
import {
  bytesOf,
  checkText,
  type KeptAttributes,
  md5,
  md5OfAttributes,
  readAttributes,
} from './message-attributes.ts'
import { ownLimits, quotas } from './quotas.ts'

/** What one message says, alone or in a batch. */
type Given = Omit<SendMessageRequest, 'QueueUrl'> | SendMessageBatchRequestEntry

/**
 * Takes a message. It is on disk when this is answered.
 *
 * Faults: QueueDoesNotExist; InvalidMessageContents; InvalidParameterValue; those of KMS; RequestThrottled for a queue that is full.
 * Differs: a message group of a standard queue (fair queues) is refused, since nothing would heed it.
 */
export const SendMessage = sqs('SendMessage', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:SendMessage', resource: queue }],
  run: ({ target: { queue }, input, call }) => send(call, queue, keeper(call, queue), input),
})

/** Takes up to ten messages; what is wrong with one is told of that one. Faults: those of batches; BatchRequestTooLong. */
export const SendMessageBatch = sqs('SendMessageBatch', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:SendMessage', resource: queue }],
  run({ target: { queue }, input: { Entries }, call }) {
    checkBatch(Entries, 'SendMessageBatchRequestEntry')
    const bytes = Entries.reduce((sum, entry) => sum + sizeOfGiven(entry), 0)
    if (bytes > quotas.batchBytes) throw faults.batchTooLong(bytes)
    const keep = keeper(call, queue)
    return eachEntry(Entries, (entry) => {
      const { MessageId = '', MD5OfMessageBody = '', ...more } = send(call, queue, keep, entry)
      return { Id: entry.Id, MessageId, MD5OfMessageBody, ...more }
    })
  },
})

function send(call: SqsCall, queue: QueueDocument, keep: Keep, given: Given): SendMessageResult {
  const { MessageBody: body } = given
  if (body === '') throw faults.missingParameter('MessageBody')
  checkText(body)
  const attributes = readAttributes(given.MessageAttributes)
  const system = readAttributes(systemAttributes(given.MessageSystemAttributes))
  const bytes = Buffer.byteLength(body) + bytesOf(attributes)
  const bytesMax = numberOf(queue, 'MaximumMessageSize')
  if (bytes > bytesMax) throw faults.messageTooLong(bytesMax)
  const digests = {
    MD5OfMessageBody: md5(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(system),
  }

  const delaySeconds = delayOf(queue, given.DelaySeconds)
  const terms = isFifo(queue) ? readFifoTerms(queue, given) : refuseFifoTerms(given)
  const duplicate = terms && duplicateOf(call, queue, terms)
  if (duplicate)
    return { ...digests, MessageId: duplicate.messageId, SequenceNumber: duplicate.sequenceNumber }

  assertRoom(call, queue, bytes)
  const messageId = uuid(call.randomBytes)
  const content = keep(messageId, { body, attributes }) // It may fail, and an entry of a batch fails whole.
  const fifo = terms && { ...terms, sequenceNumber: nextSequenceNumber(call, queue) }
  if (fifo) noteDeduplication(call, queue, fifo, { messageId, sequenceNumber: fifo.sequenceNumber })
  putNew(call, queue, messageKey(queue, messageId), {
    queueKey: queue.key,
    messageId,
    generation: queue.generation,
    ...fifo,
    senderId: senderOf(call),
    sentAtMs: call.nowMs,
    visibleAtMs: call.nowMs + delaySeconds * 1000,
    receiveCount: 0,
    ...traceHeaderOf(system),
    bytes,
    content,
  })
  return { ...digests, MessageId: messageId, SequenceNumber: fifo?.sequenceNumber }
}

function sizeOfGiven({ MessageBody, MessageAttributes = {} }: Given): number {
  let bytes = Buffer.byteLength(MessageBody)
  for (const [name, { DataType, StringValue = '', BinaryValue }] of Object.entries(MessageAttributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType)
    bytes += Buffer.byteLength(StringValue) + (BinaryValue?.length ?? 0)
  }
  return bytes
}

/** Who sent it. Source: SQS API Reference, ReceiveMessage, SenderId. */
function senderOf({ caller }: SqsCall): string {
  if (caller.kind === 'service') return caller.service
  return caller.kind === 'anonymous' ? 'anonymous' : caller.userId
}

/** Faults: InvalidParameterValue. */
function delayOf(queue: QueueDocument, given: number | undefined): number {
  if (given === undefined) return numberOf(queue, 'DelaySeconds')
  if (given < 0 || given > quotas.delaySecondsMax) {
    throw faults.parameter(
      given,
      'DelaySeconds',
      `DelaySeconds must be >= 0 and <= ${quotas.delaySecondsMax}.`,
    )
  }
  if (isFifo(queue) && given !== 0)
    throw faults.parameter(
      given,
      'DelaySeconds',
      'The request include parameter that is not valid for this queue type.',
    )
  return isFifo(queue) ? numberOf(queue, 'DelaySeconds') : given
}

function refuseFifoTerms({ MessageGroupId, MessageDeduplicationId }: Given): undefined {
  const notHere = (value: string, parameter: string) =>
    faults.parameter(value, parameter, 'The request include parameter that is not valid for this queue type.')
  if (MessageGroupId !== undefined) throw notHere(MessageGroupId, 'MessageGroupId')
  if (MessageDeduplicationId !== undefined) throw notHere(MessageDeduplicationId, 'MessageDeduplicationId')
}

function systemAttributes(given: Readonly<Record<string, MessageSystemAttributeValue>> = {}) {
  for (const [name, { DataType }] of Object.entries(given)) {
    if (name !== 'AWSTraceHeader')
      throw faults.invalidValue(`Message system attribute name '${name}' is invalid.`)
    if (DataType !== 'String')
      throw faults.invalidValue(`The message system attribute '${name}' must be of type String.`)
  }
  return given
}

function traceHeaderOf(system: KeptAttributes): { readonly traceHeader?: string } {
  const header = system['AWSTraceHeader']
  return header && 'text' in header ? { traceHeader: header.text } : {}
}

/** Faults: RequestThrottled. Differs: AWS takes any number; here what waits is kept in memory. */
function assertRoom(call: SqsCall, queue: QueueDocument, bytes: number): void {
  const holds = call.parts.lanes.holds(queue.key)
  if (holds.messages < ownLimits.messagesPerQueue && holds.bytes + bytes <= ownLimits.bytesPerQueue) return
  throw faults.throttled(
    `The queue ${queue.name} is full: it holds ${holds.messages} messages, ${holds.bytes} bytes.`,
  )
}
