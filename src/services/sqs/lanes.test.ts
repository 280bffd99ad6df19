// Goal: what a queue's lanes know costs about the same for each message, however many wait in one group. Method: processor time, with a bound
// far above what is needed and far below what going over the group for each message takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type { Change } from '#core/store/index.ts'
import { type MessageDocument, messages, type QueueDocument, queues } from './documents.ts'
import { createLanes } from './lanes.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const queue: QueueDocument = {
  ...{ arn: 'arn:aws:sqs:us-east-1:111122223333:q.fifo' as Arn, account: scope.account as AccountId }, // Twelve digits.
  ...{ region: scope.region, name: 'q.fifo', key: 'k', createdAtMs: 0, modifiedAtMs: 0 },
  ...{ attributes: {}, tags: {}, generation: 0 },
}
const many = 16_000

/** Dead letters of one group, in the order of their ids, which is another than theirs. */
const waiting = Array.from({ length: many }, (_, at) => {
  const place = (at * 7_001) % many
  const document: MessageDocument = {
    ...{ queueKey: 'k', messageId: String(at), generation: 0, groupId: 'g', deduplicationId: String(at) },
    ...{ sequenceNumber: String(10_000_000 + place), senderId: 's', sentAtMs: 0, visibleAtMs: 0, bytes: 1 },
    ...{ receiveCount: 3, content: { kind: 'plain', text: '{}' } },
  }
  return { ...scope, id: `k/${String(at).padStart(6, '0')}`, document }
})

test('lanes: a long group is loaded and received in time that grows with its length', () => {
  let tell: (change: Change) => void = () => assert.fail('nobody follows')
  const everywhere = (collection: object) =>
    collection === messages
      ? waiting
      : collection === queues
        ? [{ ...scope, id: 'q.fifo', document: queue }]
        : []
  const begun = process.cpuUsage()
  // As a store: its documents, and its changes.
  const store = { read: { everywhere }, tail: (listener: typeof tell) => ((tell = listener), () => {}) }
  const lanes = createLanes(store as unknown as Parameters<typeof createLanes>[0])
  const bySequence = new Map(waiting.map((one) => [one.id, one.document] as const))
  const change = (
    id: string,
    before: MessageDocument | undefined,
    after: MessageDocument | undefined,
  ): void => {
    const one = { service: 'sqs', type: 'message', ...scope, id, before, after }
    tell({ seq: 1, changes: [one], records: [], own: true })
  }
  let last = ''
  for (let received = 0; received < many; received += 1) {
    const [id = ''] = lanes.claim('k', 1)?.ids ?? []
    const before = bySequence.get(id)
    assert.ok(before && (before.sequenceNumber ?? '') > last, 'in the order of the group')
    last = before.sequenceNumber ?? ''
    const taken = { ...before, receiveCount: 4, receivedAtMs: 1, visibleAtMs: 30_000 }
    change(id, before, taken)
    if (received % 1_000 === 0) assert.equal(lanes.claim('k', 1), undefined, 'its group is closed')
    change(id, taken, undefined)
  }
  assert.equal(lanes.holds('k').messages, 0)
  const { user } = process.cpuUsage(begun)
  assert.ok(user < 2_000_000, `${user} microseconds`)
})
