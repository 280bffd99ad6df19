// A thread for small-heap.test.ts, of little memory: reads all of a group, and posts how many events there were, in how many steps.
import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { systemWorld } from '#core/world.ts'
import { comparePositions, createLogStore, type StoredLogEvent } from '#telemetry/index.ts'

const { directory, backwards } = workerData as { readonly directory: string; readonly backwards: boolean } // The test's.
const world = { ...systemWorld(), every: () => () => undefined }
const store = createLogStore({
  directory,
  world,
  worker: 1,
  log: (entry) => assert.fail(JSON.stringify(entry)),
})
let [events, steps] = [0, 0]
let last: StoredLogEvent | undefined
for await (const step of store.scan({ group: 'g', fromMs: 0, toMs: Infinity, backwards })) {
  for (const event of step.events) {
    const order = last === undefined ? 1 : comparePositions(event, last)
    assert.ok(backwards && last !== undefined ? order < 0 : order > 0, 'each once, in order')
    last = event
  }
  events += step.events.length
  steps += 1
}
await store.close()
parentPort?.postMessage({ events, steps })
