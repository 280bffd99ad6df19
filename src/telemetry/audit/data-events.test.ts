// Goal: messages do not fill the trail: data events that were let in leave no record unless they are wanted, all else does.
// Method: rows of a call and whether it leaves a record; what a record of a data event says.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { model, type ServiceName } from '#wire/index.ts'
import { createAuditTrail } from './audit-trail.ts'
import { isDataEvent } from './data-events.ts'
import { createRecorder } from './record.ts'

const account = '111122223333' as AccountId // Twelve digits.
const denied = { code: 'AccessDenied', message: 'no' }

function called(service: ServiceName, operation: string, fault?: AuditedCall['fault']): AuditedCall {
  const arn = `arn:aws:iam::${account}:user/alice` as Arn // Written out.
  return {
    envelope: {
      ...{ requestId: 'r', service, operation, nowMs: 0, region: 'us-east-1', partition: 'aws' },
      ...{ sourceIp: '192.0.2.7', userAgent: '', referer: undefined, secureTransport: true, calledVia: [] },
    },
    caller: {
      kind: 'user',
      account,
      arn,
      userId: 'AIDAALICE',
      userName: 'alice',
      accessKeyId: 'A',
      tags: {},
    },
    ...{ account, input: {}, output: {}, fault, access: [] },
  }
}

const rows: readonly [name: string, call: AuditedCall, wanted: boolean, want: boolean][] = [
  ['a message that is sent', called('sqs', 'SendMessage'), false, false],
  ['one that is not, for lack of leave', called('sqs', 'SendMessage', denied), false, true],
  ['one that somebody wants', called('sqs', 'SendMessage'), true, true],
  ['a queue that is made', called('sqs', 'CreateQueue'), false, true],
  ['events that are logged', called('logs', 'PutLogEvents'), false, false],
  ['a function that is invoked', called('lambda', 'Invoke'), false, false],
  ['a topic that is published to', called('sns', 'Publish'), false, false],
  ['the use of a key', called('kms', 'Decrypt'), false, true],
  ['an operation named alike in another service', called('kms', 'SendMessage'), false, true],
]

test('data events: what leaves a record', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-data-events-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  let isWanted = false
  const world = { ...systemWorld(), every: () => () => {} }
  const ground = { directory, store: createMemoryStore(), worker: 0, world, log: () => {} }
  const trail = createAuditTrail({ ...ground, wantsDataEvent: () => isWanted })
  for (const [name, call, wanted, want] of rows) {
    isWanted = wanted
    assert.equal(trail.keeps(call), want, name)
  }
  assert.equal(rows.length, 9)
  await trail.close()
  const plain = createAuditTrail(ground)
  assert.equal(plain.keeps(called('sqs', 'SendMessage')), false, 'nobody wants any unless it is said')
  await plain.close()
})

test('data events: their records say so', () => {
  const record = createRecorder((length) => Buffer.alloc(length))
  const read = (call: AuditedCall) => {
    const { managementEvent, eventCategory } = JSON.parse(record(call)) as Readonly<Record<string, unknown>> // Our own record.
    return [managementEvent, eventCategory]
  }
  assert.deepEqual(read(called('sqs', 'SendMessage', denied)), [false, 'Data'])
  assert.deepEqual(read(called('sqs', 'CreateQueue')), [true, 'Management'])
})

test('data events: every one of the list is an operation', () => {
  const services: readonly ServiceName[] = ['sqs', 'sns', 'lambda', 'events', 'logs', 'cloudwatch']
  const found = services.flatMap((service) =>
    [...model(service).operations.keys()].filter((operation) => isDataEvent(service, operation)),
  )
  // InvokeApiDestination is an action without an operation of its own.
  assert.equal(found.length, 7 + 2 + 3 + 1 + 3 + 5)
})
