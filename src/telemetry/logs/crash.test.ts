// Goal: a batch that was acknowledged is there after kill -9, whole and once. Method: a process that appends and prints what was
// acknowledged, killed at random moments; another life of it goes on, and what it wrote is read.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemWorld } from '#core/world.ts'
import { killed } from '../../../test/crash.ts'
import { createLogStore } from './log-store.ts'

const program = `
import { systemWorld } from '#core/world.ts'
import { createLogStore } from './log-store.ts'
const [directory, life] = process.argv.slice(1)
const world = systemWorld()
const store = createLogStore({ directory, worker: 0, world, log: () => {}, segmentBytesMax: 20_000 })
for (let at = 0; ; at += 1) {
  const nowMs = world.nowMs()
  const message = life + '/' + at
  const events = [1, 2, 3].map((part) => ({ timestampMs: nowMs, message: message + '/' + part + 'x'.repeat(200) }))
  await store.append({ group: 'g', stream: 's', ingestedMs: nowMs, events })
  process.stdout.write(message + '\\n')
}
`

test('logs: kill -9 loses nothing that was acknowledged', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-logs-crash-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const acknowledged: string[] = []
  const kills = 6
  for (let life = 0; life < kills; life += 1) {
    const words = ['--input-type=module-typescript', '--eval', program, directory, String(life)]
    acknowledged.push(...(await killed({ words, cwd: import.meta.dirname, afterMs: 30 + life * 17 })))
  }
  const store = createLogStore({ directory, worker: 1, world: systemWorld(), log: () => undefined })
  const found = new Map<string, number>()
  for await (const { events } of store.scan({ group: 'g', fromMs: 0, toMs: Infinity }))
    for (const { message } of events) {
      const batch = message.split('/').slice(0, 2).join('/')
      found.set(batch, (found.get(batch) ?? 0) + 1)
    }
  await store.close()
  assert.ok(acknowledged.length >= kills)
  for (const batch of acknowledged) assert.equal(found.get(batch), 3, batch)
  for (const [batch, count] of found) assert.equal(count, 3, `${batch} is whole`)
})
