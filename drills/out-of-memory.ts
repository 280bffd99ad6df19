// Memory runs out: of a function, of an edge process, and of a server's worker thread, with a loop around the server as systemd would be.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { allowed } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import {
  administratorOf,
  directoryFor,
  type Credentials,
  serverFor,
  type TestServer,
} from '../test/server.ts'
import type { Client } from '../test/clients/client.ts'
import { cannot, drill, type DrillRun, lives, numberOf } from './drill.ts'
import { guardedEdge } from './guarded-edge.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, makeFunction, type Place, placeOn } from './place.ts'
import { childrenOf } from './processes.ts'

const rounds = numberOf('ROUNDS', 3)
/** What a thread of the server may have, which is enough for a start and calm work. Units: MiB. */
const heapMiB = numberOf('HEAP_MIB', 72)
/** Units: milliseconds. */
const [diesMsMax, edgeBackMsMax] = [60_000, 10_000]

/** Where the large lines go: nobody reads them. */
const large = { logGroupName: '/large', logStreamName: 'pushes' }

await drill(
  {
    fault: 'memory runs out',
    promise:
      'Only the process ends that asked for too much: a function’s caller is told, an edge process has a successor, and a server that is started again has all that was acknowledged.',
  },
  async (t) => {
    if (process.platform !== 'linux')
      cannot('the memory of a running process is limited by prlimit, which only Linux has')
    const server = await serverFor(t, { workers: 2, flags: [...flags.slice(0, -1), '2'] })
    const as = administratorOf(server)
    const client = sdk(t, server.url)
    await fillFunction(t, client, as)
    await fillEdge(t, server, client, as)
    assert.equal(await server.stop(), 0)
    await fillServer(t)
  },
)

async function fillFunction(t: DrillRun, client: Client, as: Credentials): Promise<void> {
  const FunctionName = 'greedy'
  await makeFunction(
    client,
    as,
    FunctionName,
    `exports.handler = async ({ mebibytes }) => {
      const kept = []
      for (let at = 0; at < mebibytes * 8; at += 1) kept.push(Array.from({ length: 16384 }, (_, n) => n + at))
      return kept.length
    }`,
    128,
  )
  const invoke = async (mebibytes: number) => {
    const Payload = Buffer.from(JSON.stringify({ mebibytes }))
    const answer = allowed(await client.call('lambda', 'Invoke', { FunctionName, Payload }, as))
    return { ...answer, told: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as unknown }
  }
  assert.equal((await invoke(1)).told, 8)
  const { StatusCode, FunctionError, told } = await invoke(1_000)
  const { errorType, errorMessage } = told as { errorType: string; errorMessage: string } // As Lambda's errors are.
  assert.deepEqual([StatusCode, FunctionError, errorType], [200, 'Unhandled', 'Runtime.OutOfMemory'])
  assert.equal((await invoke(1)).told, 8)
  t.saw(
    `A function of 128 MB asked for 1,000: its caller got FunctionError Unhandled with ${errorType} (${errorMessage.replace(/^RequestId: \S+ /, '')}), the next invocation ran.`,
  )
}

