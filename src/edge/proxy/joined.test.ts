// Goal: what is joined behind a 101 is closed as its protocol wants when an edge stops: a WebSocket by a close to both ends, and never
// within a frame.
// Method: frames of all lengths cut at every step; then the edge between a client and a target of the test's own, byte for byte.
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { type Client, edgeBefore, head, rawOrigin } from '../rig.test.ts'
import { goingAwayFrame, WebSocketFrames } from './websocket-frames.ts'

/** Source: RFC 6455, section 5.2. `mask`: of a client. */
function frame(opcode: number, payload: Buffer, mask?: Buffer): Buffer {
  const { length } = payload
  const lengths =
    length < 126
      ? Buffer.from([length])
      : length < 65_536
        ? Buffer.from([126, length >> 8, length & 0xff])
        : Buffer.from([127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff])
  if (mask) lengths[0] = (lengths[0] ?? 0) | 0x80
  const body = mask ? Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))) : payload
  return Buffer.concat([Buffer.from([0x80 | opcode]), lengths, mask ?? Buffer.alloc(0), body])
}

const mask = Buffer.from([1, 2, 3, 4])

test('frames of a WebSocket: their ends are found, wherever they are cut', () => {
  const frames = [0, 1, 125, 126, 127, 65_535, 65_536].flatMap((length) => [
    frame(2, Buffer.alloc(length, 0x88)),
    frame(1, Buffer.alloc(length, 0x88), mask),
  ])
  const bytes = Buffer.concat(frames)
  const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length)
  let ran = 0
  for (const step of [1, 2, 3, 5, 13, 4_096, bytes.length]) {
    const reader = new WebSocketFrames()
    const found: number[] = []
    for (let start = 0; start < bytes.length; start += step) {
      const piece = bytes.subarray(start, start + step)
      for (let at = 0; at < piece.length;) {
        at = reader.next(piece, at)
        if (reader.isBetween) found.push(start + at)
      }
    }
    assert.deepEqual(found, ends, `in pieces of ${step}`)
    assert.equal(reader.hasClosed, false)
    ran += 1
  }
  assert.equal(ran, 7)
})

test('frames of a WebSocket: a close is known, and ours is one', () => {
  const given = new Uint8Array([9, 8, 7, 6])
  for (const [close, masked] of [
    [goingAwayFrame(), false],
    [goingAwayFrame(given), true],
  ] as const) {
    const reader = new WebSocketFrames()
    assert.equal(reader.next(close, 0), close.length)
    assert.ok(reader.isBetween && reader.hasClosed)
    assert.deepEqual(close, frame(8, Buffer.from([0x03, 0xe9]), masked ? Buffer.from(given) : undefined))
  }
})

/** A client and its target, joined. */
async function joined(t: TestContext) {
  let arrived = ''
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const { port } = await rawOrigin(t, (socket, asked) => {
    if (!asked.startsWith('GET /')) return void (arrived += asked)
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n`)
    resolve(socket)
  })
  const rig = await edgeBefore(t, port)
  const client = rig.client()
  client.send(`GET /ws HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  const atTarget = await promise
  await client.until((received) => received.endsWith('\r\n\r\n'))
  return { ...rig, client, atTarget, arrived: () => Buffer.from(arrived, 'latin1') }
}

function received({ received: text }: Client): Buffer {
  return Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1')
}

const stopTimes = { idleMs: 0, underWayMs: 5_000 }

test('joined: a stop closes a WebSocket to both ends', async (t) => {
  const { proxy, client, atTarget, arrived } = await joined(t)
  const [hello, welcome] = [frame(1, Buffer.from('hello'), mask), frame(1, Buffer.from('welcome'))]
  atTarget.write(welcome)
  client.send(hello)
  await client.until((text) => text.endsWith('welcome'))
  while (arrived().length < hello.length) await new Promise(setImmediate)
  const stopped = proxy.stop(stopTimes)
  await client.until((_text, closed) => closed)
  await stopped
  assert.deepEqual(received(client), Buffer.concat([welcome, goingAwayFrame()]))
  const close = arrived().subarray(hello.length)
  assert.deepEqual(close, goingAwayFrame(close.subarray(2, 6)))
})

test('joined: a frame that is under way at a stop is whole before the close', async (t) => {
  const { proxy, client, atTarget } = await joined(t)
  const long = frame(2, Buffer.alloc(1_000, 7))
  atTarget.write(long.subarray(0, 300))
  await client.until((text) => text.includes('\x07'))
  const stopped = proxy.stop(stopTimes)
  await new Promise((resolve) => setTimeout(resolve, 50))
  atTarget.write(Buffer.concat([long.subarray(300), frame(1, Buffer.from('too late'))]))
  await client.until((_text, closed) => closed)
  await stopped
  assert.deepEqual(received(client), Buffer.concat([long, goingAwayFrame()]))
})

test('joined: a close that has passed is the last frame', async (t) => {
  const closing = await joined(t)
  const close = frame(8, Buffer.from([0x03, 0xe8]))
  closing.atTarget.write(close)
  await closing.client.until((text) => text.endsWith('\x03\xe8'))
  await closing.proxy.stop(stopTimes)
  assert.deepEqual(received(closing.client), close)
})

test('joined: a frame that never ends holds no stop up', async (t) => {
  const { proxy, client, atTarget, pass } = await joined(t)
  atTarget.write(frame(2, Buffer.alloc(1_000, 7)).subarray(0, 300))
  await client.until((text) => text.includes('\x07'))
  const stopped = proxy.stop({ idleMs: 0, underWayMs: 60_000 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  pass(3_000)
  await stopped
  await client.until((_text, closed) => closed)
})
