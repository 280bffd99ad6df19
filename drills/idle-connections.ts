// 10,000 connections (`CONNECTIONS=10000`) that have had an answer and ask nothing more, first to the API, then to the edge; clients that keep
// the server waiting in other ways; and a neighbour who goes on among them. The times are those of docs/guide/running.md.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { allowed } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, serverFor } from '../test/server.ts'
import { cannot, drill, type DrillRun, numberOf } from './drill.ts'
import { percentile } from './figures.ts'
import { guardedEdge } from './guarded-edge.ts'
import { flags } from './place.ts'
import { childrenOf, descriptorsOf, residentOf } from './processes.ts'
import { Waiting } from './waiting.ts'

const count = numberOf('CONNECTIONS', 10_000)
/** So many at a time: the kernel's queue of connections that nobody has accepted is short. */
const atOnce = 200
/** Of each way to keep a server waiting otherwise. */
const others = 5
/** A deadline is looked at once a second, and this machine may be busy. Units: milliseconds. */
const lateMsMax = 5_000
const costKiBMax = 64
/** What V8 has thrown away it collects late: memory grows for a few waves of connections, and then no more. */
const wavesMax = 12

/** Who is asked, and how. */
interface Front {
  readonly name: string
  readonly port: number
  /** The process that has the connections. */
  readonly pid: number
  /** A whole request, which leaves the connection open. */
  readonly request: string
  /** One call of the neighbour's; gives how long it took. Units: milliseconds. */
  readonly neighbour: () => Promise<number>
  readonly idleSec: number
  /** Ways to keep it waiting: what is sent, after how many seconds it ends, and with which status. */
  readonly waits: readonly [how: string, sent: string, seconds: number, status: number | undefined][]
}

await drill(
  {
    fault: '10,000 idle connections, and clients that keep the server waiting',
    promise:
      'Each costs little memory and is closed in its time, while other callers are served; open files are as before then, and the memory is used again.',
  },
  async (t) => {
    const filesMax = Number(
      /Max open files\s+\S+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1],
    )
    if (filesMax < count + 1_000)
      cannot(`${count} connections need as many open files, and this machine allows ${filesMax}: ulimit -Hn`)
    const server = await serverFor(t, { workers: 2, flags })
    const as = administratorOf(server)
    const client = sdk(t, server.url)
    const { url, ask } = await guardedEdge(t, server, client, as)
    const edge = childrenOf(server.pid).find(({ command }) => /edge\/worker\/main/.test(command))
    assert.ok(edge, 'an edge process')
    const timed = async (call: () => Promise<unknown>): Promise<number> => {
      const begunAtMs = performance.now()
      await call()
      return performance.now() - begunAtMs
    }
    const { port, host } = new URL(url)
    const agent = 'user-agent: drill/1\r\n'
    const fronts: readonly Front[] = [
      {
        name: 'The API',
        port: server.port,
        pid: server.pid,
        request: 'GET /_redoubt/health HTTP/1.1\r\nhost: drill\r\n\r\n',
        neighbour: () => timed(async () => allowed(await client.call('sts', 'GetCallerIdentity', {}, as))),
        idleSec: 65,
        waits: [
          ['says nothing', '', 10, undefined],
          ['sends half a head', 'POST / HTTP/1.1\r\nhost: drill\r\n', 10, 408],
          ['sends half a body', 'POST / HTTP/1.1\r\nhost: drill\r\ncontent-length: 100\r\n\r\nhalf', 60, 408],
        ],
      },
      {
        name: 'The edge',
        port: Number(port),
        pid: edge.pid,
        request: `GET / HTTP/1.1\r\nhost: ${host}\r\n${agent}\r\n`,
        neighbour: () => timed(async () => assert.equal(await ask(), 200)),
        idleSec: 60,
        waits: [
          ['says nothing', '', 10, undefined],
          ['sends half a head', `POST / HTTP/1.1\r\nhost: ${host}\r\n`, 10, 408],
          [
            'sends half a body',
            `POST / HTTP/1.1\r\nhost: ${host}\r\n${agent}content-length: 9999\r\n\r\nhalf`,
            10,
            408,
          ],
        ],
      },
    ]
    for (const front of fronts) await keepWaiting(t, front)
  },
)

