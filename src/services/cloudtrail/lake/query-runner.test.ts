// Goal: a query that cannot be written down is tried again from time to time, not without end, and holds up no other.
// Method: the runner over a lake that answers at once, and results that the disk takes or does not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitFailed, createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { queries, type QueryDocument } from './documents.ts'
import { createQueryRunner } from './query-runner.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const query = (queryId: string, createdAtMs: number): QueryDocument => ({
  ...{ queryId, createdAtMs, stores: [], statement: 'SELECT 1', parameters: [], status: 'QUEUED' },
})

test('queries: one whose result is not written rests until the next look, and others go on', async () => {
  const store = createMemoryStore()
  await store.transact((tx) => {
    for (const [at, id] of ['a', 'b', 'c'].entries()) tx.put(queries, scope, id, query(id, at))
  })
  const written: string[] = []
  let isFull = true
  const told: unknown[] = []
  const result = { columns: [], rows: [], eventsScanned: 0 }
  const runner = createQueryRunner({
    store,
    world: { nowMs: systemWorld().nowMs, every: () => () => {} },
    log: ({ event }) => told.push(event),
    lake: {
      check: () => assert.fail('the runner checks nothing'),
      query: () => ({ ends: Promise.resolve({ kind: 'done', result }), cancel: () => {} }),
      results: {
        write(id) {
          written.push(id)
          if (written.length > 20) return new Promise(() => {}) // Else it would be tried without end.
          return isFull && id !== 'c' ? Promise.reject(new CommitFailed('full')) : Promise.resolve()
        },
        read: () => assert.fail('nobody asks'),
        sweep: () => Promise.resolve(),
      },
      convert: () => Promise.resolve(),
      stopConverting: () => {},
      sweep: () => Promise.resolve(),
    },
  })
  const statusOf = (id: string) => store.read.get(queries, scope, id)?.status
  await Promise.race([runner.look(), settled()])
  assert.deepEqual(
    [written.toSorted(), told],
    [
      ['a', 'b', 'c'],
      ['query-failed', 'query-failed'],
    ],
  )
  assert.deepEqual(['a', 'b', 'c'].map(statusOf), ['RUNNING', 'RUNNING', 'FINISHED'])
  isFull = false
  await runner.look()
  assert.deepEqual(['a', 'b', 'c'].map(statusOf), ['FINISHED', 'FINISHED', 'FINISHED'])
  await runner.close()
})

/** Ends once what ends by itself has ended. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
