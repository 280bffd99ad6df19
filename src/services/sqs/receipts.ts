import type { SqsCall } from './declare.ts'
import { messageKey, type MessageDocument, type QueueDocument } from './documents.ts'
import { faults } from './faults.ts'

// A receipt handle is sealed for its queue: it says which message was received, and the how manieth time. Nobody else makes one, and it is
// stale as soon as the message is received again.

const purpose = 'sqs-receipt-handle'

/** The handle of a message as it was just received. */
export function receiptHandle(call: SqsCall, { key }: QueueDocument, message: MessageDocument): string {
  return call.seal.seal(purpose, key, `${message.receiveCount} ${message.messageId}`)
}

/** What a handle stands for. */
export interface Receipt {
  readonly id: string
  /** The message, if it is still there. */
  readonly message: MessageDocument | undefined
  /** Whether the message was not received again since. */
  readonly isCurrent: boolean
}

/** Reads a handle of this queue. Faults: ReceiptHandleIsInvalid. */
export function readReceipt(call: SqsCall, queue: QueueDocument, handle: string): Receipt {
  if (handle === '') throw faults.missingParameter('ReceiptHandle')
  const opened = call.seal.tryOpen(purpose, queue.key, handle)
  if (!opened) throw faults.receiptHandle(handle)
  const [count = '', messageId = ''] = opened.toString().split(' ')
  const id = messageKey(queue, messageId)
  const found = call.messages.in(queue.account).get(id)
  const message = found?.generation === queue.generation ? found : undefined
  return { id, message, isCurrent: message?.receiveCount === Number(count) }
}
