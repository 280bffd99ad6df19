// Goal: `redoubt reload` puts a successor in the place of a server, and no client sees more of it than a short wait.
// Method: real processes. Clients that try nothing again, on connections of every kind, while servers hand over; then what must not go
// wrong: a successor that cannot start, servers that are killed, work that takes long, sockets that nobody else may hold.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { address, byUdp, query, upstream } from '../../src/resolver/rig.test.ts'
import { redoubt } from '../command.ts'
import { zip } from '../functions/zip.ts'
import { loadWhileReloading } from '../reload/load.ts'
import { balanced, loadedServer } from '../reload/set-up.ts'
import { rotateRoot } from '../root-key/command.ts'
import { administratorOf, devAdministrator, serverFor, type TestServer } from '../server.ts'
import { send, signedQuery } from '../signed-call.ts'
import { until } from './edge-rig.ts'

test('reload: clients on connections of every kind see no failure, and what was acknowledged is there', async (t) => {
  const server = await serverFor(t, loadedServer)
  const administrator = administratorOf(server)
  const edgeUrl = await balanced(t, server)
  const result = await loadWhileReloading({ server, administrator, edgeUrl, forMs: 18_000, reloads: 3 })
  t.diagnostic(JSON.stringify({ ...result, failures: result.failures.length }))
  assert.deepEqual(result.failures, [])
  assert.deepEqual(result.lostWrites, [])
  assert.ok(result.writes > 100, `${result.writes} writes`)
  for (const [kind, count] of Object.entries(result.requestsOf)) assert.ok(count >= 3, `${kind}: ${count}`)
  assert.equal(Object.keys(result.requestsOf).length, 12)

  const [first = 0, second = 0, newest = 0] = result.pids
  assert.equal(new Set([server.pid, first, second, newest]).size, 4)
  // The processes in between end when the last of their connections has.
  await until(
    15_000,
    () => Promise.resolve([first, second].filter(isAlive)),
    (alive) => alive.length === 0,
  )
  assert.ok(isAlive(server.pid) && isAlive(newest))
  assert.equal(await server.stop(), 0)
  await until(
    1_000,
    () => Promise.resolve(isAlive(newest)),
    (alive) => !alive,
  )
})

test('reload: where the successor cannot start, the command says why and the server serves on', async (t) => {
  const server = await serverFor(t)
  const [key, aside] = ['root.key', 'aside.key'].map((name) => join(server.directory, name))
  assert.ok(key !== undefined && aside !== undefined)
  renameSync(key, aside)
  writeFileSync(key, Buffer.alloc(32, 1), { mode: 0o600 })
  const refused = await redoubt(['reload', '--data', server.directory])
  assert.equal(refused.ended, 1, refused.printed)
  assert.match(
    refused.printed,
    /successor does not start: .*(?:root key|root\.key).*The server serves on as before/s,
  )
  await identify(server)
  assert.equal(await servingPid(server), server.pid)

  renameSync(aside, key)
  await reload(server)
  await identify(server)
  assert.notEqual(await servingPid(server), server.pid)
  assert.equal(await server.stop(), 0)
})

test('reload: the keeper ends with a failure when the newest server is killed, and the server when its keeper is', async (t) => {
  const server = await serverFor(t, { workers: 2 })
  await reload(server)
  await reload(server)
  process.kill(await servingPid(server), 'SIGKILL')
  await until(
    5_000,
    () => Promise.resolve(isAlive(server.pid)),
    (alive) => !alive,
  )
  assert.equal(await server.stop(), 1)

  const again = await serverFor(t)
  await reload(again)
  const newest = await servingPid(again)
  await again.kill()
  await until(
    10_000,
    () => Promise.resolve(isAlive(newest)),
    (alive) => !alive,
  )
  const { ended } = await redoubt(['status', '--data', again.directory])
  assert.equal(ended, 3)
})

