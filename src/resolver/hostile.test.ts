// Goal: nobody but the upstream that was asked answers; nobody floods others by it; it stays alive whatever comes.
// Method: upstreams that lie, die or are silent; messages that are none, made at random.
import { decode, encode, type Packet } from 'dns-packet'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { createSocket, Socket } from 'node:dgram'
import { test } from 'node:test'
import { Clients } from './clients.ts'
import { limits } from './limits.ts'
import { readQuery } from './query.ts'
import {
  address,
  byTcp,
  byUdp,
  frame,
  loopback,
  optOf,
  query,
  resolver,
  upstream,
  type Zone,
} from './rig.test.ts'

const right: Zone = ({ packet }) => ({ answers: [address(packet.questions?.[0]?.name ?? '', '192.0.2.1')] })
const rcodeOf = (message: Buffer | undefined) => message && message.readUInt16BE(2) & 15
const addressesOf = (message: Buffer | undefined) =>
  message && decode(message).answers?.map((one) => ('data' in one ? one.data : undefined))

test('resolver: answers with another id, another question or from another sender are passed over', async (t) => {
  const stranger = createSocket('udp4')
  t.after(() => stranger.close())
  const up = await upstream(t, (asked) => {
    const { id = 0, questions = [] } = asked.packet
    const answers = [address('a.example.com', '203.0.113.66')]
    const lie: Packet = { type: 'response', id, questions, answers }
    asked.send(encode({ ...lie, id: (id + 1) % 65_536 }))
    asked.send(encode({ ...lie, questions: [{ type: 'A', name: 'b.example.com' }] }))
    asked.send(encode({ ...lie, type: 'query' }))
    asked.send(encode(lie).subarray(0, 20))
    const tooMany = encode(lie)
    tooMany.writeUInt16BE(60_000, 6)
    asked.send(tooMany)
    return right(asked)
  })
  const { port } = await resolver(t, [up])
  assert.deepEqual(addressesOf(await byUdp(port, query('a.example.com'))), ['192.0.2.1'])
  const ids = new Set<number>()
  for (let index = 0; index < 40; index += 1) await byUdp(port, query(`${index}.example.com`))
  for (const { packet } of up.asked) ids.add(packet.id ?? 0)
  assert.ok(ids.size > 35, 'ids are drawn at random')
})

test('resolver: another upstream is asked where one is dead, silent or fails; where all do, the client is told', async (t) => {
  const silent = await upstream(t, () => undefined)
  const failing = await upstream(t, () => ({ flags: 2 }))
  const dead = { address: loopback, port: 9 }
  const good = await upstream(t, right)
  const first = await resolver(t, [dead, failing, good])
  assert.deepEqual(addressesOf(await byUdp(first.port, query('a.example.com'))), ['192.0.2.1'])
  const second = await resolver(t, [silent, good])
  assert.deepEqual(addressesOf(await byUdp(second.port, query('a.example.com'))), ['192.0.2.1'])
  const third = await resolver(t, [dead, failing])
  assert.equal(rcodeOf(await byUdp(third.port, query('a.example.com'))), 2)
  await third.close()
  assert.deepEqual(
    third.records.map(({ rcode }) => rcode),
    ['SERVFAIL'],
  )
})

test('resolver: a question that is under way is not asked again', async (t) => {
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const up = await upstream(t, (asked) => {
    const { id = 0, questions = [] } = asked.packet
    const answers = [address('same.example.com', '192.0.2.1')]
    void gate.then(() => asked.send(encode({ id, type: 'response', questions, answers })))
    return undefined
  })
  const { port } = await resolver(t, [up])
  const asking = Array.from({ length: 50 }, (_, id) => byUdp(port, query('same.example.com', { id })))
  setTimeout(() => release(), 200)
  const answers = await Promise.all(asking)
  assert.deepEqual(
    answers.map((answer) => answer?.readUInt16BE(0)),
    Array.from({ length: 50 }, (_, id) => id),
  )
  assert.equal(up.asked.length, 1)
})

const plain = query('a.example.com')
function changed(change: (message: Buffer) => void): Buffer {
  const copy = Buffer.from(plain)
  change(copy)
  return copy
}
const asked = (type: 'A' | 'AXFR' | 'IXFR', name: 'IN' | 'CH') =>
  query('a.example.com', { questions: [{ type, name: 'version.bind', class: name }] })
const messages: readonly (readonly [string, Buffer, number | undefined])[] = [
  ['an ordinary query', plain, 0],
  ['half a header', plain.subarray(0, 8), undefined],
  ['an answer', changed((message) => message.writeUInt16BE(0x8100, 2)), undefined],
  ['another opcode', changed((message) => message.writeUInt16BE(0x2000, 2)), 4],
  ['no question', changed((message) => message.writeUInt16BE(0, 4)), 1],
  ['two questions', changed((message) => message.writeUInt16BE(2, 4)), 1],
  ['answers in a query', changed((message) => message.writeUInt16BE(1, 6)), 1],
  ['more additionals than anybody sends', changed((message) => message.writeUInt16BE(60_000, 10)), 1],
  ['an additional that is not there', changed((message) => message.writeUInt16BE(1, 10)), 1],
  ['a name that ends early', plain.subarray(0, 20), 1],
  ['a question without its class', plain.subarray(0, -2), 1],
  ['a pointer in the question', changed((message) => message.writeUInt16BE(0xc00c, 12)), 1],
  ['a zone transfer', asked('AXFR', 'IN'), 5],
  ['an incremental one', asked('IXFR', 'IN'), 5],
  ['another class', asked('A', 'CH'), 5],
  ['a version of EDNS to come', query('a.example.com', { additionals: [optOf({ ednsVersion: 1 })] }), 0],
  ['two OPT records', query('a.example.com', { additionals: [optOf({}), optOf({})] }), 1],
]