/** Edge processes have no settings of their own: the kernel gives one no more than it has now, as a cgroup would. */
async function fillEdge(t: DrillRun, server: TestServer, client: Client, as: Credentials): Promise<void> {
  const { ask } = await guardedEdge(t, server, client, as)
  const edges = () => childrenOf(server.pid).filter(({ command }) => /edge\/worker\/main/.test(command))
  const before = edges().map(({ pid }) => pid)
  const [victim = 0] = before
  assert.equal(before.length, 2, 'two edge processes')
  const hasKiB = Number(/VmData:\s+(\d+)/.exec(readFileSync(`/proc/${victim}/status`, 'utf8'))?.[1])
  execFileSync('prlimit', ['--pid', String(victim), `--data=${hasKiB * 1024}`])
  const statuses: number[] = []
  let called = 0
  const giveUpAtMs = performance.now() + diesMsMax
  while (lives(victim) && performance.now() < giveUpAtMs) {
    statuses.push(...(await Promise.all(Array.from({ length: 64 }, () => ask(`/?q=${'a'.repeat(1_000)}`)))))
    allowed(await client.call('sts', 'GetCallerIdentity', {}, as))
    called += 1
  }
  assert.ok(!lives(victim), 'it ended')
  await until(
    edgeBackMsMax,
    () => Promise.resolve(edges().length),
    (count) => count === 2,
  )
  const after: number[] = []
  for (let at = 0; at < 200; at += 1) after.push(await ask())
  assert.ok(
    after.every((status) => status === 200),
    `then ${[...new Set(after)].join()}`,
  )
  assert.equal(await ask('/?q=%27+OR+%271%27%3D%271%27+--+'), 403, 'the web ACL is there')
  assert.ok(
    edges().some(({ pid }) => pid === before[1]),
    'the other edge process stayed',
  )
  const served = statuses.filter((status) => status === 200).length
  t.saw(
    `One of two edge processes was given no more memory (prlimit): it ended after ${statuses.length} requests, of which ${served} were served, and ${called} of ${called} calls of the API. The other one stayed; a successor came, and 200 of 200 new connections were served.`,
  )
}

async function fillServer(t: DrillRun): Promise<void> {
  const directory = directoryFor(t)
  const told = new Acknowledged()
  const ends = new Set<string>()
  let place: Place | undefined
  let written = 0
  const environment = { NODE_OPTIONS: `--max-old-space-size=${heapMiB}` }
  for (let round = 0; round <= rounds; round += 1) {
    const server = await serverFor(t, { directory, workers: 2, flags, environment })
    place ??= await placeOn(t, server)
    const client = sdk(t, server.url)
    await assertAllThere(client, place, told, { events: round === rounds })
    if (round === rounds) break
    const before = told.total
    const load = startLoad(client, place, told, String(round))
    if (round === 0) await makeRoom(client, place)
    await sleep(1_000)
    await pushOver(client, place, server)
    await load.stop()
    written += told.total - before
    ends.add(
      /ERR_WORKER_OUT_OF_MEMORY|heap out of memory/.exec(server.logged())?.[0] ?? server.logged().slice(-500),
    )
  }
  assert.ok(written > rounds * 10, `only ${written} writes were acknowledged: that is no load`)
  t.saw(
    `A server of two workers whose threads may have ${heapMiB} MiB of heap each was pushed over ${rounds} times by large calls beside five writers; it ended by ${[...ends].join(', ')} as a whole, and was started again each time.`,
  )
  t.saw(
    `${written.toLocaleString('en')} writes were acknowledged until then: none is missing after the restarts.`,
  )
}

async function makeRoom(client: Client, { as }: Place): Promise<void> {
  allowed(await client.call('logs', 'CreateLogGroup', { logGroupName: large.logGroupName }, as))
  allowed(await client.call('logs', 'CreateLogStream', large, as))
}

/** Log lines as large as they may be, very many at once, until the process is gone. */
async function pushOver(client: Client, { as }: Place, { pid }: TestServer): Promise<void> {
  const message = 'x'.repeat(250_000)
  const giveUpAtMs = performance.now() + diesMsMax
  const push = async (): Promise<void> => {
    while (lives(pid) && performance.now() < giveUpAtMs) {
      const logEvents = Array.from({ length: 4 }, () => ({ timestamp: Date.now(), message }))
      await client.call('logs', 'PutLogEvents', { ...large, logEvents }, as).catch(() => sleep(20))
    }
  }
  // A process that neither lives nor ends answers nobody.
  await Promise.race([
    Promise.all(Array.from({ length: 100 }, push)),
    sleep(diesMsMax, undefined, { ref: false }),
  ])
  assert.ok(!lives(pid), `with ${heapMiB} MiB it is still there after ${diesMsMax / 1000} s`)
}
