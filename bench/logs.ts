// What the store of log events does a second, by itself: batches of events put durably (each is on disk before it is acknowledged) by one
// client after another and by 16 at once; then all of them read in order, found by a pattern, and counted by a query.
// Run: node bench/logs.ts (BENCH_SECONDS, BENCH_BATCH)
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemWorld } from '#core/world.ts'
import { parseFilterPattern } from '#engines/log-filter/index.ts'
import { parseInsightsQuery, type Row } from '#engines/log-insights/index.ts'
import { createLogStore, type LogStore } from '#telemetry/index.ts'

const secondsEach = Number(process.env['BENCH_SECONDS'] ?? 3)
const batchEvents = Number(process.env['BENCH_BATCH'] ?? 500)
const world = systemWorld()

/** About as long as a line of an access log. */
function messageOf(at: number): string {
  return JSON.stringify({
    requestId: `${at}-4a1f`,
    level: at % 50 === 0 ? 'ERROR' : 'INFO',
    path: `/api/items/${at % 1000}`,
    status: at % 50 === 0 ? 500 : 200,
    ms: at % 97,
    agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  })
}

async function put(store: LogStore, clients: number): Promise<number> {
  const endMs = world.nowMs() + secondsEach * 1000
  const beginMs = performance.now()
  let events = 0
  const client = async (stream: string): Promise<void> => {
    while (world.nowMs() < endMs) {
      const nowMs = world.nowMs()
      await store.append({
        group: 'g',
        stream,
        ingestedMs: nowMs,
        events: Array.from({ length: batchEvents }, (_, at) => ({
          timestampMs: nowMs,
          message: messageOf(at),
        })),
      })
      events += batchEvents
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, at) => client(`s${at}`)))
  return (events / (performance.now() - beginMs)) * 1000
}

async function read(store: LogStore, take: (message: string, timestampMs: number) => void): Promise<number> {
  const beginMs = performance.now()
  let count = 0
  for await (const { events } of store.scan({ group: 'g', fromMs: 0, toMs: Infinity, backwards: true }))
    for (const { message, timestampMs } of events) {
      count += 1
      take(message, timestampMs)
    }
  return (count / (performance.now() - beginMs)) * 1000
}

function show(name: string, perSecond: number): void {
  console.log(`${name.padEnd(44)}${Math.round(perSecond).toLocaleString('en').padStart(12)} events/s`)
}

const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-logs-'))
try {
  const store = createLogStore({ directory, worker: 0, world, log: (entry) => console.error(entry) })
  for (const clients of [1, 16])
    show(`put, batches of ${batchEvents}, ${clients} at once`, await put(store, clients))
  show('read in order', await read(store, () => undefined))
  const pattern = parseFilterPattern('{ $.status = 500 && $.path = "/api/*" }')
  if (pattern.ok)
    show('found by a JSON pattern', await read(store, (message) => void pattern.pattern.matches(message)))
  const query = parseInsightsQuery('filter level = "ERROR" | stats count(*), pct(ms, 99) by bin(1m)', {
    limit: 10_000,
  })
  if (query.ok) {
    const run = query.query.start()
    const counted = await read(store, (message, timestampMs) => void run.push(rowOf(message, timestampMs)))
    run.end()
    show('counted by a query', counted)
  }
  await store.close()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function rowOf(message: string, timestampMs: number): Row {
  const document = JSON.parse(message) as Readonly<Record<string, string | number>> // Written above.
  return { get: (field) => (field === '@timestamp' ? timestampMs : (document[field] ?? null)) }
}
