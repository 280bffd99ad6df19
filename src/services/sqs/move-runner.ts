import { type AccountId, accountId, parseArn } from '#core/arn.ts'
import type { FoundAnywhere, Transaction } from '#core/store/index.ts'
import { Table } from '#core/tables.ts'
import {
  counters,
  type MessageDocument,
  messages,
  type MoveTaskDocument,
  moveTasks,
  type QueueDocument,
  queues,
} from './documents.ts'
import { isFifo } from './find-queue.ts'
import { moveMessage } from './move.ts'
import { quotas } from './quotas.ts'

/** Messages that one step moves at most; a step is a second's. */
const stepMax = 200

/** Moves a second's messages for a task, as it stands in the transaction. */
export function advance(
  tx: Transaction,
  { account, region, id }: FoundAnywhere<MoveTaskDocument>,
  nowMs: number,
): void {
  const scope = { account, region }
  const task = tx.get(moveTasks, scope, id)
  if (!task) return
  const end = (status: MoveTaskDocument['status'], failureReason?: string) =>
    tx.put(moveTasks, scope, id, { ...task, status, ...(failureReason !== undefined && { failureReason }) })
  if (task.status === 'CANCELLING') return end('CANCELLED')
  if (task.status !== 'RUNNING') return undefined
  const from = tx.get(queues, scope, nameIn(task.sourceArn))
  if (!from) return end('FAILED', 'AWS.SimpleQueueService.NonExistentQueue')

  const place = {
    messages: new Table(tx, messages, scope),
    counters: new Table(tx, counters, scope),
    nowMs,
  }
  let { moved } = task
  const waiting = movable(tx, from, nowMs, Math.min(task.messagesPerSecond ?? stepMax, stepMax))
  for (const { id: messageId, document: message } of waiting) {
    const to = destinationOf(tx, task, message)
    if (!to) {
      tx.put(moveTasks, scope, id, { ...task, moved, status: 'FAILED', failureReason: reasonOf(message) })
      return undefined
    }
    moveMessage(place, { from, to, id: messageId, message })
    moved += 1
  }
  if (waiting.length === 0) return end('COMPLETED')
  if (moved !== task.moved) tx.put(moveTasks, scope, id, { ...task, moved })
  return undefined
}

/** Messages that may be received, oldest first; those of a FIFO queue in their order. */
function movable(tx: Transaction, queue: QueueDocument, nowMs: number, max: number) {
  const { account, region } = queue
  const found = tx.list(
    messages,
    { account, region },
    {
      prefix: `${queue.key}/`,
      where: ({ visibleAtMs, generation }) => visibleAtMs <= nowMs && generation === queue.generation,
      limit: isFifo(queue) ? quotas.inFlight : max,
    },
  )
  return isFifo(queue)
    ? found
        .toSorted((one, other) =>
          (one.document.sequenceNumber ?? '') < (other.document.sequenceNumber ?? '') ? -1 : 1,
        )
        .slice(0, max)
    : found
}

function destinationOf(
  tx: Transaction,
  { destinationArn, allowedArns }: MoveTaskDocument,
  message: MessageDocument,
): QueueDocument | undefined {
  const arn = destinationArn ?? message.deadLetterSourceArn
  const parts = arn === undefined || !allowedArns.includes(arn) ? undefined : parseArn(arn)
  const account: AccountId | undefined = accountId(parts?.account ?? '')
  if (!parts || account === undefined) return undefined
  return tx.get(queues, { account, region: parts.region }, parts.resource)
}

/** Source: SQS API Reference, ListMessageMoveTasks, FailureReason. */
function reasonOf({ deadLetterSourceArn }: MessageDocument): string {
  return deadLetterSourceArn === undefined
    ? 'CouldNotDetermineMessageSource'
    : 'AWS.SimpleQueueService.NonExistentQueue'
}

function nameIn(queueArn: string): string {
  return parseArn(queueArn)?.resource ?? ''
}
