// Goal: what a function connects to by itself is a flow, both ways, with numbers that the kernel told; its calls of Redoubt are none.
// Method: tables as the kernel writes them; then real functions and a server of the test.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import { systemWorld } from '#core/world.ts'
import type { FlowRecord } from '#engines/detect/index.ts'
import { zip } from '../../../test/functions/zip.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'
import { createFunctionHost, type FunctionSpec, openCodeStore } from '../index.ts'
import { ConnectionFlows, type Owner } from './connection-flows.ts'
import { watchConnections } from './connection-watch.ts'
import { readCounts, type SocketCounts } from './socket-counts.ts'
import { readSocketTable } from './socket-table.ts'
import { skippedWithoutRoot } from '../../../test/set-up/root.ts'

const functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:caller'
const owner: Owner = { functionArn, account: '111122223333', region: 'us-east-1' }
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const line = (local: string, peer: string, state: string, user = 50_000, inode = 77) =>
  `   0: ${local} ${peer} ${state} 00000000:00000000 00:00000000 00000000 ${String(user).padStart(5)}        0 ${inode} 1 0000000052931387 20 4 0 10 -1\n`
const home = '0100A8C0:9016' // 192.168.0.1:36886
const away = '096433C6:01BB' // 198.51.100.9:443

test('sockets: those of functions, IPv4 and IPv6, as the kernel lists them', () => {
  const rows = [
    [line(home, away, '01'), 'open 192.168.0.1:36886 198.51.100.9:443'],
    [line(home, away, '02'), 'opening 192.168.0.1:36886 198.51.100.9:443'],
    [line('00000000:1F90', '00000000:0000', '0A'), 'listening 0.0.0.0:8080 0.0.0.0:0'],
    [line(home, away, '08'), 'closing 192.168.0.1:36886 198.51.100.9:443'],
    [
      line('B80D0120000000000000000001000000:9016', 'B80D0120000000000000000009000000:01BB', '01'),
      'open 2001:db8::1:36886 2001:db8::9:443',
    ],
    [
      line('0000000000000000FFFF00000100A8C0:9016', '0000000000000000FFFF0000096433C6:01BB', '01'),
      'open 192.168.0.1:36886 198.51.100.9:443',
    ],
    [line(home, away, '01', 1_000), undefined],
    [line(home, away, '06', 50_000, 0), undefined],
    [line(home, away, '01', 50_000, 0), undefined],
    ['half a line\n', undefined],
  ] as const
  for (const [text, want] of rows) {
    const [found] = readSocketTable(head + text, new Set(['50000']))
    const shown =
      found &&
      `${found.state} ${found.local.address}:${found.local.port} ${found.peer.address}:${found.peer.port}`
    assert.equal(shown, want)
  }
  assert.equal(rows.length, 10)
})

test('counts: what the kernel says that a connection carried', () => {
  const counts = readCounts(
    'ESTAB 0 0 127.0.0.1:36886 127.0.0.1:43815 uid:50000 ino:1795326 sk:1 cgroup:/ <-> ts sack rto:204 bytes_sent:123 bytes_acked:124 bytes_received:5000 segs_out:4 segs_in:3 data_segs_out:1\n' +
      'SYN-SENT 0 1 127.0.0.1:36888 192.0.2.1:80 uid:50000 ino:1795399 sk:2 <-> rto:1000\n',
  )
  assert.deepEqual(
    [...counts],
    [
      ['1795326', { sentBytes: 123, receivedBytes: 5_000, sentPackets: 4, receivedPackets: 3 }],
      ['1795399', { sentBytes: 0, receivedBytes: 0, sentPackets: 0, receivedPackets: 0 }],
    ],
  )
})

const counts = (sentBytes: number, receivedBytes: number, packets: number): SocketCounts => ({
  ...{ sentBytes, receivedBytes, sentPackets: packets, receivedPackets: packets },
})

