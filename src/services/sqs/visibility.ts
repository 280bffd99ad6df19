import { checkBatch, eachEntry } from './batch.ts'
import { type SqsCall, sqs } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findQueue } from './find-queue.ts'
import { quotas } from './quotas.ts'
import { readReceipt } from './receipts.ts'

/**
 * Hides a message that was received for so many seconds from now, or shows it again (0). Twelve hours after it was received it shows in
 * any case.
 *
 * Faults: QueueDoesNotExist; ReceiptHandleIsInvalid; MessageNotInflight; InvalidParameterValue.
 */
export const ChangeMessageVisibility = sqs('ChangeMessageVisibility', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:ChangeMessageVisibility', resource: queue }],
  run({ target: { queue }, input: { ReceiptHandle, VisibilityTimeout }, call }) {
    change(call, queue, ReceiptHandle, VisibilityTimeout)
    return {}
  },
})

/** Changes the visibility of up to ten messages; what is wrong with one is told of that one. */
export const ChangeMessageVisibilityBatch = sqs('ChangeMessageVisibilityBatch', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl),
  access: (queue) => [{ action: 'sqs:ChangeMessageVisibility', resource: queue }],
  run({ target: { queue }, input: { Entries }, call }) {
    checkBatch(Entries, 'ChangeMessageVisibilityBatchRequestEntry')
    return eachEntry(Entries, ({ Id, ReceiptHandle, VisibilityTimeout }) => {
      if (VisibilityTimeout === undefined) throw faults.missingParameter('VisibilityTimeout')
      change(call, queue, ReceiptHandle, VisibilityTimeout)
      return { Id }
    })
  },
})

function change(call: SqsCall, queue: QueueDocument, handle: string, seconds: number): void {
  checkVisibility(seconds)
  const { id, message, isCurrent } = readReceipt(call, queue, handle)
  if (!message) throw faults.notVisibleAnyMore(handle)
  if (!isCurrent || message.visibleAtMs <= call.nowMs) throw faults.notInFlight()
  const visibleAtMs = call.nowMs + seconds * 1000
  if (visibleAtMs > (message.receivedAtMs ?? 0) + quotas.visibilitySecondsMax * 1000) {
    throw faults.parameter(
      seconds,
      'VisibilityTimeout',
      `Total VisibilityTimeout for the message is beyond the limit [${quotas.visibilitySecondsMax} seconds]`,
    )
  }
  call.messages.in(queue.account).put(id, { ...message, visibleAtMs })
}

/** Faults: InvalidParameterValue. */
export function checkVisibility(seconds: number): void {
  if (seconds < 0 || seconds > quotas.visibilitySecondsMax)
    throw faults.parameter(
      seconds,
      'VisibilityTimeout',
      `Must be between 0 and ${quotas.visibilitySecondsMax}, if provided.`,
    )
}
