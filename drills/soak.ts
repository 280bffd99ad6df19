// Half load for `MINUTES=30`: memory, open files and latency of every process, minute by minute. The rate is half of what the same clients
// reach without pauses.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../test/clients/client.ts'
import { allowed } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, serverFor } from '../test/server.ts'
import { drill, numberOf } from './drill.ts'
import { type Ask, guardedEdge } from './guarded-edge.ts'
import { plot, type Series } from '../bench/plot.ts'
import { eventSource, flags, logGroupName, logStreamName, type Place, placeOn, queueName } from './place.ts'
import { childrenOf, descriptorsOf, residentOf } from './processes.ts'

const minutes = numberOf('MINUTES', 30)
/** Units: milliseconds. How often is looked; how long the highest rate is sought. */
const [stepMs, fullMs] = [Number(process.env['STEP_SECONDS'] ?? 60) * 1000, 10_000]
/** What counts as flat: the last third's mean beside the first third's. */
const growthMax = { memory: 1.15, files: 1.15, latency: 1.5 }

interface Step {
  readonly resident: number
  readonly files: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly calls: number
}

interface Kind {
  readonly name: string
  readonly call: (client: Client, place: Place, ask: Ask, number: number) => Promise<unknown>
}

const mix: readonly Kind[] = [
  {
    name: 'reads and writes of IAM',
    async call(client, { as }, _, number) {
      const UserName = `soak-${number % 50}`
      await client.call('iam', 'CreateUser', { UserName }, as) // There already, mostly.
      allowed(
        await client.call('iam', 'TagUser', { UserName, Tags: [{ Key: 'n', Value: String(number) }] }, as),
      )
      allowed(await client.call('iam', 'GetUser', { UserName }, as))
    },
  },
  {
    name: 'keys in use',
    async call(client, { as, keyId: KeyId }) {
      const { CiphertextBlob } = allowed(
        await client.call('kms', 'Encrypt', { KeyId, Plaintext: Buffer.from('soak') }, as),
      )
      allowed(await client.call('kms', 'Decrypt', { CiphertextBlob }, as))
    },
  },
  { name: 'customers at the edge', call: async (_, __, ask) => assert.equal(await ask(), 200) },
  {
    name: 'events to a function',
    async call(client, { as }, _, number) {
      const Entries = [{ Source: eventSource, DetailType: 'soak', Detail: JSON.stringify({ number }) }]
      allowed(await client.call('events', 'PutEvents', { Entries }, as))
    },
  },
  {
    name: 'messages',
    async call(client, { as, account }) {
      const QueueUrl = `http://sqs/${account}/${queueName}`
      allowed(await client.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'soak' }, as))
      const { Messages = [] } = allowed(await client.call('sqs', 'ReceiveMessage', { QueueUrl }, as))
      for (const { ReceiptHandle = '' } of Messages)
        allowed(await client.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle }, as))
    },
  },
  {
    name: 'log lines',
    async call(client, { as }, _, number) {
      const logEvents = [{ timestamp: Date.now(), message: `soak ${number}` }]
      allowed(await client.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, as))
    },
  },
]

let turn = 0

/** Has every kind of client work for a while; gives how long each turn took. Units: milliseconds. */
async function spin(
  client: Client,
  place: Place,
  ask: Ask,
  forMs: number,
  pauseMs: number,
): Promise<readonly number[]> {
  const untilMs = performance.now() + forMs
  const latencies: number[] = []
  await Promise.all(
    mix.map(async ({ call }) => {
      while (performance.now() < untilMs) {
        const begun = performance.now()
        await call(client, place, ask, (turn += 1))
        latencies.push(performance.now() - begun)
        await sleep(pauseMs)
      }
    }),
  )
  return latencies
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function first(values: readonly number[]): number {
  return mean(values.slice(0, Math.ceil(values.length / 3)))
}

function last(values: readonly number[]): number {
  return mean(values.slice(-Math.ceil(values.length / 3)))
}

await drill(
  {
    fault: 'half load for a long time',
    promise: 'Memory, open files and latency are flat: the last third is as the first.',
  },
  async (t) => {
    const server = await serverFor(t, { workers: 2, flags })
    const as = administratorOf(server)
    const place = await placeOn(t, server)
    const client = sdk(t, server.url)
    const { ask } = await guardedEdge(t, server, client, as)
    t.saw(
      `Two workers, one edge process, one client of each kind: ${mix.map(({ name }) => name).join(', ')}.`,
    )

    const full = await spin(client, place, ask, fullMs, 0)
    const pauseMs = fullMs / (full.length / mix.length) // As long as a turn takes: half of the rate.
    const steps: Step[] = []
    for (let at = 0; at < Math.ceil((minutes * 60_000) / stepMs); at += 1) {
      const latencies = (await spin(client, place, ask, stepMs, pauseMs)).toSorted((a, b) => a - b)
      const pids = [server.pid, ...childrenOf(server.pid).map(({ pid }) => pid)]
      const part = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0
      steps.push({
        resident: pids.reduce((sum, pid) => sum + residentOf(pid), 0),
        files: pids.reduce((sum, pid) => sum + descriptorsOf(pid), 0),
        ...{ p50Ms: part(0.5), p99Ms: part(0.99), calls: latencies.length },
      })
    }
    const mib = steps.map(({ resident }) => resident / 2 ** 20)
    const rows: readonly [what: string, values: readonly number[], growth: number][] = [
      ['resident memory of all processes, MiB', mib, growthMax.memory],
      ['open files of all processes', steps.map(({ files }) => files), growthMax.files],
      ['p50, ms', steps.map(({ p50Ms }) => p50Ms), growthMax.latency],
      ['p99, ms', steps.map(({ p99Ms }) => p99Ms), growthMax.latency],
    ]
    t.saw(
      `${minutes} minutes, ${steps.reduce((sum, { calls }) => sum + calls, 0).toLocaleString('en')} calls, none of which failed.`,
    )
    for (const [what, values] of rows)
      t.saw(`${what}: first third ${first(values).toFixed(1)}, last third ${last(values).toFixed(1)}.`)
    if (process.env['PLOT'] !== undefined) {
      const file = join(import.meta.dirname, '../docs/reliability-soak.svg')
      const line = (name: string, values: readonly number[]): Series => ({
        name,
        points: values.map((value, at) => [at + 1, value]),
      })
      const picture = plot({
        title: 'Soak at half load',
        x: { label: 'step', scale: 'linear' },
        y: { label: 'MiB, files, ms', scale: 'log' },
        series: [
          line('memory, MiB', mib),
          line(
            'open files',
            steps.map(({ files }) => files),
          ),
          line(
            'p99, ms',
            steps.map(({ p99Ms }) => p99Ms),
          ),
        ],
      })
      writeFileSync(file, picture)
      t.saw('The steps: [reliability-soak.svg](reliability-soak.svg).')
    }
    for (const [what, values, growth] of rows)
      assert.ok(
        last(values) <= first(values) * growth,
        `${what} grew from ${first(values)} to ${last(values)}`,
      )
  },
)