test('reload: a rotation of the root key and a function that runs are waited for', async (t) => {
  const server = await serverFor(t, { dev: true, workers: 2 })
  const lambda = await functionFor(server)
  const invoke = () => lambda.invoke({ FunctionName: 'slow', Payload: '{"ms":2500}' })
  await lambda.invoke({ FunctionName: 'slow', Payload: '{"ms":1}' })
  const rotating = rotateRoot(server.directory)
  const [answer, done] = await Promise.all([invoke(), sleep(300).then(() => reload(server)), rotating.ended])
  assert.equal(Buffer.from(answer.Payload ?? []).toString(), '"done"')
  assert.equal(answer.FunctionError, undefined)
  assert.match(done, /Redoubt serves as process/)
  await identify(server)

  // A successor has its sockets by inheritance: what it starts must not.
  const running = invoke()
  await sleep(1_000)
  const newest = await servingPid(server)
  const listening = listeningOn(server.port)
  assert.equal(listening.length, 2, 'a socket for each worker')
  const holders = descendantsOf(newest)
  assert.ok(holders.length > 0, 'the function runs')
  for (const pid of holders)
    assert.deepEqual(
      listening.filter((socket) => socketsOf(pid).includes(socket)),
      [],
      `process ${pid} can accept calls of the API`,
    )
  assert.ok(socketsOf(newest).includes(listening[0] ?? ''))
  assert.equal((await running).FunctionError, undefined)
  lambda.destroy()
  assert.equal(await server.stop(), 0)
})

test('reload: a function that may outlast a stop is waited for, while the server serves on', async (t) => {
  const server = await serverFor(t, { dev: true, workers: 2 })
  const lambda = await functionFor(server, 60)
  const invoke = (ms: number) => lambda.invoke({ FunctionName: 'slow', Payload: JSON.stringify({ ms }) })
  await invoke(1)
  const state = { hasEnded: false }
  const running = invoke(15_000).finally(() => (state.hasEnded = true))
  await sleep(500)
  const reloading = reload(server)
  const servers = new Set<number>()
  for (; !state.hasEnded; await sleep(200)) {
    await identify(server)
    const pid = await servingPid(server)
    if (!state.hasEnded) servers.add(pid)
  }
  const answer = await running
  assert.equal(Buffer.from(answer.Payload ?? []).toString(), '"done"')
  assert.deepEqual([...servers], [server.pid])
  const printed = await reloading
  assert.match(printed, /Functions run .* The server serves on until they have ended: 60 s at most/)
  const gapMs = Number(/connections waited (?<gap>\d+) ms/.exec(printed)?.groups?.['gap'])
  assert.ok(gapMs < 8_000, printed) // Not with the function.

  // A stop lets what runs come to its end, also for a client whose connection came from the server before.
  await invoke(1) // The last answer on the connection there is.
  await invoke(1)
  await reload(server)
  const again = invoke(4_000)
  await sleep(300)
  const { ended, printed: unwaited } = await redoubt(['reload', '--data', server.directory, '--wait', '0'])
  assert.equal(ended, 0, unwaited)
  assert.doesNotMatch(unwaited, /Functions run/)
  assert.equal(Buffer.from((await again).Payload ?? []).toString(), '"done"')
  lambda.destroy()
  assert.equal(await server.stop(), 0)
})

test('reload: a signal while a function is waited for ends the server and its successor', async (t) => {
  const server = await serverFor(t, { dev: true })
  const lambda = await functionFor(server, 60)
  const invoke = (ms: number) => lambda.invoke({ FunctionName: 'slow', Payload: JSON.stringify({ ms }) })
  await invoke(1)
  const running = invoke(40_000).catch(() => undefined) // It is cut, as at every stop.
  await sleep(300)
  const reloading = redoubt(['reload', '--data', server.directory])
  const { value: successors } = await until(
    30_000,
    () => Promise.resolve(descendantsOf(server.pid).filter(isServer)),
    ({ length }) => length === 1,
  )
  await sleep(3_000)
  assert.equal(await server.stop(), 0)
  await running
  assert.equal((await reloading).ended, 1)
  await until(
    5_000,
    () => Promise.resolve(successors.filter(isAlive)),
    (alive) => alive.length === 0,
  )
  lambda.destroy()
})

