// Goal: what was acknowledged is read back, in order and once, whatever became of its segment; what was torn is not.
// Method: stores of several workers over one folder, with segments of a few events; random batches against a list in memory; files that
// are cut and damaged by hand.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { systemWorld } from '#core/world.ts'
import { LogKeyMissing } from './chunk.ts'
import { beginOf, comparePositions, readPosition, type StoredLogEvent, writePosition } from './log-event.ts'
import { createLogStore, type LogStore } from './log-store.ts'
import type { LogScan } from './scan.ts'

const noonMs = Date.UTC(2026, 10, 23, 12)
const dayMs = 86_400_000
const { randomBytes } = systemWorld()

function ground(t: TestContext, segmentBytesMax = 2_000) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-logs-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const clock = { nowMs: noonMs }
  return {
    clock,
    folder: join(directory, 'telemetry', 'logs'),
    open: (worker = 0): LogStore =>
      createLogStore({
        directory,
        worker,
        world: { nowMs: () => clock.nowMs, randomBytes, every: () => () => undefined },
        log: (entry) => assert.fail(JSON.stringify(entry)),
        segmentBytesMax,
      }),
  }
}

async function all(store: LogStore, scan: Partial<LogScan> = {}): Promise<readonly StoredLogEvent[]> {
  const found: StoredLogEvent[] = []
  for await (const { events } of store.scan({ group: 'g', fromMs: 0, toMs: Infinity, ...scan }))
    found.push(...events)
  return found
}

const messages = (events: readonly StoredLogEvent[]): readonly string[] =>
  events.map(({ message }) => message)

test('logs: random batches of several workers come back in order, forwards and backwards, after closing too', async (t) => {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          worker: fc.nat(2),
          group: fc.constantFrom('g', 'h'),
          stream: fc.constantFrom('a', 'b', 'c'),
          times: fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }),
          restart: fc.nat(9).map((value) => value === 0),
        }),
        { maxLength: 40 },
      ),
      fc.nat(50),
      fc.nat(50),
      async (batches, from, length) => {
        const { open, clock } = ground(t, 700)
        const stores = [open(0), open(1), open(2)]
        const put: { group: string; stream: string; timestampMs: number; message: string }[] = []
        for (const { worker, group, stream, times, restart } of batches) {
          clock.nowMs += 1
          if (restart) {
            await stores[worker]?.close()
            stores[worker] = open(worker)
          }
          const events = times
            .toSorted((one, other) => one - other)
            .map((time, index) => ({ timestampMs: noonMs + time, message: `${put.length + index}` }))
          put.push(...events.map((event) => ({ ...event, group, stream })))
          await stores[worker]?.append({ group, stream, ingestedMs: clock.nowMs, events })
        }
        const [reader] = stores
        assert.ok(reader)
        const [fromMs, toMs] = [noonMs + from, noonMs + from + length]
        for (const streams of [undefined, new Set(['a', 'c'])]) {
          const want = put
            .filter(
              ({ group, stream, timestampMs }) =>
                group === 'g' &&
                (streams?.has(stream) ?? true) &&
                timestampMs >= fromMs &&
                timestampMs < toMs,
            )
            .map(({ message }) => message)
          const found = await all(reader, { streams, fromMs, toMs })
          assert.deepEqual(messages(found).toSorted(), want.toSorted())
          assert.deepEqual(found.toSorted(comparePositions), found)
          assert.deepEqual(
            (await all(reader, { streams, fromMs, toMs, backwards: true })).toReversed(),
            found,
          )
          const middle = found[Math.floor(found.length / 2)]
          if (middle) {
            const behind = await all(reader, { streams, fromMs, toMs, after: middle })
            assert.deepEqual(behind, found.slice(found.indexOf(middle) + 1))
            const before = await all(reader, { streams, fromMs, toMs, after: middle, backwards: true })
            assert.deepEqual(before.toReversed(), found.slice(0, found.indexOf(middle)))
          }
        }
        const summaries = await reader.summaries('g')
        for (const [stream, { count, firstMs, lastMs }] of summaries) {
          const times = put
            .filter((one) => one.group === 'g' && one.stream === stream)
            .map(({ timestampMs }) => timestampMs)
          assert.deepEqual([count, firstMs, lastMs], [times.length, Math.min(...times), Math.max(...times)])
        }
        let [cursor, arrived]: [Awaited<ReturnType<LogStore['arrived']>>, string[]] = [{}, []]
        for (let more = true; more;) {
          const next = await reader.arrivals({ group: 'g', cursor, bytesMax: 10 })
          arrived = [...arrived, ...messages(next.events)]
          ;({ cursor, more } = next)
        }
        assert.deepEqual(
          arrived.toSorted(),
          put
            .filter(({ group }) => group === 'g')
            .map(({ message }) => message)
            .toSorted(),
        )
        assert.deepEqual(await reader.arrived(), cursor)
        for (const store of stores) await store.close()
        runs += 1
      },
    ),
    { numRuns: 40 },
  )
  assert.ok(runs >= 40)
})

