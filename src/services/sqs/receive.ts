import type { Message, ReceiveMessageRequest } from '#models/sqs.d.ts'
import { numberOf, redrivePolicyOf } from './attributes.ts'
import { contentOf, opener, remove } from './contents.ts'
import { type SqsCall, sqs } from './declare.ts'
import { contentIdOf, type MessageDocument, messageKey, type QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findQueue, isFifo } from './find-queue.ts'
import type { Claim } from './lanes.ts'
import { chosen, md5, md5OfAttributes, shownAttributes } from './message-attributes.ts'
import { moveMessage } from './move.ts'
import { quotas } from './quotas.ts'
import { receiptHandle } from './receipts.ts'
import { again, checkAttempt, isKnownAttempt, noteAttempt } from './attempts.ts'
import { deadLetterQueueOf } from './redrive.ts'
import { systemAttributesOf } from './system-attributes.ts'
import { checkVisibility } from './visibility.ts'
import { isWaitOver } from './waiters.ts'

/** What a receive keeps between its attempts: the lanes that it was shown, and the time at which it looks. */
interface Look {
  readonly nowMs: number
  claims: Claim[]
}

/** Lanes that one receive looks at: what is left over from expired messages, or went to the dead-letter queue, counts too. */
const looksMax = 200

/**
 * Gives up to ten messages and hides them for the visibility timeout; with a wait time, as soon as there are any. What was received too
 * often goes to the dead-letter queue instead.
 *
 * Faults: QueueDoesNotExist; InvalidParameterValue; OverLimit; RequestThrottled where too many wait; those of KMS.
 * Differs: who hangs up while it waits may be given what comes meanwhile; it shows again later.
 */
export const ReceiveMessage = sqs('ReceiveMessage', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:ReceiveMessage', resource: queue }],
  prepare({ target: { queue }, input, call }): Look | Promise<Look> {
    check(queue, input)
    const { lanes, nowMs } = call.parts
    const seconds = input.WaitTimeSeconds ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds')
    if (seconds === 0 || isKnownAttempt(call, queue, input) || lanes.isAvailable(queue.key, nowMs()))
      return { nowMs: nowMs(), claims: [] }
    return waitForMessages(call, queue, nowMs() + seconds * 1000)
  },
  run({ target: { queue }, input, call, prepared: look }) {
    // What an earlier attempt was shown, another one may be shown now.
    for (const claim of look.claims) call.parts.lanes.release(claim)
    look.claims = []
    try {
      const taken = again(call, queue, input, look.nowMs) ?? take(call, queue, input, look)
      noteAttempt(call, queue, input, look.nowMs, taken)
      const open = opener(call)
      const shown = taken.map((message) => show(call, queue, message, input, open))
      return shown.length > 0 ? { Messages: shown } : {}
    } catch (error) {
      for (const claim of look.claims) call.parts.lanes.release(claim)
      throw error
    }
  },
})

async function waitForMessages(call: SqsCall, queue: QueueDocument, untilMs: number): Promise<Look> {
  const { lanes, waiters, nowMs } = call.parts
  do {
    const waiting = waiters.wait(queue.key, untilMs)
    if (!waiting) throw faults.throttled('Too many receivers wait for messages.')
    await waiting
  } while (!waiters.isStopped && !isWaitOver(untilMs, nowMs()) && !lanes.isAvailable(queue.key, nowMs()))
  return { nowMs: nowMs(), claims: [] }
}

