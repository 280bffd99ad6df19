import { type AccountId, accountId, parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import type { FoundAnywhere, Transaction } from '#core/store/index.ts'
import { Table } from '#core/tables.ts'
import type { World } from '#core/world.ts'
import {
  counters,
  type MessageDocument,
  messages,
  type MoveTaskDocument,
  moveTasks,
  type QueueDocument,
  queues,
} from './documents.ts'
import type { Lanes } from './lanes.ts'
import { moveMessage } from './move.ts'

/** Messages that one step moves at most; a step is a second's. */
const stepMax = 200

interface Parts {
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
  readonly lanes: Pick<Lanes, 'receivable'>
}

/** Moves a second's messages for a task, as it stands in the transaction. */
export function advance(
  tx: Transaction,
  { account, region, id }: FoundAnywhere<MoveTaskDocument>,
  { world, lanes }: Parts,
): void {
  const nowMs = world.nowMs()
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
  const waiting = lanes.receivable(from.key, nowMs, Math.min(task.messagesPerSecond ?? stepMax, stepMax))
  for (const messageKey of waiting) {
    const message = tx.get(messages, scope, messageKey)
    // The lanes have not heard of it yet.
    if (message?.generation !== from.generation || message.visibleAtMs > nowMs) continue
    const to = destinationOf(tx, task, message)
    if (!to) {
      tx.put(moveTasks, scope, id, { ...task, moved, status: 'FAILED', failureReason: reasonOf(message) })
      return undefined
    }
    moveMessage(place, { from, to, id: messageKey, message, newId: uuid(world.randomBytes) })
    moved += 1
  }
  if (waiting.length === 0) return end('COMPLETED')
  if (moved !== task.moved) tx.put(moveTasks, scope, id, { ...task, moved })
  return undefined
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