test('logs: positions as ids keep their order, and nothing else is one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1), fc.nat(2), fc.nat(2), fc.nat(9_999)), {
        minLength: 2,
        maxLength: 2,
      }),
      (given) => {
        const positions = given.map(([timestampMs, ingestedMs, worker, segment, batch, at]) => ({
          timestampMs: noonMs + timestampMs,
          ingestedMs: noonMs + ingestedMs,
          worker,
          segment,
          batch,
          at,
        }))
        const ids = positions.map(writePosition)
        assert.deepEqual(ids.map(readPosition), positions)
        const [one, other] = positions
        if (one && other)
          assert.equal(
            Math.sign(comparePositions(one, other)),
            ids[0] === ids[1] ? 0 : (ids[0] ?? '') < (ids[1] ?? '') ? -1 : 1,
          )
      },
    ),
  )
  for (const text of ['', '1', 'x'.repeat(56), '9'.repeat(56), writePosition(beginOf(1)).slice(1)])
    assert.equal(readPosition(text), undefined, text)
})

test('logs: a torn tail is cut, and what came before it stays', async (t) => {
  const { open, folder, clock } = ground(t, 1_000_000)
  let store = open()
  for (const message of ['one', 'two', 'three'])
    await store.append({
      group: 'g',
      stream: 's',
      ingestedMs: clock.nowMs,
      events: [{ timestampMs: noonMs, message }],
    })
  await store.close()
  const [file = ''] = readdirSync(folder)
  assert.match(file, /\.open$/)
  const path = join(folder, file)
  truncateSync(path, statSync(path).size - 1)
  const other = open(1)
  assert.deepEqual(messages(await all(other)), ['one', 'two'], 'before it is closed')
  store = open()
  await store.close()
  store = open()
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual(messages(await all(store)), ['one', 'two'], 'after it was closed')
  await store.append({
    group: 'g',
    stream: 's',
    ingestedMs: clock.nowMs,
    events: [{ timestampMs: noonMs, message: 'four' }],
  })
  const open2 = readdirSync(folder).find((name) => name.endsWith('.open')) ?? ''
  appendFileSync(join(folder, open2), Buffer.alloc(100, 7))
  assert.deepEqual(messages(await all(store)), ['one', 'two', 'four'], 'rubbish behind')
  await store.close()
  await other.close()
})

test('logs: many that wait share a sync, and each is answered', async (t) => {
  const { open, clock } = ground(t, 100_000)
  const store = open()
  await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      store.append({
        group: 'g',
        stream: `s${index % 7}`,
        ingestedMs: clock.nowMs,
        events: [{ timestampMs: noonMs + index, message: `${index}` }],
      }),
    ),
  )
  assert.deepEqual(
    messages(await all(store)),
    Array.from({ length: 500 }, (_, index) => `${index}`),
  )
  await store.close()
  await assert.rejects(store.append({ group: 'g', stream: 's', ingestedMs: 0, events: [] }))
})

test('logs: what is sealed is on no disk in the clear, and read by its key alone', async (t) => {
  const { open, folder, clock } = ground(t, 300)
  const store = open()
  const key = { id: 'k1', key: randomBytes(32) }
  const events = [{ timestampMs: noonMs, message: 'the secret word' }]
  for (let count = 0; count < 5; count += 1)
    await store.append({ group: 'g', stream: 's', ingestedMs: clock.nowMs, events, key })
  await store.append({
    group: 'h',
    stream: 's',
    ingestedMs: clock.nowMs,
    events: [{ timestampMs: noonMs, message: 'plain' }],
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.ok(readdirSync(folder).some((file) => file.endsWith('.zst')))
  const { readFileSync } = await import('node:fs')
  for (const file of readdirSync(folder))
    assert.ok(!readFileSync(join(folder, file)).includes('secret'), file)
  assert.equal((await all(store, { keys: new Map([[key.id, key.key]]) })).length, 5)
  await assert.rejects(all(store), LogKeyMissing)
  await assert.rejects(all(store, { keys: new Map([[key.id, randomBytes(32)]]) }))
  await store.close()
})

test('logs: what nobody wants any more is swept, and nothing else', async (t) => {
  const { open, folder, clock } = ground(t, 300)
  const store = open()
  const reader = open(1)
  for (let day = 0; day < 6; day += 1) {
    clock.nowMs = noonMs + day * dayMs
    for (const group of ['g', 'h'])
      await store.append({
        group,
        stream: 's',
        ingestedMs: clock.nowMs,
        events: [{ timestampMs: clock.nowMs, message: `${group}${day}` }],
      })
  }
  await store.close()
  const again = open()
  for (let look = 0; readdirSync(folder).some((file) => file.endsWith('.open')); look += 1) {
    assert.ok(look < 500, 'what the last life left is closed')
    await sleep(10)
  }
  assert.deepEqual(messages(await all(reader)), ['g0', 'g1', 'g2', 'g3', 'g4', 'g5'])
  const before = readdirSync(folder).length
  await again.sweep((group) => (group === 'g' ? { sinceMs: noonMs + 3 * dayMs } : undefined))
  assert.ok(readdirSync(folder).length < before)
  assert.deepEqual(
    messages(await all(again)).filter((message) => message > 'g2'),
    ['g3', 'g4', 'g5'],
  )
  assert.deepEqual(messages(await all(reader)), messages(await all(again)), 'who had it listed before')
  assert.deepEqual(messages(await all(again, { group: 'h' })), [], 'a group that is gone')
  await again.close()
  await reader.close()
})