/** Faults: InvalidParameterValue; OverLimit. */
function check(queue: QueueDocument, input: ReceiveMessageRequest): void {
  const { MaxNumberOfMessages: max, WaitTimeSeconds: wait, VisibilityTimeout: visibility } = input
  if (max !== undefined && (max < 1 || max > quotas.messagesPerReceive))
    throw faults.parameter(max, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.')
  if (wait !== undefined && (wait < 0 || wait > quotas.waitSecondsMax))
    throw faults.parameter(wait, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.')
  if (visibility !== undefined) checkVisibility(visibility)
  checkAttempt(queue, input.ReceiveRequestAttemptId)
}

/** Takes messages, lane by lane, and writes that they were received. */
function take(
  call: SqsCall,
  queue: QueueDocument,
  input: ReceiveMessageRequest,
  look: Look,
): readonly MessageDocument[] {
  const { lanes } = call.parts
  const max = input.MaxNumberOfMessages ?? 1
  if (isFull(call, queue, look.nowMs)) {
    if (isFifo(queue)) return []
    throw faults.overLimit()
  }
  const taken: MessageDocument[] = []
  const untouched: Claim[] = []
  for (let looks = 0; taken.length < max && looks < looksMax; looks += 1) {
    const claim = lanes.claim(queue.key, look.nowMs)
    if (!claim) break
    look.claims.push(claim)
    const before = taken.length
    if (!takeFrom(call, queue, claim, look.nowMs, max, input, taken) && taken.length === before)
      untouched.push(claim)
  }
  for (const claim of untouched) lanes.release(claim)
  return taken
}

/** Takes from one lane, in its order; whether anything was written. */
function takeFrom(
  call: SqsCall,
  queue: QueueDocument,
  { ids }: Claim,
  nowMs: number,
  max: number,
  input: ReceiveMessageRequest,
  taken: MessageDocument[],
): boolean {
  const table = call.messages.in(queue.account)
  const waiting = ids.flatMap((id) => {
    const message = table.get(id)
    return message ? [{ id, message }] : []
  })
  // As long as one that was received is hidden, its group is closed.
  if (waiting.some(({ message }) => message.receiveCount > 0 && message.visibleAtMs > nowMs)) return false
  let wrote = false
  for (const { id, message } of waiting) {
    if (taken.length >= max || message.visibleAtMs > nowMs) break
    wrote = true
    if (isGone(queue, message, nowMs)) remove(call, queue, id, message)
    else if (!toDeadLetterQueue(call, queue, id, message)) {
      const received = receive(queue, message, nowMs, input.VisibilityTimeout)
      table.put(id, received)
      taken.push(received)
    }
  }
  return wrote
}

/** Purged, or older than the queue keeps messages. */
export function isGone(queue: QueueDocument, message: MessageDocument, nowMs: number): boolean {
  const keptMs = numberOf(queue, 'MessageRetentionPeriod') * 1000
  return message.generation !== queue.generation || message.sentAtMs + keptMs <= nowMs
}

function receive(
  queue: QueueDocument,
  message: MessageDocument,
  nowMs: number,
  visibilitySeconds = numberOf(queue, 'VisibilityTimeout'),
): MessageDocument {
  return {
    ...message,
    receiveCount: message.receiveCount + 1,
    firstReceivedAtMs: message.firstReceivedAtMs ?? nowMs,
    receivedAtMs: nowMs,
    visibleAtMs: nowMs + visibilitySeconds * 1000,
  }
}

/** Moves a message that was received too often; false where it stays. Source: SQS Developer Guide, "Using dead-letter queues". */
function toDeadLetterQueue(
  call: SqsCall,
  queue: QueueDocument,
  id: string,
  message: MessageDocument,
): boolean {
  const policy = redrivePolicyOf(queue)
  if (!policy || message.receiveCount < policy.maxReceiveCount) return false
  const target = deadLetterQueueOf(call, queue)
  if (!target) return false
  moveMessage(call, { from: queue, to: target, id, message, deadLetterSourceArn: queue.arn })
  return true
}

/** Whether a queue has as many messages in flight as it may; only then are they counted. */
function isFull(call: SqsCall, { key }: QueueDocument, nowMs: number): boolean {
  const { lanes } = call.parts
  return lanes.holds(key).messages >= quotas.inFlight && lanes.counts(key, nowMs).inFlight >= quotas.inFlight
}

function show(
  call: SqsCall,
  queue: QueueDocument,
  message: MessageDocument,
  input: ReceiveMessageRequest,
  open: ReturnType<typeof opener>,
): Message {
  const kept = contentOf(call, queue, message)
  if (!kept) throw new Error(`message ${messageKey(queue, message.messageId)} has no content`)
  const { body, attributes } = open(contentIdOf(message), kept)
  const wished = chosen(attributes, input.MessageAttributeNames)
  const system = systemAttributesOf(message, [
    ...(input.AttributeNames ?? []),
    ...(input.MessageSystemAttributeNames ?? []),
  ])
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle(call, queue, message),
    MD5OfBody: md5(body),
    Body: body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(Object.keys(wished).length > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(wished),
      MessageAttributes: shownAttributes(wished),
    }),
  }
}
