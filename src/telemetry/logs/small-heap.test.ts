// Goal: reading a group takes bounded memory, however short its messages are, and however much of what was put overlaps.
// Method: a thread of little memory reads what would not fit into it, forwards and backwards.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { systemWorld } from '#core/world.ts'
import { createLogStore } from './log-store.ts'

/** A thread needs about half of it for the program. Units: MiB. */
const heapMiB = 28
const startMs = Date.UTC(2026, 10, 23, 12)
const entry = new URL('../../../test/logs/scan-worker.ts', import.meta.url)

const rows: readonly [name: string, batches: number, events: number, message: string, apartMs: number][] = [
  ['very many short messages', 20, 10_000, 'x', 10_000],
  ['long messages that all overlap', 60, 4, 'x'.repeat(250_000), 0],
  ['short messages that all overlap', 12, 10_000, 'x', 0],
]

for (const [name, batches, count, message, apartMs] of rows)
  test(`logs: ${name} are read by a thread of little memory`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'redoubt-heap-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const world = { ...systemWorld(), every: () => () => undefined }
    const log = (entryOfLog: unknown) => assert.fail(JSON.stringify(entryOfLog))
    const store = createLogStore({ directory, world, worker: 0, log })
    for (let batch = 0; batch < batches; batch += 1) {
      const begin = startMs + batch * apartMs
      const events = Array.from({ length: count }, (_, n) => ({ timestampMs: begin + n, message }))
      await store.append({ group: 'g', stream: `s${batch % 3}`, ingestedMs: startMs + batch, events })
    }
    await store.close()
    for (const backwards of [false, true]) {
      const { events, steps } = await read(directory, backwards)
      assert.equal(events, batches * count)
      assert.ok(steps > 3, `${steps} steps`)
    }
  })

test('logs: every row of little memory ran', () => assert.equal(rows.length, 3))

function read(
  directory: string,
  backwards: boolean,
): Promise<{ readonly events: number; readonly steps: number }> {
  const resourceLimits = { maxOldGenerationSizeMb: heapMiB }
  const worker = new Worker(entry, { workerData: { directory, backwards }, resourceLimits })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
