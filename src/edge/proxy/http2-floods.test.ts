// Goal: nobody keeps the edge busy by frames of HTTP/2 that cost him nothing: it ends such connections, or takes no more than it may, and serves others
// meanwhile. Method: raw frames over TLS, each flood a row; a neighbour asks while it lasts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, head, origin } from '../rig.test.ts'
import { cancel, endHeaders, endStream, frame, get, http2Edge } from './http2-rig.test.ts'

const streams = (count: number, one: (id: number) => readonly Buffer[]): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => one(index * 2 + 1)).flat())

/** Frames, and how many requests a target may be asked for them. */
const floods: readonly (readonly [sentence: string, frames: Buffer, askedMax: number])[] = [
  [
    'streams that are taken back at once',
    streams(20_000, (id) => [
      frame('headers', endStream | endHeaders, id, get),
      frame('reset', 0, id, cancel),
    ]),
    1_500,
  ],
  ['pings', Buffer.concat(Array.from({ length: 200_000 }, () => frame('ping', 0, 0, Buffer.alloc(8)))), 0],
  ['settings', Buffer.concat(Array.from({ length: 200_000 }, () => frame('settings', 0, 0))), 0],
  [
    'a head without an end',
    Buffer.concat([
      frame('headers', endStream, 1, get),
      ...Array.from({ length: 1_000 }, () => frame('continuation', 0, 1, Buffer.alloc(16_000))),
    ]),
    0,
  ],
  [
    'a head without an end, in empty frames',
    Buffer.concat([
      frame('headers', endStream, 1, get),
      ...Array.from({ length: 200_000 }, () => frame('continuation', 0, 1)),
    ]),
    0,
  ],
  [
    'headers that unpack to many times their size',
    // A long value is put into the table once, and named by one byte from then on.
    streams(50, (id) => [
      frame(
        'headers',
        endStream | endHeaders,
        id,
        Buffer.concat([
          get,
          Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]),
          Buffer.alloc(4_000, 0x61),
          Buffer.alloc(8_000, 0xbe),
        ]),
      ),
    ]),
    50,
  ],
  ['data of no stream', streams(20_000, (id) => [frame('data', 0, id, Buffer.from('a'))]), 0],
  [
    'windows that open by nothing',
    Buffer.concat(Array.from({ length: 100_000 }, () => frame('windowUpdate', 0, 0, Buffer.alloc(4)))),
    0,
  ],
  [
    'empty data',
    Buffer.concat([
      frame('headers', endHeaders, 1, get),
      ...Array.from({ length: 200_000 }, () => frame('data', 0, 1)),
    ]),
    1,
  ],
]

/** Floods that cost no more than they are: a ping is answered by as much as it is, and a head that unpacks is refused by itself. */
const borne: ReadonlySet<string> = new Set(['pings', 'headers that unpack to many times their size'])

test('edge: floods of HTTP/2 end, and others are served meanwhile', async (t) => {
  const { port, asked } = await origin(t)
  const { ports, open } = await http2Edge(t, port)
  // What the floods are made of is asked, where it comes by itself.
  const proper = await open()
  proper.resume().write(streams(3, (id) => [frame('headers', endStream | endHeaders, id, get)]))
  for (let waited = 0; asked.length < 3 && waited < 500; waited += 1) await sleep(10)
  assert.deepEqual([asked.length, proper.closed], [3, false])
  proper.destroy()
  for (const [sentence, frames, askedMax] of floods) {
    const before = asked.length
    const socket = await open()
    socket.resume()
    socket.write(frames)
    const cpu = process.cpuUsage()
    const neighbour = new Client(ports.http).send(`GET /neighbour HTTP/1.1\r\n${head}\r\n`)
    const [answer] = await neighbour.answers(1)
    assert.equal(answer?.status, 200, `${sentence}: the neighbour`)
    neighbour.socket.destroy()
    if (!socket.closed) await Promise.race([once(socket, 'close'), sleep(borne.has(sentence) ? 100 : 5_000)])
    const { user, system } = process.cpuUsage(cpu)
    const isOver = socket.closed
    assert.equal(isOver, !borne.has(sentence), `${sentence}: whether the connection is ended`)
    const reached = asked.slice(before).filter(({ url }) => url !== '/neighbour').length
    t.diagnostic(
      `${sentence}: over ${isOver}, ${reached} reached the target, ${Math.round((user + system) / 1000)} ms`,
    )
    assert.ok(reached <= askedMax, `${sentence}: ${reached} requests reached the target`)
    assert.ok((user + system) / 1e6 < 5, `${sentence}: ${(user + system) / 1e6} s of the processor`)
  }
  assert.equal(floods.length, 9)
})