function flows() {
  const made = new ConnectionFlows()
  const see = (text: string, count: SocketCounts | undefined, nowMs: number) =>
    made
      .see(
        readSocketTable(head + text, new Set(['50000'])).map((socket) => ({ ...socket, owner })),
        new Map(count && [['77', count]]),
        nowMs,
      )
      .map(({ flowDirection, srcaddr, srcport, dstport, packets, bytes, startMs, endMs, tcpFlags }) => [
        ...[flowDirection, srcaddr, srcport, dstport],
        ...[packets, bytes, startMs, endMs, tcpFlags],
      ])
  return see
}

test('flows: of a connection each minute what it carried since, and when it is over', () => {
  const see = flows()
  const open = line(home, away, '01')
  assert.deepEqual(see(open, counts(100, 1_000, 5), 0), [])
  assert.deepEqual(see(open, counts(200, 3_000, 9), 30_000), [])
  assert.deepEqual(see(open, counts(300, 4_000, 12), 60_000), [
    ['egress', '192.168.0.1', 36_886, 443, 12, 300, 0, 60_000, 2],
    ['ingress', '198.51.100.9', 443, 36_886, 12, 4_000, 0, 60_000, 18],
  ])
  assert.deepEqual(see(line(home, away, '08'), counts(350, 4_000, 13), 70_000), [])
  assert.deepEqual(see('', undefined, 80_000), [
    ['egress', '192.168.0.1', 36_886, 443, 1, 50, 60_000, 70_000, 1],
    ['ingress', '198.51.100.9', 443, 36_886, 1, 0, 60_000, 70_000, 1],
  ])
  assert.deepEqual(see('', undefined, 90_000), [])
})

test('flows: a connection is told of though the clock was set back', () => {
  const see = flows()
  const open = line(home, away, '01')
  see(open, counts(100, 1_000, 5), 3_600_000)
  assert.equal(see(open, counts(300, 4_000, 12), 60_000).length, 2)
})

test('flows: a minute without packets is none; a connection that nobody answers goes one way', () => {
  const see = flows()
  const open = line(home, away, '01')
  see(open, counts(1, 1, 4), 0)
  assert.equal(see(open, counts(1, 1, 4), 60_000).length, 2)
  assert.deepEqual(see(open, counts(1, 1, 4), 120_000), [])
  const other = flows()
  other(line(home, away, '02'), undefined, 0)
  assert.deepEqual(other('', undefined, 3_000), [['egress', '192.168.0.1', 36_886, 443, 1, 0, 0, 0, 2]])
})

test('flows: without counts the packets that every connection has; who came to a listening port began', () => {
  const see = flows()
  see(line(home, away, '01'), undefined, 0)
  assert.deepEqual(see('', undefined, 500), [
    ['egress', '192.168.0.1', 36_886, 443, 2, 0, 0, 0, 2],
    ['ingress', '198.51.100.9', 443, 36_886, 1, 0, 0, 0, 18],
  ])
  const inwards = flows()
  const listening = line('00000000:9016', '00000000:0000', '0A', 50_000, 78)
  inwards(listening + line(home, away, '01'), undefined, 0)
  assert.deepEqual(
    inwards(listening, undefined, 500).map(([direction, , , , , , , , flags]) => [direction, flags]),
    [
      ['egress', 18],
      ['ingress', 2],
    ],
  )
})

test('watch: nothing is looked at for accounts that do not ask, and Redoubt itself is no peer', async () => {
  let [looked, wants] = [0, false]
  let tick: () => void = () => undefined
  const kept: FlowRecord[] = []
  const api = '0100007F:11D6' // 127.0.0.1:4566
  const tables = [head + line('0100007F:9016', api, '01', 50_000, 79) + line(home, away, '01'), head]
  const watch = watchConnections({
    world: { nowMs: () => 1_000, every: (_, task) => ((tick = task), () => undefined) },
    log: ({ event }) => assert.equal(event, 'function-flows-without-bytes'),
    sink: { wants: () => wants, keep: (records) => kept.push(...records) },
    running: () => new Map([[50_000, owner]]),
    activity: () => ({ working: true, begun: 1 }),
    ownPorts: () => [4_566],
    tables: () => Promise.resolve(tables[(looked += 1) - 1] ?? head),
    counted: () => Promise.resolve(undefined),
  })
  tick()
  await new Promise(setImmediate)
  assert.equal(looked, 0)
  wants = true
  tick()
  await new Promise(setImmediate)
  await watch.close()
  assert.equal(looked, 2)
  assert.deepEqual(
    kept.map(({ dstaddr, dstport }) => `${dstaddr}:${dstport}`),
    ['198.51.100.9:443', '192.168.0.1:36886'],
  )
})

