import { createHash } from 'node:crypto'
import { attributeOf } from './attributes.ts'
import type { SqsCall } from './declare.ts'
import { type DeduplicationDocument, messageKey, type QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** What a message of a FIFO queue has beside. */
export interface FifoTerms {
  readonly groupId: string
  readonly deduplicationId: string
}

interface Given {
  readonly MessageGroupId?: string | undefined
  readonly MessageDeduplicationId?: string | undefined
  readonly MessageBody: string
}

/** Letters, digits and punctuation. Source: SQS API Reference, SendMessage, MessageGroupId and MessageDeduplicationId. */
export const idForm = /^[!-~]{1,128}$/

/** Reads group and deduplication id. Faults: MissingParameter, InvalidParameterValue. */
export function readFifoTerms(queue: QueueDocument, given: Given): FifoTerms {
  const { MessageGroupId, MessageDeduplicationId, MessageBody } = given
  if (MessageGroupId === undefined) throw faults.missingParameter('MessageGroupId')
  checkId('MessageGroupId', MessageGroupId)
  if (MessageDeduplicationId !== undefined) {
    checkId('MessageDeduplicationId', MessageDeduplicationId)
    return { groupId: MessageGroupId, deduplicationId: MessageDeduplicationId }
  }
  if (attributeOf(queue, 'ContentBasedDeduplication') !== 'true') {
    throw faults.invalidValue(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  }
  return { groupId: MessageGroupId, deduplicationId: createHash('sha256').update(MessageBody).digest('hex') }
}

function checkId(parameter: string, id: string): void {
  if (!idForm.test(id))
    throw faults.parameter(
      id,
      parameter,
      `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    )
}

/** What a FIFO queue took under a deduplication id within the last five minutes. */
export function duplicateOf(
  call: SqsCall,
  queue: QueueDocument,
  terms: FifoTerms,
): DeduplicationDocument | undefined {
  const known = call.deduplications.in(queue.account).get(deduplicationKey(queue, terms))
  return known && known.untilMs > call.nowMs ? known : undefined
}

/** Remembers what a FIFO queue took. */
export function noteDeduplication(
  call: SqsCall,
  queue: QueueDocument,
  terms: FifoTerms,
  taken: Pick<DeduplicationDocument, 'messageId' | 'sequenceNumber'>,
): void {
  call.deduplications
    .in(queue.account)
    .put(deduplicationKey(queue, terms), { ...taken, untilMs: call.nowMs + quotas.deduplicationMs })
}

/** Ids count within the whole queue, or within their group. */
function deduplicationKey(queue: QueueDocument, { groupId, deduplicationId }: FifoTerms): string {
  const scope = attributeOf(queue, 'DeduplicationScope') === 'messageGroup' ? `${groupId} ` : ''
  return messageKey(queue, `${scope}${deduplicationId}`)
}

const first = 10_000_000_000_000_000_000n

/** The next of a FIFO queue's sequence numbers: twenty digits, so that texts compare as numbers do. */
export function nextSequenceNumber(call: Pick<SqsCall, 'counters'>, { account, key }: QueueDocument): string {
  const table = call.counters.in(account)
  const id = `${key}/sequence`
  const last = (table.get(id)?.last ?? 0) + 1
  table.put(id, { last })
  return String(first + BigInt(last))
}
