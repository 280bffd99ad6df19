// Goal: of a request whose id and time are known, its event is found, in the right account alone, while the trail keeps it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { createAuditTrail } from './audit-trail.ts'
import { findEventId } from './find-event.ts'
import { readRecord } from './stored-record.ts'

const account = '111122223333' as AccountId // Twelve digits.
const there = '444455556666' as AccountId // Twelve digits.
const atMs = Date.UTC(2026, 10, 23, 9, 30, 1, 500)

function called(requestId: string, nowMs: number): AuditedCall {
  return {
    envelope: {
      requestId,
      service: 'kms',
      operation: 'Encrypt',
      nowMs,
      region: 'eu-west-1',
      partition: 'aws',
      sourceIp: '192.0.2.7',
      userAgent: 'aws-cli/2',
      referer: undefined,
      secureTransport: false,
      calledVia: [],
    },
    caller: {
      kind: 'root',
      account,
      arn: `arn:aws:iam::${account}:root` as Arn, // Written out.
      userId: account,
      accessKeyId: 'AKIAROOT',
    },
    account,
    input: {},
    output: {},
    fault: undefined,
    access: [],
  }
}

test('find event: by request, time and account', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-event-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const trail = createAuditTrail({
    directory,
    store: createMemoryStore(),
    worker: 0,
    world: { ...systemWorld(), nowMs: () => atMs, every: () => () => {}, after: () => () => {} },
    log: () => assert.fail('nothing goes wrong'),
  })
  const ids = new Map<string, string>()
  for (const [requestId, nowMs] of [
    ['before', atMs - 501],
    ['first', atMs - 500],
    ['wanted', atMs],
    ['after', atMs + 499],
  ] as const) {
    const line = trail.record(called(requestId, nowMs))
    ids.set(requestId, readRecord(line).eventID)
    trail.append(line)
  }
  const rows: readonly [
    name: string,
    request: Parameters<typeof findEventId>[1],
    want: string | undefined,
  ][] = [
    ['its own', { account, requestId: 'wanted', atMs }, ids.get('wanted')],
    ['at the second’s beginning', { account, requestId: 'first', atMs: atMs - 500 }, ids.get('first')],
    ['at its end', { account, requestId: 'after', atMs: atMs + 499 }, ids.get('after')],
    ['of another account', { account: there, requestId: 'wanted', atMs }, undefined],
    ['at another time', { account, requestId: 'wanted', atMs: atMs + 1000 }, undefined],
    ['none', { account, requestId: 'nothing', atMs }, undefined],
  ]
  for (const [name, request, want] of rows) assert.equal(await findEventId(trail, request), want, name)
  assert.equal(rows.length, 6)
  assert.equal(new Set(ids.values()).size, 4)
  await trail.close()
})
