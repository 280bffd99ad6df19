/**
 * Log events a second. Over HTTP: PutLogEvents of batches, each on disk when it is answered, by one client and by 8, each into a stream of
 * its own, through two workers; beside it moto's server, which keeps nothing. Then the store of log events by itself: batches put durably;
 * all of them read in order, found by a pattern, and counted by a query.
 * `BENCH_SECONDS=1 node bench/logs.ts` for a quick look; `BENCH_BATCH` is how many events a batch has.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemWorld } from '#core/world.ts'
import { parseFilterPattern } from '#engines/log-filter/index.ts'
import { parseInsightsQuery, type Row } from '#engines/log-insights/index.ts'
import { createLogStore, type LogStore } from '#telemetry/index.ts'
import { send } from '../test/signed-call.ts'
import { calibration } from './calibration.ts'
import { goalTable } from './goals.ts'
import { type Contender, moto, redoubt } from './http/contenders.ts'
import { putLoad } from './http/load.ts'
import { logsCall, requestBytes, signing } from './http/requests.ts'
import { inRounds, type Lane, planOf, typical } from './http/rounds.ts'
import { table } from './table.ts'

const secondsEach = Number(process.env['BENCH_SECONDS'] ?? 3)
const plan = planOf(secondsEach * 3)
const clientCounts = [1, 8]
/** Requests that were signed before, which each client sends in turn: signing 100 KB costs more than sending it. */
const requestsOfClient = 8
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

/** Batches over HTTP, and the goal. */
async function measureOverHttp(): Promise<void> {
  console.log(
    `${plan.rounds} rounds of ${plan.secondsEach.toFixed(1)} s in turn, medians\n${calibration('before')}`,
  )
  const contenders: Contender[] = []
  const lanes: Lane[] = []
  try {
    for (const make of [() => redoubt(2), moto]) {
      const made = await make()
      if ('missing' in made) {
        console.log(`NOT MEASURED ${made.missing}`)
        continue
      }
      contenders.push(made)
      for (const clients of clientCounts) lanes.push(await laneOf(made, clients))
    }
    const measured = await inRounds(lanes, plan)
    console.log(`${calibration('after')}\n`)
    const eventsPerSecond = (name: string) => typical(measured.get(name) ?? []).perSecond * batchEvents
    const rows = lanes.map(({ name }) => {
      const { cpuMicros, p50Ms, p99Ms, failures } = typical(measured.get(name) ?? [])
      const cpu = cpuMicros === undefined ? '–' : (cpuMicros / batchEvents).toFixed(2)
      const events = Math.round(eventsPerSecond(name)).toLocaleString('en')
      return [name, events, cpu, p50Ms.toFixed(2), p99Ms.toFixed(2), String(failures)]
    })
    const heads = [`PutLogEvents of ${batchEvents}`, 'events/s', 'CPU µs/event', 'p50 ms', 'p99 ms', 'failed']
    console.log(table(heads, rows))
    const goal = {
      what: 'PutLogEvents, 2 workers, 8 clients',
      atLeast: 50_000,
      measured: eventsPerSecond(laneName('redoubt, 2 workers', 8)),
      unit: ' events a second',
    }
    console.log(`\n${goalTable([goal])}\n`)
  } finally {
    for (const contender of contenders) await contender.end()
  }
}

function laneName(name: string, clients: number): string {
  return `${name}, ${clients} ${clients === 1 ? 'client' : 'clients'}`
}

async function laneOf({ name, port, pid, credentials }: Contender, clients: number): Promise<Lane> {
  const sign = signing(port, 'logs', credentials)
  const make = async (operation: string, input: object): Promise<void> => {
    const { status, body } = await send({ url: `http://127.0.0.1:${port}` }, sign(logsCall(operation, input)))
    if (status !== 200) throw new Error(`${name} answers ${operation} with ${status}: ${body}`)
  }
  const logGroupName = `bench-${clients}`
  await make('CreateLogGroup', { logGroupName })
  const nowMs = world.nowMs()
  const requests: Buffer[] = []
  for (let client = 0; client < clients; client += 1) {
    const logStreamName = `stream-${client}`
    await make('CreateLogStream', { logGroupName, logStreamName })
    for (let n = 0; n < requestsOfClient; n += 1) {
      const logEvents = Array.from({ length: batchEvents }, (_, at) => ({
        timestamp: nowMs,
        message: messageOf(at + n),
      }))
      const call = logsCall('PutLogEvents', { logGroupName, logStreamName, logEvents })
      requests.push(requestBytes(port, call, credentials, nowMs - n * 1000))
    }
  }
  let turn = 0
  const next = (): Buffer | undefined => requests[(turn += 1) % requests.length]
  return {
    name: laneName(name, clients),
    measure: (seconds, warmupSeconds) =>
      putLoad({ port, pid, connections: clients, next, seconds, warmupSeconds }),
  }
}

await measureOverHttp()
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
  const get: Row['get'] = (field) => (field === '@timestamp' ? timestampMs : (document[field] ?? null))
  return { get, bytes: 2 * message.length }
}
