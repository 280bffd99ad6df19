import type { Arn } from '#core/arn.ts'
import type { SqsCall } from './declare.ts'
import { type MessageDocument, messageKey, type QueueDocument } from './documents.ts'
import { nextSequenceNumber } from './fifo.ts'
import { isFifo } from './find-queue.ts'

/** The tables of the queues' account, and the time. */
export type Place = Pick<SqsCall, 'messages' | 'counters' | 'nowMs'>

interface Move {
  readonly from: QueueDocument
  readonly to: QueueDocument
  readonly id: string
  readonly message: MessageDocument
  /** Set where it goes to a dead-letter queue. */
  readonly deadLetterSourceArn?: Arn
}

/**
 * Moves a message to another queue of its account, where it can be received at once. It keeps its id, its content and how often it was
 * received; the time at which it was sent is kept by standard queues alone.
 * Source: SQS Developer Guide, "Using dead-letter queues", message retention periods.
 */
export function moveMessage(call: Place, { from, to, id, message, deadLetterSourceArn }: Move): void {
  const { deadLetterSourceArn: _, firstReceivedAtMs: __, receivedAtMs: ___, ...kept } = message
  call.messages.in(from.account).delete(id)
  call.messages.in(to.account).put(messageKey(to, message.messageId), {
    ...kept,
    queueKey: to.key,
    generation: to.generation,
    visibleAtMs: call.nowMs,
    ...(isFifo(to) && { sentAtMs: call.nowMs, sequenceNumber: nextSequenceNumber(call, to) }),
    ...(deadLetterSourceArn !== undefined && { deadLetterSourceArn }),
  })
}