const connecting = `
import net from 'node:net'
export const handler = ({ port, waitMs }) => new Promise((resolve, reject) => {
  const socket = net.connect(port, '127.0.0.1', () => socket.write('x'.repeat(1000)))
  socket.on('error', reject)
  socket.on('data', () => undefined)
  setTimeout(() => { const { localPort } = socket; socket.end(() => resolve(localPort)) }, waitMs)
})`

function host(t: TestContext) {
  const world = systemWorld()
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-connections-'))
  const code = openCodeStore(directory, () => world.randomBytes(4).toString('hex'), world.nowMs)
  const kept: FlowRecord[] = []
  const expiresAtMs = world.nowMs() + 3_600_000
  const made = createFunctionHost({
    ...{ world, code, sink: () => undefined, endpointUrl: () => undefined },
    log: ({ level, ...entry }) => assert.notEqual(level, 'error', JSON.stringify(entry)),
    provide: () =>
      Promise.resolve({
        ok: true,
        credentials: { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't', expiresAtMs },
        variables: {},
      }),
    connections: { wants: () => true, keep: (records) => kept.push(...records) },
  })
  t.after(async () => {
    await made.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const invoke = async (event: unknown) => {
    const { digest } = await code.put(zip({ name: 'index.mjs', content: connecting }))
    const spec: FunctionSpec = {
      ...({ key: digest, functionName: 'caller', version: '$LATEST', region: 'us-east-1' } as const),
      functionArn: functionArn as Arn, // Written out.
      account: '111122223333' as AccountId, // Twelve digits.
      ...({ roleArn: 'arn:aws:iam::111122223333:role/runner', runtime: 'nodejs24.x' } as const),
      ...{ handler: 'index.handler', timeoutSec: 10, memoryMiB: 128, storageMiB: 512 },
      ...{ code: digest, layers: [], logGroup: '/aws/lambda/caller' },
    }
    const payload = Buffer.from(JSON.stringify(event))
    const outcome = await made.invoke(spec, {
      ...{ requestId: 'request', payload, invokedArn: functionArn, traceHeader: 'Root=1' },
    })
    assert.equal(outcome.kind, 'success', JSON.stringify(outcome))
    assert.ok('payload' in outcome)
    return JSON.parse(Buffer.from(outcome.payload).toString('utf8')) as unknown
  }
  return { invoke, kept, close: () => made.close() }
}

test(
  'a function that connects by itself is seen, with its bytes where ss is there',
  { skip: skippedWithoutRoot },
  async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () => socket.write('y'.repeat(5_000)))
    })
    const port = await listenOnLoopback(server, t)
    const { invoke, kept, close } = host(t)
    const localPort = await invoke({ port, waitMs: 1_500 })
    await close()
    assert.deepEqual(
      kept.map(({ srcaddr, srcport, dstaddr, dstport }) => [srcaddr, srcport, dstaddr, dstport]),
      [
        ['127.0.0.1', localPort, '127.0.0.1', port],
        ['127.0.0.1', port, '127.0.0.1', localPort],
      ],
    )
    const [out, back] = kept
    assert.ok(out && back)
    const { instanceId, accountId, region, interfaceId, flowDirection, action } = out
    assert.deepEqual(
      [instanceId, accountId, region, flowDirection, action],
      [functionArn, '111122223333', 'us-east-1', 'egress', 'ACCEPT'],
    )
    assert.match(interfaceId, /^eni-0[0-9a-f]{16}$/)
    // Without ss nobody says how many.
    assert.ok([0, 1_000].includes(out.bytes) && [0, 5_000].includes(back.bytes), `${out.bytes} ${back.bytes}`)
    t.diagnostic(`bytes: ${out.bytes} sent, ${back.bytes} received`)
  },
)