test('resolver: what is no query is refused with its code, or not answered', async (t) => {
  const up = await upstream(t, right)
  const { port } = await resolver(t, [up])
  let rows = 0
  for (const [what, message, code] of messages) {
    const answer = await byUdp(port, message, code === undefined ? 300 : 3_000)
    assert.equal(rcodeOf(answer), code, what)
    if (answer) assert.ok(answer.length <= message.length + 60, what)
    rows += 1
  }
  assert.equal(rows, 17)
  const future = await byUdp(port, query('a.example.com', { additionals: [optOf({ ednsVersion: 1 })] }))
  assert.ok(future)
  const [opt] = decode(future).additionals ?? []
  assert.equal(opt?.type === 'OPT' && opt.extendedRcode, 1, 'BADVERS')
})

test('clients: own networks alone, so many queries a second each', () => {
  let elapsedMs = 0
  const clients = new Clients(() => elapsedMs)
  const rows = [
    ['127.0.0.1', true],
    ['::1', true],
    ['10.1.2.3', true],
    ['192.168.7.7', true],
    ['fd00::1', true],
    ['fe80::1', true],
    ['203.0.113.9', false],
    ['2001:4860:4860::8888', false],
    ['::ffff:203.0.113.9', false],
    ['', false],
  ] as const
  for (const [one, taken] of rows) assert.equal(clients.take(one), taken, one)
  const take = (count: number) =>
    Array.from({ length: count }, () => clients.take('10.9.9.9')).filter(Boolean).length
  assert.equal(take(2_000), limits.clientBurst)
  elapsedMs += 100
  assert.equal(take(2_000), limits.clientPerSecond / 10)
  assert.ok(clients.take('10.9.9.8'))
  assert.equal(rows.length, 10)
})

test('resolver: a datagram that names no port to answer to is passed over', async (t) => {
  const bind = t.mock.method(Socket.prototype, 'bind')
  const { port } = await resolver(t, [await upstream(t, right)])
  // The resolver's own socket, to which the system gives such datagrams; only a raw socket sends them.
  const own = bind.mock.calls.map(({ this: socket }) => socket as Socket).find((one) => portOf(one) === port)
  own?.emit('message', plain, { address: loopback, family: 'IPv4', port: 0, size: plain.length })
  assert.deepEqual(addressesOf(await byUdp(port, plain)), ['192.0.2.1']) // And nothing was logged: see `resolver`.
  assert.ok(own)
})

/** Undefined once it is closed: one of a port that was free for datagrams alone, and was given back. */
function portOf(socket: Socket): number | undefined {
  try {
    return socket.address().port
  } catch {
    return undefined
  }
}

test('resolver: random bytes and broken queries leave it alive, by UDP and TCP', async (t) => {
  const up = await upstream(t, right)
  const { port } = await resolver(t, [up])
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
  const broken = fc
    .tuple(fc.nat(plain.length - 1), fc.nat(255), fc.nat(plain.length))
    .map(([at, value, end]) => changed((message) => message.writeUInt8(value, at)).subarray(0, end))
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  fc.assert(
    fc.property(fc.oneof(bytes, broken), (message) => {
      readQuery(message)
    }),
    { numRuns: 20_000 },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(bytes, broken), { minLength: 1, maxLength: 10 }), async (all) => {
      for (const message of all) socket.send(message, port, loopback)
      await byTcp(port, Buffer.concat([...all.map(frame), ...all, frame(plain)]).subarray(0, 900), 1)
    }),
    { numRuns: 30, interruptAfterTimeLimit: 20_000 },
  )
  assert.deepEqual(addressesOf(await byUdp(port, plain)), ['192.0.2.1'])
})

test('resolver: an upstream that answers random bytes is passed over', async (t) => {
  const random = fc.sample(fc.uint8Array({ maxLength: 400 }), 20)
  let at = 0
  const liar = await upstream(t, ({ packet }) => {
    const junk = Buffer.from(random[(at += 1) % random.length] ?? [])
    const { id = 0, questions = [] } = packet
    // Now and then with a head that answers.
    if (at % 2 === 0) return Buffer.concat([encode({ id, type: 'response', questions }), junk])
    return junk
  })
  const good = await upstream(t, right)
  const { port } = await resolver(t, [liar, good])
  for (let index = 0; index < 4; index += 1) {
    const answer = await byUdp(port, query(`${index}.example.com`), 5_000)
    assert.equal(rcodeOf(answer), 0)
  }
})
