import type { Arn } from '#core/arn.ts'
import type { SqsCall } from './declare.ts'
import { contentIdOf, type MessageDocument, messageKey, type QueueDocument } from './documents.ts'
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
  /** Set where a task brings it to its queue as a new message: its id from now on. */
  readonly newId?: string
}

/**
 * Moves a message to another queue of its account, where it can be received at once. A dead letter keeps its id and how often it was
 * received, and in a standard queue when it was sent; what a task brings back is a new message: it was never received, and is kept for as
 * long as any other.
 * Source: SQS Developer Guide, "Using dead-letter queues", message retention periods; "Configure a dead-letter queue redrive".
 */
export function moveMessage(call: Place, { from, to, id, message, deadLetterSourceArn, newId }: Move): void {
  const { deadLetterSourceArn: _, firstReceivedAtMs: __, receivedAtMs: ___, ...kept } = message
  const messageId = newId ?? message.messageId
  call.messages.in(from.account).delete(id)
  call.messages.in(to.account).put(messageKey(to, messageId), {
    ...kept,
    queueKey: to.key,
    generation: to.generation,
    visibleAtMs: call.nowMs,
    ...(isFifo(to) && { sentAtMs: call.nowMs, sequenceNumber: nextSequenceNumber(call, to) }),
    ...(newId !== undefined && {
      ...{ messageId, contentId: contentIdOf(message), sentAtMs: call.nowMs, receiveCount: 0 },
    }),
    ...(deadLetterSourceArn !== undefined && { deadLetterSourceArn }),
    // Two messages of one deduplication id are no duplicates where only dead letters are. Source: there, "Note".
    ...(deadLetterSourceArn !== undefined && isFifo(to) && { deduplicationId: message.messageId }),
  })
}
