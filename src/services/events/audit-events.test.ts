// Goal: a record that cannot become an event is told, and ends nothing. Method: a store that takes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import { CommitFailed, createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { createAuditEvents } from './audit-events.ts'
import { rules } from './documents.ts'
import { createRouter } from './router.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const record = JSON.stringify({
  ...{ eventTime: '2026-01-02T03:04:05Z', eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' },
  ...{
    awsRegion: scope.region,
    eventID: 'a',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
  },
  recipientAccountId: scope.account,
})

const rows: readonly [why: string, failure: Error, want: string][] = [
  ['a disk that takes nothing', new CommitFailed('full'), 'audit-event-lost'],
  ['a bug', new Error('a bug'), 'bug'],
]

test('a record whose event is not accepted is told', async () => {
  for (const [why, failure, want] of rows) {
    const store = createMemoryStore()
    const arn = `arn:aws:events:us-east-1:${scope.account}:rule/iam` as Arn // Written out.
    await store.transact((tx) =>
      tx.put(rules, scope, 'default/iam', {
        ...{ arn, name: 'iam', bus: 'default', state: 'ENABLED', eventPattern: '{"source":["aws.iam"]}' },
        ...{ createdBy: scope.account, targets: [{ Id: 'q', Arn: 'arn:aws:sqs:us-east-1:1:q' }], tags: {} },
      }),
    )
    const told: unknown[] = []
    const auditEvents = createAuditEvents({
      store: { read: store.read, transact: () => Promise.reject(failure) },
      world: systemWorld(),
      router: createRouter(store),
      log: ({ event }) => told.push(event),
    })
    auditEvents.onRecord(record)
    await auditEvents.idle()
    assert.deepEqual(told, [want], why)
  }
  assert.equal(rows.length, 2)
})
