// Goal: what was counted is found once, whether it is in memory, is written, or is being written.
// Method: a store over a folder on disk, with its timers in the test's hands.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { MetricIncrement } from '#core/metrics.ts'
import { createMetricStore } from './metric-store.ts'

const account = '111122223333'
const region = 'us-east-1'
const minute = 60_000
const startMs = Date.UTC(2026, 0, 2)

function storeOf(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-metrics-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const clock = { nowMs: startMs }
  const timers: (() => void)[] = []
  const every = (_: number, task: () => void) => {
    timers.push(task)
    return () => undefined
  }
  const world = { nowMs: () => clock.nowMs, every }
  const store = createMetricStore({ directory, world, log: ({ event }) => assert.fail(event) })
  t.after(() => store.close())
  const [write = assert.fail] = timers
  const count = (sum: number): MetricIncrement => ({
    ...{ account, region, namespace: 'AWS/WAFV2', name: 'BlockedRequests', dimensions: [] },
    ...{ minuteMs: startMs, unit: 'Count', count: sum, sum, min: 1, max: 1 },
  })
  const find = async () => {
    const found = await store.find({ account, region, fromMs: startMs, toMs: startMs + minute })
    return found.map(({ sum }) => sum)
  }
  return { store, clock, write, count, find }
}

test('metrics: a minute that is written while it is looked for is found once', async (t) => {
  const { store, clock, write, count, find } = storeOf(t)
  store.add([count(1)])
  clock.nowMs += 10 * minute
  const first = find() // Nothing is written yet.
  write()
  assert.deepEqual([await first, await find()], [[1], [1]])
  store.add([count(2)]) // It came late.
  const second = find()
  write()
  assert.deepEqual(
    [await second, await find()],
    [
      [1, 2],
      [1, 2],
    ],
  )
})