async function keepWaiting(t: DrillRun, front: Front): Promise<void> {
  const { name, pid, idleSec, waits, neighbour } = front
  for (let at = 0; at < 200; at += 1) await neighbour()
  const before = { resident: residentOf(pid), files: descriptorsOf(pid) }
  const idle = await openIdle(t, front)
  const open = idle.filter(({ closedAfterMs }) => closedAfterMs === undefined).length
  assert.equal(open, count, `${name}: all connections are open at a time`)
  const full = residentOf(pid)
  const each = (full - before.resident) / count / 1024

  const waiting = await Promise.all(
    waits.map(async ([, sent]) =>
      Promise.all(Array.from({ length: others }, () => Waiting.to(t, front.port, sent))),
    ),
  )
  const latencies: number[] = []
  const all = [...idle, ...waiting.flat()]
  const giveUpAtMs = performance.now() + idleSec * 1_000 + lateMsMax
  while (all.some(({ closedAfterMs }) => closedAfterMs === undefined) && performance.now() < giveUpAtMs) {
    latencies.push(await neighbour())
    await sleep(50)
  }
  t.saw(
    `${name}: ${open.toLocaleString('en')} connections from eight addresses had an answer each and stayed open, at ${each.toFixed(1)} KiB of memory each; ${latencies.length} of ${latencies.length} calls of a neighbour were served until all were closed, p50 ${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms.`,
  )
  const ends = [closedIn('waits after its answer', idle, idleSec, 200)]
  for (const [at, [how, , seconds, status]] of waits.entries())
    ends.push(closedIn(how, waiting[at] ?? [], seconds, status))
  t.saw(`${name} closed whoever ${ends.join(', ')}.`)

  const files = await filesBack(pid, before.files)
  const waves = [full]
  for (let grows = true; grows && waves.length < wavesMax;) {
    const again = await openIdle(t, front)
    waves.push(residentOf(pid))
    grows = isMore(waves)
    for (const { socket } of again) socket.destroy()
    await filesBack(pid, before.files)
  }
  const mib = (bytes: number): string => String(Math.round(bytes / 2 ** 20))
  t.saw(
    `${name} had ${before.files} files open before and ${files} after. Memory was ${mib(before.resident)} MiB before, and with as many connections again and again ${waves.map(mib).join(', ')} MiB.`,
  )
  assert.ok(each < costKiBMax, `a connection costs less than ${costKiBMax} KiB`)
  assert.ok(!isMore(waves), `${name}: what the first ones took is used again`)
}

/** Whether the last wave of connections took more than the one before, by more than a twentieth. */
function isMore(waves: readonly number[]): boolean {
  const [before = 0, last = 0] = waves.slice(-2)
  return last > before * 1.05
}

/** Connections that have had an answer. */
async function openIdle(t: DrillRun, { port, request }: Front): Promise<readonly Waiting[]> {
  const open: Waiting[] = []
  while (open.length < count) {
    const some = Array.from({ length: Math.min(atOnce, count - open.length) }, (_, at) =>
      Waiting.to(t, port, request, `127.0.0.${1 + ((open.length + at) % 8)}`),
    )
    open.push(...(await Promise.all(some.map(async (one) => (await one).answered()))))
  }
  return open
}

/** Asserts that all of them were closed in their time, and says so. */
function closedIn(
  how: string,
  which: readonly Waiting[],
  seconds: number,
  status: number | undefined,
): string {
  assert.ok(which.length > 0)
  const times = which.map(({ closedAfterMs = Infinity }) => closedAfterMs)
  const [least, most] = [Math.min(...times), Math.max(...times)]
  const seen = `${how}: closed after ${(least / 1_000).toFixed(1)} to ${(most / 1_000).toFixed(1)} s`
  assert.ok(
    least >= (seconds - 1) * 1_000 && most <= seconds * 1_000 + lateMsMax,
    `${seen}, and not ${seconds}`,
  )
  const statuses = [...new Set(which.map(({ status: got }) => got))]
  assert.deepEqual(statuses, [status], how)
  const told = status === 408 ? ', with 408' : ''
  return `${how} after ${(least / 1_000).toFixed(1)} to ${(most / 1_000).toFixed(1)} s${told}`
}

/** How many files are open once those of the connections are closed. */
async function filesBack(pid: number, before: number): Promise<number> {
  const { value } = await until(
    15_000,
    () => Promise.resolve(descriptorsOf(pid)),
    (files) => files <= before + 20,
  )
  return value
}