test('reload: a connection that waits for a request goes on in the successor, for one answer more', async (t) => {
  const server = await serverFor(t, { workers: 2 })
  // So many that both workers have some.
  const agents = Array.from({ length: 12 }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const asked = () => Promise.all(agents.map((agent) => health(server, agent)))
  for (const { reused, connection } of await asked())
    assert.deepEqual([reused, connection], [false, 'keep-alive'])
  await reload(server)
  for (const { status, reused, connection } of await asked())
    assert.deepEqual([status, reused, connection], [200, true, 'close'])
  for (const { status, reused } of await asked()) assert.deepEqual([status, reused], [200, false])
  for (const agent of agents) agent.destroy()
  assert.equal(await server.stop(), 0)
})

test('reload: queries of DNS wait', async (t) => {
  const up = await upstream(t, ({ packet }) => ({
    answers: [address(packet.questions?.[0]?.name ?? '', '192.0.2.7')],
  }))
  const port = up.port > 40_000 ? up.port - 10_001 : up.port + 10_001
  const flags = ['--dns-port', String(port), '--dns-upstream', `${up.address}:${up.port}`]
  const server = await serverFor(t, { dev: true, flags })
  const over = new AbortController()
  let answered = 0
  const asking = (async () => {
    for (; !over.signal.aborted; answered += 1) {
      const name = `shop-${answered}.example.com`
      assert.ok(await byUdp(port, query(name), 10_000), `no answer for ${name}`) // It asks once.
      await sleep(5)
    }
  })()
  await reload(server)
  await sleep(200)
  over.abort()
  await asking
  assert.ok(answered > 20, `${answered} queries`)
  assert.equal(await server.stop(), 0)
})

async function reload({ directory }: TestServer): Promise<string> {
  const { ended, printed } = await redoubt(['reload', '--data', directory])
  assert.equal(ended, 0, printed)
  return printed
}

async function servingPid({ directory }: TestServer): Promise<number> {
  const { printed } = await redoubt(['status', '--data', directory, '--json'])
  const { pid } = JSON.parse(printed) as { readonly pid: number } // The program's own.
  return pid
}

async function identify(server: TestServer): Promise<void> {
  const call = signedQuery(server, 'sts', { Action: 'GetCallerIdentity' }, administratorOf(server))
  const { status, body } = await send(server, call)
  assert.equal(status, 200, body)
}

function health({ port }: TestServer, agent: Agent) {
  return new Promise<{ status: number | undefined; reused: boolean; connection: string | undefined }>(
    (resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/_redoubt/health', agent }, (answer) => {
        const { statusCode: status, headers } = answer
        const known = { status, reused: asked.reusedSocket, connection: headers.connection ?? 'keep-alive' }
        answer.resume().once('end', () => setImmediate(() => resolve(known)))
      })
      asked.once('error', reject)
      asked.end()
    },
  )
}

async function functionFor({ url }: TestServer, Timeout = 20): Promise<Lambda> {
  const options = { region: 'us-east-1', endpoint: url, credentials: devAdministrator, maxAttempts: 1 }
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const { Role } = await new IAM(options).createRole({
    RoleName: 'runner',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
  })
  const lambda = new Lambda(options)
  const content = 'export const handler = ({ ms }) => new Promise((r) => setTimeout(() => r("done"), ms))'
  await lambda.createFunction({
    ...{ FunctionName: 'slow', Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout },
    ...{ Role: Role?.Arn, Code: { ZipFile: zip({ name: 'index.mjs', content }) } },
  })
  return lambda
}

function isServer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cli/redoubt.ts')
  } catch {
    return false // ENOENT: it has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    // A process that has ended and was not waited for yet is none.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false // ENOENT: there is none.
  }
}

/** The sockets, by inode, that listen on a port. Source: proc(5), /proc/net/tcp; state 0A is LISTEN. */
function listeningOn(port: number): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === '0A')
    .map((fields) => `socket:[${fields[9]}]`)
}

function socketsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return [] // Closed meanwhile.
    }
  })
}

function descendantsOf(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    rows.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []))
  return below(pid)
}
