import { checkBatch, eachEntry } from './batch.ts'
import { remove } from './contents.ts'
import { type SqsCall, sqs } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findQueue, isFifo } from './find-queue.ts'
import { readReceipt } from './receipts.ts'

/**
 * Deletes a message that was received. A handle that a later receive made stale succeeds and deletes nothing, as does one of a message
 * that is gone; of a FIFO queue, one whose visibility timeout is over is refused.
 *
 * Faults: QueueDoesNotExist; ReceiptHandleIsInvalid; InvalidParameterValue.
 * Source: SQS API Reference, DeleteMessage.
 */
export const DeleteMessage = sqs('DeleteMessage', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:DeleteMessage', resource: queue }],
  run({ target: { queue }, input: { ReceiptHandle }, call }) {
    deleteMessage(call, queue, ReceiptHandle)
    return {}
  },
})

/** Deletes up to ten messages; what is wrong with one is told of that one. */
export const DeleteMessageBatch = sqs('DeleteMessageBatch', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:DeleteMessage', resource: queue }],
  run({ target: { queue }, input: { Entries }, call }) {
    checkBatch(Entries, 'DeleteMessageBatchRequestEntry')
    return eachEntry(Entries, ({ Id, ReceiptHandle }) => {
      deleteMessage(call, queue, ReceiptHandle)
      return { Id }
    })
  },
})

function deleteMessage(call: SqsCall, queue: QueueDocument, handle: string): void {
  const { id, message, isCurrent } = readReceipt(call, queue, handle)
  if (!message) return
  if (isFifo(queue) && (!isCurrent || message.visibleAtMs <= call.nowMs)) throw faults.receiptExpired(handle)
  if (isCurrent) remove(call, queue, id, message)
}
