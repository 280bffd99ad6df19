// Goal: the edge's processes serve what the store says, within a second, and one that dies is replaced while the other serves on.
// Method: two real processes under a supervisor, parts of the test's making, a process killed as a crash would; real sockets.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId, Arn } from '#core/arn.ts'
import type { EdgePart } from '#core/front-door.ts'
import type { LogEntry } from '#core/log.ts'
import { collection, createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { Client, doorPart, frontDoor, head, listener, rule } from '../rig.test.ts'
import { createEdge } from './index.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

const notes = collection<{ readonly text: string }>({ service: 'edge-test', type: 'note' })
const scope = { account: 'a', region: 'r' }

async function supervised(t: TestContext, wish: { port?: number; secret?: () => Promise<Uint8Array> } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-edge-'))
  const store = createMemoryStore()
  const logged: LogEntry[] = []
  let parts: readonly EdgePart[] = []
  const edge = createEdge({
    settings: { host: '127.0.0.1', port: wish.port ?? 0, tlsPort: 0, workers: 2, oidcNetworks: [] },
    directory,
    store,
    world: systemWorld(),
    log: (entry) => logged.push(entry),
    partsOf: (reader) => (reader.get(notes, scope, 'parts') ? parts : []),
    concerns: (service) => service === 'edge-test',
    secret: wish.secret ?? (() => Promise.resolve(new Uint8Array(32))),
    logLines: () => undefined,
    metrics: { add: () => undefined, find: () => Promise.resolve([]) },
    keep: () => undefined,
  })
  t.after(async () => {
    await edge.stop({ idleMs: 0, underWayMs: 1_000 })
    await store.close()
    rmSync(directory, { recursive: true, force: true })
    assert.deepEqual(
      logged.filter(({ event }) => event === 'bug'),
      [],
    )
  })
  let version = 0
  return {
    edge,
    logged,
    /** Has the documents say this. */
    put: async (...given: readonly EdgePart[]) => {
      parts = given
      version += 1
      await store.transact((tx) => tx.put(notes, scope, 'parts', { text: String(version) }))
    },
    /** The shared port, once the edge listens. */
    port: async (): Promise<number> => {
      for (;;) {
        const [found] = await edge.view.listeners()
        const url = found?.urls[0]
        if (url !== undefined) return Number(new URL(url).port)
        await sleep(20)
      }
    },
  }
}

const answering = (body: string, port = 18_000): EdgePart =>
  doorPart(
    frontDoor({
      listeners: [listener({ port, rules: [rule({ type: 'fixed-response', statusCode: 200, body })] })],
    }),
  )

async function ask(port: number): Promise<string | undefined> {
  const one = new Client(port).send(`GET / HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
  await one.until((_received, closed) => closed, 5_000)
  return /\r\n\r\n([^]*)$/.exec(one.received)?.[1]
}

/** Asks over new connections until the answer is this one, so many times in a row. */
async function answers(port: number, want: string, times: number, msMax: number): Promise<number> {
  const begun = performance.now()
  for (let inARow = 0; inARow < times;) {
    inARow = (await ask(port)) === want ? inARow + 1 : 0
    assert.ok(performance.now() - begun < msMax, `no ${want} within ${msMax} ms`)
    if (inARow === 0) await sleep(10)
  }
  return performance.now() - begun
}

test('supervisor: no process before there is a door; a change reaches every process within a second', async (t) => {
  const { edge, put, port } = await supervised(t)
  assert.deepEqual(await edge.view.listeners(), [])
  await put(answering('one'))
  const at = await port()
  await answers(at, 'one', 10, 10_000)
  await put(answering('two'))
  await answers(at, 'two', 10, 1_000)
  const { urls } = (await edge.view.listeners())[0] ?? {}
  assert.deepEqual(urls, [`http://door.elb.localhost:${at}`, 'http://door.elb.localhost:18000'])
  await answers(18_000, 'two', 2, 1_000)
})

test('supervisor: a connection that is there stays through a change, and is answered by the new configuration', async (t) => {
  const { put, port } = await supervised(t)
  await put(answering('one', 18_001))
  const at = await port()
  await answers(at, 'one', 4, 10_000)
  const one = new Client(at)
  const again = (count: number) => one.send(`GET / HTTP/1.1\r\n${head}\r\n`).answers(count)
  assert.equal((await again(1))[0]?.body, 'one')
  await put(answering('two', 18_001))
  await answers(at, 'two', 4, 1_000)
  assert.equal((await again(2))[1]?.body, 'two')
  assert.equal(one.closed, false)
  one.socket.destroy()
})

test('supervisor: what bots ask of a web ACL is counted in every process, and told in one sum', async (t) => {
  const { edge, put, port } = await supervised(t)
  const arn = 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn // An ARN like any other.
  const metric = { MetricName: 'm', SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false }
  const group = { VendorName: 'AWS', Name: 'AWSManagedRulesBotControlRuleSet' }
  const webACL: EdgePart = {
    kind: 'web-acl',
    id: arn,
    value: {
      arn,
      account: '111122223333' as AccountId, // Twelve digits.
      region: 'us-east-1',
      name: 'a',
      scope: 'REGIONAL',
      acl: {
        ...{ Name: 'a', ARN: arn, LabelNamespace: 'awswaf:111122223333:webacl:a:' },
        DefaultAction: { Allow: {} },
        VisibilityConfig: metric,
        Rules: [
          {
            ...{ Name: 'bots', Priority: 0, OverrideAction: { Count: {} }, VisibilityConfig: metric },
            Statement: { ManagedRuleGroupStatement: group },
          },
        ],
      },
      ...{ ruleGroups: {}, regexPatternSets: {}, addressSets: [], bodyBytesMax: 8_192, tokenDomains: [] },
    },
  }
  const rules = [rule({ type: 'fixed-response', statusCode: 200, body: 'one' })]
  await put(webACL, doorPart(frontDoor({ webACL: arn, listeners: [listener({ port: 18_006, rules })] })))
  const at = await port()
  await answers(at, 'one', 2, 10_000)
  const wanted: readonly [path: string, agent: string, count: number][] = [
    ['/shop/a', 'GPTBot/1.2', 4],
    ['/shop/b', 'curl/8.0', 3],
    ['/shop/b', 'Mozilla/5.0', 5],
  ]
  for (const [path, agent, count] of wanted)
    for (let sent = 0; sent < count; sent++) {
      const one = new Client(at)
      one.send(`GET ${path} HTTP/1.1\r\n${head}User-Agent: ${agent}\r\nConnection: close\r\n\r\n`)
      await one.until((_received, closed) => closed, 5_000)
    }
  const now = Date.now()
  const query = { webACL: arn, fromMs: now - 3_600_000, toMs: now + 3_600_000 }
  const giveUpAt = performance.now() + 5_000
  while ((await edge.view.botPaths(query)).total < 7) {
    assert.ok(performance.now() < giveUpAt, 'it is reported about once a second')
    await sleep(50)
  }
  const { total, paths } = await edge.view.botPaths(query)
  const bots = [
    ['gptbot', 4],
    ['curl', 3],
  ]
  assert.deepEqual([total, paths], [7, [{ path: '/shop/', count: 7, bots }]])
  const openai = await edge.view.botPaths({ ...query, organization: 'openai', pathPrefix: '/shop/' })
  assert.deepEqual(openai.paths, [{ path: '/shop/a', count: 4, bots: [['gptbot', 4]] }])
})

test(
  'supervisor: a process that is killed takes its own requests, and is replaced',
  { skip: process.platform !== 'linux' && 'processes are found in /proc' },
  async (t) => {
    const { put, port, logged } = await supervised(t)
    await put(answering('one', 18_002))
    const at = await port()
    await answers(at, 'one', 10, 10_000)
    /** Processes of this one that are edge workers; the test is of Linux. */
    const children = (): readonly number[] =>
      readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'latin1')
        .split(' ')
        .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('worker/main'))
        .map(Number)
    const [first] = children()
    assert.equal(children().length, 2)
    process.kill(first ?? 0, 'SIGKILL')
    while (!logged.some(({ event }) => event === 'edge-worker-ended')) await sleep(10)
    await answers(at, 'one', 5, 2_000)
    const giveUpAt = performance.now() + 5_000
    while (children().length < 2) {
      assert.ok(performance.now() < giveUpAt, 'it is replaced')
      await sleep(50)
    }
    assert.ok(!children().includes(first ?? 0))
    await answers(at, 'one', 20, 5_000)
  },
)

