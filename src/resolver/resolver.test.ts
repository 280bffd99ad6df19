// Goal: real clients are answered what the upstream says, by UDP and TCP, and every query is recorded as Route 53 Resolver's log has it.
// Method: a resolver before an upstream of the test; Node's own client (c-ares), and dig where it is installed.
import { decode } from 'dns-packet'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { findDig } from '../../test/set-up/dig.ts'
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

const run = promisify(execFile)
const longText = Array.from(
  { length: 20 },
  (_, index) => `${String(index).padStart(3, '0')}${'x'.repeat(200)}`,
)

const zone: Zone = ({ packet }) => {
  const { name = '', type = 'A' } = packet.questions?.[0] ?? {}
  if (name.toLowerCase() === 'shop.example.com' && type === 'A')
    return {
      answers: [{ type: 'CNAME', name, data: 'web.example.com' }, address('web.example.com', '192.0.2.7')],
    }
  if (name === 'shop.example.com' && type === 'AAAA')
    return { answers: [{ type: 'AAAA', name, data: '2001:db8::7' }] }
  if (name === 'example.com' && type === 'MX')
    return { answers: [{ type: 'MX', name, data: { preference: 10, exchange: 'mail.example.com' } }] }
  if (name === 'long.example.com') return { answers: longText.map((data) => ({ type: 'TXT', name, data })) }
  return { flags: 3 }
}

async function set(t: Parameters<typeof upstream>[0]) {
  const up = await upstream(t, zone)
  const made = await resolver(t, [up])
  const client = new Resolver({ timeout: 3_000, tries: 1 })
  client.setServers([`${loopback}:${made.port}`])
  return { ...made, client, asked: up.asked }
}

test('resolver: Node gets addresses, mail servers, long texts and refusals, all recorded', async (t) => {
  const { client, records, close, asked } = await set(t)
  assert.deepEqual(await client.resolve4('SHOP.example.com'), ['192.0.2.7'])
  assert.deepEqual(await client.resolve6('shop.example.com'), ['2001:db8::7'])
  const [mail] = await client.resolveMx('example.com')
  assert.deepEqual([mail?.exchange, mail?.priority], ['mail.example.com', 10])
  assert.deepEqual((await client.resolveTxt('long.example.com')).flat(), longText)
  await assert.rejects(client.resolve4('none.example.com'), { code: 'ENOTFOUND' })
  assert.deepEqual(await client.resolveAny('shop.example.com'), [])
  await close()
  const shared = { accountId: '123456789012', srcaddr: loopback, transport: 'UDP' }
  const texts = longText.map((text) => ({ type: 'TXT', rdata: JSON.stringify(text) }))
  const seen = records.map(({ atMs, ...record }) => {
    assert.equal(typeof atMs, 'number')
    return record
  })
  assert.deepEqual(seen, [
    {
      ...{ ...shared, queryName: 'shop.example.com', queryType: 'A', rcode: 'NOERROR' },
      answers: [
        { type: 'CNAME', rdata: 'web.example.com.' },
        { type: 'A', rdata: '192.0.2.7' },
      ],
    },
    {
      ...{ ...shared, queryName: 'shop.example.com', queryType: 'AAAA', rcode: 'NOERROR' },
      answers: [{ type: 'AAAA', rdata: '2001:db8::7' }],
    },
    {
      ...{ ...shared, queryName: 'example.com', queryType: 'MX', rcode: 'NOERROR' },
      answers: [{ type: 'MX', rdata: '10 mail.example.com' }],
    },
    // The client was told that it is too long for a datagram, and asked again.
    { ...shared, queryName: 'long.example.com', queryType: 'TXT', rcode: 'NOERROR', answers: texts },
    {
      ...{ ...shared, queryName: 'long.example.com', queryType: 'TXT', rcode: 'NOERROR', answers: texts },
      transport: 'TCP',
    },
    { ...shared, queryName: 'none.example.com', queryType: 'A', rcode: 'NXDOMAIN', answers: [] },
    {
      ...{ ...shared, queryName: 'shop.example.com', queryType: 'ANY', rcode: 'NOERROR' },
      answers: [{ type: 'HINFO', rdata: 'RFC8482 ' }],
    },
  ])
  // Twice by UDP and twice by TCP for the long text; nothing for ANY.
  assert.equal(asked.length, 8)
})

const dig = findDig()

test(
  'resolver: dig is answered, with and without TCP and EDNS',
  { skip: !dig.ready && dig.why },
  async (t) => {
    const { port } = await set(t)
    const ask = async (...more: readonly string[]) =>
      (await run('dig', [`@${loopback}`, '-p', String(port), '+short', ...more])).stdout.trim()
    for (const how of ['+notcp', '+tcp', '+noedns', '+dnssec', '+bufsize=4096'])
      assert.equal(await ask('shop.example.com', how), 'web.example.com.\n192.0.2.7', how)
    assert.equal((await ask('long.example.com', 'TXT')).split('\n').length, longText.length)
    assert.match(await ask('shop.example.com', 'ANY', '+notcp'), /RFC8482/)
  },
)

test('resolver: queries of one connection are answered as answers come, after the client has ended its side too', async (t) => {
  const late: (() => void)[] = []
  const up = await upstream(t, ({ packet, send }) => {
    const name = packet.questions?.[0]?.name ?? ''
    if (name !== 'slow.example.com') return { answers: [address(name, '192.0.2.1')] }
    const { id = 0, questions = [] } = packet
    late.push(() => send(query(name, { id, type: 'response', flags: 0x8000, questions })))
    return undefined
  })
  const { port } = await resolver(t, [up])
  const sent = Buffer.concat([
    frame(query('slow.example.com', { id: 1 })),
    frame(query('quick.example.com', { id: 2 })),
    frame(query('fast.example.com', { id: 3 })),
  ])
  setTimeout(() => late.forEach((go) => go()), 200)
  const answers = (await byTcp(port, sent, 3)).map((message) => decode(message).id)
  assert.equal(answers.at(-1), 1)
  assert.deepEqual(
    answers.toSorted((one, other) => Number(one) - Number(other)),
    [1, 2, 3],
  )
})

test('resolver: an answer is cut to the size that the client names, and no client gets more than 1,232 bytes', async (t) => {
  const up = await upstream(t, ({ packet }) => {
    const name = packet.questions?.[0]?.name ?? ''
    return { answers: Array.from({ length: 45 }, (_, index) => address(name, `192.0.2.${index}`)) } // 1,100 bytes or so
  })
  const { port } = await resolver(t, [up])
  const sizes = [
    [undefined, true],
    [512, true],
    [4_096, false],
    [100, true],
  ] as const
  let rows = 0
  for (const [udpPayloadSize, isCut] of sizes) {
    const additionals = udpPayloadSize === undefined ? [] : [optOf({ udpPayloadSize })]
    const answer = await byUdp(port, query('many.test', { additionals }))
    assert.ok(answer)
    const { flag_tc: cut, answers, id, additionals: own = [] } = decode(answer)
    assert.deepEqual([id, cut, answers?.length], [7, isCut, isCut ? 0 : 45])
    assert.equal(own.length === 1, isCut && udpPayloadSize !== undefined)
    rows += 1
  }
  assert.equal(rows, 4)
})
