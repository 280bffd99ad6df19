// kill -9 of the processes that work beside the server's: an edge process, a function's within an invocation, and that of a query.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { allowed } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, type Credentials, serverFor, type TestServer } from '../test/server.ts'
import type { Client } from '../test/clients/client.ts'
import { drill, type DrillRun, lives } from './drill.ts'
import { guardedEdge } from './guarded-edge.ts'
import { flags, makeFunction } from './place.ts'
import { childrenOf } from './processes.ts'

/** Units: milliseconds. */
const edgeBackMsMax = 5_000

await drill(
  {
    fault: 'kill -9 of an edge, function or SQL process',
    promise:
      'All else serves on; whoever waited for the process gets an error in AWS’s form, and its successor does the next work.',
  },
  async (t) => {
    const server = await serverFor(t, { workers: 2, flags: [...flags.slice(0, -1), '2'] })
    const as = administratorOf(server)
    const client = sdk(t, server.url)
    const meanwhile = startCalls(client, as)
    await killEdge(t, server, client, as)
    await killFunction(t, server, client, as)
    await killSql(t, server, client, as)
    const { calls, failed, slowestMs } = await meanwhile.stop()
    assert.deepEqual(failed, [], 'no call of the API failed meanwhile')
    t.saw(
      `${calls.toLocaleString('en')} calls of the API were made all the while: none failed, the slowest took ${Math.round(slowestMs)} ms.`,
    )
  },
)

/** Calls the API, one call after another, until it is stopped. */
function startCalls(client: Client, as: Credentials) {
  const stopping = new AbortController()
  const failed: string[] = []
  let [calls, slowestMs] = [0, 0]
  const caller = (async () => {
    while (!stopping.signal.aborted) {
      const begunAtMs = performance.now()
      const answer = await client.call('sts', 'GetCallerIdentity', {}, as)
      if (!answer.ok) failed.push(answer.code)
      calls += 1
      slowestMs = Math.max(slowestMs, performance.now() - begunAtMs)
      await sleep(5)
    }
  })().catch((error: unknown) => void failed.push(String(error)))
  return {
    async stop() {
      stopping.abort()
      await caller
      return { calls, failed, slowestMs }
    },
  }
}

async function killEdge(t: DrillRun, server: TestServer, client: Client, as: Credentials): Promise<void> {
  const { ask } = await guardedEdge(t, server, client, as)
  const edges = () => childrenOf(server.pid).filter(({ command }) => /edge\/worker\/main/.test(command))
  const before = edges().map(({ pid }) => pid)
  assert.equal(before.length, 2, 'two edge processes')
  const [victim = 0] = before
  const killedAtMs = performance.now()
  process.kill(victim, 'SIGKILL')
  await until(
    edgeBackMsMax,
    // What it had not accepted yet ends with it; that is before it is gone.
    () => Promise.resolve(lives(victim) ? 0 : edges().length),
    (count) => count === 2,
  )
  const oneBackMs = performance.now() - killedAtMs
  const statuses: number[] = []
  for (let at = 0; at < 200; at += 1) statuses.push(await ask())
  assert.ok(
    statuses.every((status) => status === 200),
    `then ${[...new Set(statuses)].join()}`,
  )
  allowed(await client.call('sts', 'GetCallerIdentity', {}, as))
  assert.ok(!lives(victim))
  t.saw(
    `One of two edge processes was killed: a successor was there after ${Math.round(oneBackMs)} ms, and 200 of 200 new connections were served after it.`,
  )
  const bothKilledAtMs = performance.now()
  for (const { pid } of edges()) process.kill(pid, 'SIGKILL')
  await until(
    2 * edgeBackMsMax,
    () => ask(),
    (status) => status === 200,
  )
  t.saw(
    `Both were killed at once: customers were served again after ${Math.round(performance.now() - bothKilledAtMs)} ms, with the web ACL before them.`,
  )
  assert.equal(await ask('/?q=%27+OR+%271%27%3D%271%27+--+'), 403, 'the web ACL is there')
}

async function killFunction(t: DrillRun, server: TestServer, client: Client, as: Credentials): Promise<void> {
  const FunctionName = 'slow'
  await makeFunction(
    client,
    as,
    FunctionName,
    `exports.handler = async ({ ms }) => { await new Promise((done) => setTimeout(done, ms)); return 'done' }`,
  )
  const invoke = (ms: number) =>
    client.call('lambda', 'Invoke', { FunctionName, Payload: Buffer.from(JSON.stringify({ ms })) }, as)
  const text = (bytes: string | Uint8Array = '') => Buffer.from(bytes).toString()
  assert.equal(text(allowed(await invoke(0)).Payload), '"done"')
  const asked = invoke(5_000)
  await sleep(500)
  const running = childrenOf(server.pid).filter(({ command }) => /redoubt_bootstrap/.test(command))
  assert.ok(running.length > 0, 'the function runs in a process of its own')
  for (const { pid } of running) if (lives(pid)) process.kill(pid, 'SIGKILL')
  const { FunctionError, StatusCode, Payload } = allowed(await asked)
  assert.equal(StatusCode, 200)
  assert.equal(FunctionError, 'Unhandled')
  const { errorType } = JSON.parse(text(Payload)) as { errorType: string } // As Lambda's errors are.
  assert.equal(errorType, 'Runtime.ExitError')
  assert.equal(text(allowed(await invoke(0)).Payload), '"done"')
  t.saw(
    'A function was killed within its invocation: the caller got FunctionError Unhandled with Runtime.ExitError, the next invocation ran.',
  )
}

async function killSql(t: DrillRun, server: TestServer, client: Client, as: Credentials): Promise<void> {
  const { EventDataStoreArn } = allowed(
    await client.call('cloudtrail', 'CreateEventDataStore', { Name: 'drill' }, as),
  )
  const id = EventDataStoreArn?.split('/').at(-1) ?? ''
  const ended = async (QueryStatement: string, meanwhile?: () => void) => {
    const { QueryId = '' } = allowed(await client.call('cloudtrail', 'StartQuery', { QueryStatement }, as))
    const { value } = await until(
      30_000,
      async () => {
        meanwhile?.()
        return allowed(await client.call('cloudtrail', 'DescribeQuery', { QueryId }, as))
      },
      ({ QueryStatus }) => QueryStatus !== 'QUEUED' && QueryStatus !== 'RUNNING',
    )
    return value
  }
  let killed = 0
  const kill = (): void => {
    for (const { pid, command } of childrenOf(server.pid))
      if (killed === 0 && /sql-process/.test(command)) killed = process.kill(pid, 'SIGKILL') ? pid : 0
  }
  const count = `SELECT count(*) FROM ${id}`
  const cut = await ended(count, kill)
  assert.ok(killed > 0, 'a SQL process was found and killed')
  const after = await ended(count)
  assert.equal(after.QueryStatus, 'FINISHED', JSON.stringify(after))
  t.saw(`The process of a query was killed: the query is ${cut.QueryStatus}, the next one FINISHED.`)
}
