// Goal: who waits on one worker hears of what is sent on another, and a receive there sees it. Method: two stores over one directory, as
// two workers have them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import { Head, openStore } from '#core/store/index.ts'
import { messages, queues } from './documents.ts'
import { createLanes } from './lanes.ts'
import { createWaiters } from './waiters.ts'

const scope = { account: '111122223333', region: 'us-east-1' }

test('a send on one worker wakes a poll on another', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sqs-'))
  const head = new Head()
  const [one, other] = [openStore({ directory, head }), openStore({ directory, head })]
  try {
    const name = 'orders'
    await one.transact((tx) =>
      tx.put(queues, scope, name, {
        arn: `arn:aws:sqs:us-east-1:111122223333:${name}` as Arn,
        account: scope.account as AccountId, // Twelve digits.
        ...{
          region: scope.region,
          name,
          key: 'k',
          createdAtMs: 0,
          modifiedAtMs: 0,
          attributes: {},
          tags: {},
        },
        generation: 0,
      }),
    )
    await other.catchUp()
    const stopKeepingUp = other.keepUp((reason) => assert.fail(String(reason)))
    let task = () => {}
    const lanes = createLanes(other)
    const world = { nowMs: () => 1, every: (_: number, run: () => void) => ((task = run), () => {}) }
    const waiters = createWaiters({ world, lanes })
    let isWoken = false
    const waiting = waiters.wait('k', 20_000)?.then(() => (isWoken = true))
    task()
    await new Promise(setImmediate)
    assert.equal(isWoken, false)
    await one.transact((tx) =>
      tx.put(messages, scope, 'k/m', {
        ...{ queueKey: 'k', messageId: 'm', generation: 0, senderId: 's', sentAtMs: 0, visibleAtMs: 0 },
        ...{ receiveCount: 0, bytes: 1, content: { kind: 'plain', text: '{}' } },
      }),
    )
    await waiting
    stopKeepingUp()
    assert.deepEqual(lanes.claim('k', 1)?.ids, ['k/m'])
    assert.equal(waiters.count, 0)
  } finally {
    await one.close()
    await other.close()
    rmSync(directory, { recursive: true })
  }
})