test('supervisor: a shared port that is taken is told with what to do; a listener’s own is told in the list', async (t) => {
  const port = await listenOnLoopback(createServer(), t)
  const { put, logged } = await supervised(t, { port })
  await put(answering('one', 18_003))
  while (!logged.some(({ event }) => event === 'edge-port-not-free')) await sleep(10)
  const entry = logged.find(({ event }) => event === 'edge-port-not-free')
  assert.deepEqual([entry?.['port'], entry?.['why']], [port, 'EADDRINUSE'])
  assert.match(String(entry?.['help']), /--edge-port/)

  const own = await supervised(t)
  await own.put(answering('one', port))
  const at = await own.port()
  await answers(at, 'one', 2, 10_000)
  const [found] = await own.edge.view.listeners()
  assert.deepEqual([found?.ownPortError, found?.urls.length], ['EADDRINUSE', 1])
})

test('supervisor: an edge that could not begin begins with the next change at the latest', async (t) => {
  let asked = 0
  const secret = (): Promise<Uint8Array> => {
    asked += 1
    return asked === 1 ? Promise.reject(new Error('the disk is full')) : Promise.resolve(new Uint8Array(32))
  }
  const { put, port, logged } = await supervised(t, { secret })
  await put(answering('one', 18_007))
  while (!logged.some(({ event }) => event === 'edge-not-started')) await sleep(10)
  await put(answering('two', 18_007))
  await answers(await port(), 'two', 2, 10_000)
})

test('supervisor: a listener that is gone while ports are looked at has none', async (t) => {
  const { edge, put, port } = await supervised(t)
  const rules = [rule({ type: 'fixed-response', statusCode: 200, body: 'one' })]
  const door = (count: number): EdgePart =>
    doorPart(
      frontDoor({
        listeners: Array.from({ length: count }, (_, at) => listener({ port: 18_200 + at, rules })),
      }),
    )
  await put(door(1))
  await answers(await port(), 'one', 2, 10_000)
  await put(door(400))
  while ((await edge.view.listeners()).filter(({ urls }) => urls.length > 0).length < 3) await sleep(1)
  await put(door(1))
  const giveUpAt = performance.now() + 15_000
  for (let closed = 0; closed < 20; closed += 1) {
    if (await isOpen(18_599)) closed = 0
    assert.ok(performance.now() < giveUpAt, 'its port stays open')
    await sleep(50)
  }
  await answers(18_200, 'one', 2, 1_000)
})

function isOpen(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
