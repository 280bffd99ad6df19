import type { ReceiveMessageRequest } from '#models/sqs.d.ts'
import { numberOf } from './attributes.ts'
import type { SqsCall } from './declare.ts'
import { type MessageDocument, messageKey, type QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { idForm } from './fifo.ts'
import { isFifo } from './find-queue.ts'
import { quotas } from './quotas.ts'

// A receive of a FIFO queue whose answer was lost can be asked for again by its attempt id.
// Source: SQS API Reference, ReceiveMessage, ReceiveRequestAttemptId.

/** Faults: InvalidParameterValue. */
export function checkAttempt(queue: QueueDocument, attemptId: string | undefined): void {
  if (attemptId === undefined) return
  if (!isFifo(queue))
    throw faults.parameter(
      attemptId,
      'ReceiveRequestAttemptId',
      'The request include parameter that is not valid for this queue type.',
    )
  if (!idForm.test(attemptId))
    throw faults.parameter(
      attemptId,
      'ReceiveRequestAttemptId',
      'ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    )
}

/** Whether an attempt was answered with messages that it may ask for again. */
export function isKnownAttempt(
  call: SqsCall,
  queue: QueueDocument,
  { ReceiveRequestAttemptId }: ReceiveMessageRequest,
): boolean {
  if (ReceiveRequestAttemptId === undefined) return false
  const attempt = call.attempts.in(queue.account).get(attemptKey(queue, ReceiveRequestAttemptId))
  return attempt !== undefined && attempt.untilMs > call.nowMs
}

/** The messages that an attempt was given, hidden anew, as long as each of them is as it was given. */
export function again(
  call: SqsCall,
  queue: QueueDocument,
  { ReceiveRequestAttemptId, VisibilityTimeout }: ReceiveMessageRequest,
  nowMs: number,
): readonly MessageDocument[] | undefined {
  if (ReceiveRequestAttemptId === undefined) return undefined
  const attempt = call.attempts.in(queue.account).get(attemptKey(queue, ReceiveRequestAttemptId))
  if (!attempt || attempt.untilMs <= nowMs) return undefined
  const table = call.messages.in(queue.account)
  const given: MessageDocument[] = []
  for (const { messageId, receiveCount, visibleAtMs } of attempt.given) {
    const message = table.get(messageKey(queue, messageId))
    const isAsGiven =
      message?.receiveCount === receiveCount &&
      message.visibleAtMs === visibleAtMs &&
      message.generation === queue.generation &&
      visibleAtMs > nowMs
    if (!isAsGiven) return undefined
    given.push(message)
  }
  const seconds = VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout')
  return given.map((message) => {
    const hidden = { ...message, visibleAtMs: nowMs + seconds * 1000 }
    table.put(messageKey(queue, message.messageId), hidden)
    return hidden
  })
}

/** Remembers what an attempt was given. */
export function noteAttempt(
  call: SqsCall,
  queue: QueueDocument,
  { ReceiveRequestAttemptId }: ReceiveMessageRequest,
  nowMs: number,
  taken: readonly MessageDocument[],
): void {
  if (ReceiveRequestAttemptId === undefined || taken.length === 0) return
  call.attempts.in(queue.account).put(attemptKey(queue, ReceiveRequestAttemptId), {
    given: taken.map(({ messageId, receiveCount, visibleAtMs }) => ({
      messageId,
      receiveCount,
      visibleAtMs,
    })),
    untilMs: nowMs + quotas.deduplicationMs,
  })
}

function attemptKey(queue: QueueDocument, attemptId: string): string {
  return messageKey(queue, attemptId)
}
