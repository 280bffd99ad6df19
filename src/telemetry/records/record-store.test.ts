// Goal: records are there for whoever follows them as soon as they were kept, after a killed process too; a full disk keeps them for the next time.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createRecordStore } from './record-store.ts'

const dayMs = 86_400_000

function open(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-records-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  let nowMs = Date.UTC(2026, 0, 1)
  let hourly: () => void = () => assert.fail('nothing sweeps')
  const store = () =>
    createRecordStore({
      directory,
      world: { nowMs: () => nowMs, every: (_, task) => ((hourly = task), () => undefined) },
      log: (entry) => assert.fail(JSON.stringify(entry)),
      retention: { days: 3, totalBytesMax: 1e9 },
    })
  return { directory, store, pass: (ms: number) => (nowMs += ms), sweep: () => hourly() }
}

test('records: kept and told at once, read on from a cursor, by the next process too', async (t) => {
  const { store, directory } = open(t)
  const first = store()
  let told = 0
  const stop = first.onArrival('flow', () => (told += 1))
  const begin = await first.end('flow')
  first.append('flow', ['{"a":1}', '{"a":2}'])
  first.append('dns', ['{"q":1}'])
  first.append('flow', [])
  assert.equal(told, 1)
  stop()
  first.append('flow', ['{"a":3}'])
  assert.equal(told, 1)
  const { lines, cursor, more } = await first.arrivals('flow', begin, 1e6)
  assert.deepEqual([lines, more], [['{"a":1}', '{"a":2}', '{"a":3}'], false])
  // Killed: nothing is closed, and half a line was being written.
  const [file = ''] = readdirSync(join(directory, 'telemetry', 'flow'))
  appendFileSync(join(directory, 'telemetry', 'flow', file), '{"torn')
  const second = store()
  second.append('flow', ['{"a":4}'])
  assert.deepEqual((await second.arrivals('flow', cursor, 1e6)).lines, ['{"a":4}'])
  assert.deepEqual((await second.arrivals('flow', {}, 1e6)).lines.length, 4)
  await second.close()
})

test('records: what is a day old is compressed, what is too old goes', async (t) => {
  const { store, directory, pass, sweep } = open(t)
  const records = store()
  for (let day = 0; day < 6; day += 1) {
    records.append('web', [`{"day":${day}}`])
    pass(dayMs)
  }
  sweep()
  await records.close()
  const files = readdirSync(join(directory, 'telemetry', 'web')).map((file) => file.replace('-0-000001', ''))
  assert.deepEqual(files, [
    '2026-01-04.summed.jsonl.zst',
    '2026-01-05.summed.jsonl.zst',
    '2026-01-06.summed.jsonl',
  ])
  const { lines } = await store().arrivals('web', {}, 1e6)
  assert.deepEqual(lines, ['{"day":3}', '{"day":4}', '{"day":5}'])
})
