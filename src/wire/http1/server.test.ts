// Goal: many clients are served side by side; limits hold for all together; a stop loses no call under way.
// Method: node's own client and raw sockets on loopback.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Respond } from './http1-request.ts'
import { createHttp1Server } from './index.ts'
import { ok, rig } from './rig.test.ts'

const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'

test("server: a hundred connections of node's client, twenty requests each", async (t) => {
  const stage = await rig(t, ({ body, path }, respond) => {
    const answer = { ...ok, body: Buffer.concat([Buffer.from(path), body]) }
    if (path.endsWith('7')) setImmediate(() => respond(answer))
    else respond(answer)
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  t.after(() => agent.destroy())
  const call = async (path: string, body: Buffer, chunks: boolean): Promise<string> => {
    const headers = chunks ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length }
    const asked = request({ agent, port: stage.port, host: '127.0.0.1', method: 'POST', path, headers })
    asked.write(body.subarray(0, 3))
    asked.end(body.subarray(3))
    const [answer] = (await once(asked, 'response')) as [IncomingMessage] // The event's argument.
    return Buffer.concat((await answer.toArray()) as Buffer[]).toString('latin1') // A stream without encoding.
  }
  let ran = 0
  const one = async (client: number): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) {
      const path = `/${client}/${turn}`
      const body = Buffer.alloc(4 + ((client * turn * 131) % 100_000), client)
      assert.equal(await call(path, body, turn % 2 === 0), path + body.toString('latin1'))
      ran += 1
    }
  }
  await Promise.all(Array.from({ length: 100 }, (_, client) => one(client)))
  assert.equal(ran, 2_000)
  assert.deepEqual(stage.bugs, [])
})

test('server: a hundred raw sockets, a hundred requests each, in pieces that do not mind where one ends', async (t) => {
  const stage = await rig(t, ({ path }, respond) => void setImmediate(() => respond({ ...ok, body: path })))
  const one = async (client: number): Promise<void> => {
    const socket = stage.connect()
    const paths = Array.from({ length: 100 }, (_, turn) => `/${client}/${turn}`)
    const sent = paths.map((path) => get.replace('/', path)).join('')
    const step = 37 + client * 11
    for (let at = 0; at < sent.length; at += step) {
      socket.send(sent.slice(at, at + step))
      if (at % 3 === 0) await sleep(0)
    }
    const answers = await socket.answers(100)
    assert.deepEqual(
      answers.map(({ body }) => body),
      paths,
    )
  }
  await Promise.all(Array.from({ length: 100 }, (_, client) => one(client)))
  assert.equal(stage.received.length, 10_000)
})

test('server: connections beyond the most are dropped, and taken again when others have gone', async (t) => {
  const stage = await rig(t, undefined, { connectionsMax: 2 })
  const [one, two] = [stage.connect(), stage.connect()]
  for (const client of [one, two]) client.send(get)
  assert.deepEqual([(await one.answers(1)).length, (await two.answers(1)).length], [1, 1])
  const three = stage.connect()
  three.send(get)
  assert.deepEqual(await three.end(), [])
  one.socket.end()
  await one.end()
  if (!one.socket.closed) await once(one.socket, 'close')
  const four = stage.connect()
  four.send(get)
  assert.equal((await four.answers(1))[0]?.status, 200)
})

test('server: bodies beyond the memory for all are told to come back; others are served', async (t) => {
  const stage = await rig(t, undefined, { receivingBytesMax: 100_000 })
  const head = (length: number): string => `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n`
  const holder = stage.connect()
  holder.send(head(90_000) + 'x'.repeat(60_000))
  await sleep(30)
  const other = stage.connect()
  other.send(head(90_000) + 'x'.repeat(60_000))
  assert.deepEqual(
    (await other.end()).map(({ status }) => status),
    [503],
  )
  const small = stage.connect()
  small.send(`${head(5)}hello`)
  assert.equal((await small.answers(1))[0]?.status, 200)
  holder.socket.destroy()
  await sleep(30)
  const again = stage.connect()
  again.send(head(90_000) + 'x'.repeat(60_000))
  await sleep(30)
  again.send('x'.repeat(30_000))
  assert.equal((await again.answers(1))[0]?.status, 200)
})

test('server: what the handler gets', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  client.send('POST /a?b HTTP/1.1\r\nHost: h\r\nX: 1\r\nx: 2\r\nContent-Length: 2\r\n\r\nhi')
  await client.answers(1)
  const [got] = stage.received
  assert.deepEqual(got && { ...got, headers: { ...got.headers }, body: Buffer.from(got.body).toString() }, {
    method: 'POST',
    path: '/a',
    query: 'b',
    headers: { host: 'h', x: '1, 2', 'content-length': '2' },
    rawHeaders: ['Host', 'h', 'X', '1', 'x', '2', 'Content-Length', '2'],
    body: 'hi',
    sourceIp: '127.0.0.1',
    secureTransport: false,
  })
  assert.equal(Object.getPrototypeOf(got?.headers), null)
})

test('server: a stop closes who waits, answers who was asked, and takes nobody new', async (t) => {
  const waiting: Respond[] = []
  const stage = await rig(t, ({ path }, respond) => (path === '/slow' ? waiting.push(respond) : respond(ok)))
  const [idle, fresh, busy, halfway] = [stage.connect(), stage.connect(), stage.connect(), stage.connect()]
  idle.send(get)
  await idle.answers(1)
  halfway.send('GET / HTTP/1.1\r\n')
  busy.send(get.replace('/', '/slow'))
  while (waiting.length === 0) await sleep(1)
  await sleep(10)
  let stopped = false
  const stop = stage.server.stop(10_000).then(() => (stopped = true))
  await Promise.all([idle.end(), fresh.end()])
  halfway.send('Host: h\r\n\r\n')
  assert.deepEqual(
    (await halfway.end()).map(({ status, head }) => [status, head.endsWith('connection: close')]),
    [[200, true]],
  )
  const late = stage.connect()
  assert.deepEqual(await late.end(), [])
  assert.ok(late.wasReset, 'refused')
  assert.equal(stopped, false, 'a call is under way')
  waiting[0]?.(ok)
  assert.match((await busy.end())[0]?.head ?? '', /connection: close$/)
  for (const client of [busy, halfway, idle, fresh]) client.socket.end()
  await stop
})

test('server: a stop waits for a call on a connection that another server accepted, and takes no such connection then', async (t) => {
  const stage = await rig(t, () => undefined)
  const other = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo // It listens on TCP.
  const given = async () => {
    const connected = once(other, 'connection') as Promise<[Socket]> // The event's argument.
    const client = stage.connect(port)
    stage.server.adopt((await connected)[0])
    return client
  }
  const busy = await given()
  busy.send(get)
  while (stage.received.length === 0) await sleep(1)
  let stopped = false
  const stop = stage.server.stop(10_000).then(() => (stopped = true))
  await sleep(50)
  assert.equal(stopped, false, 'a call is under way')
  assert.deepEqual(await (await given()).end(), [])
  stage.tick(10)
  await stop
  assert.deepEqual(await busy.end(), [])
})

test('server: a stop cuts what is left after the time of grace', async (t) => {
  const stage = await rig(t, () => undefined)
  const client = stage.connect()
  client.send(get)
  while (stage.received.length === 0) await sleep(1)
  const stopped = stage.server.stop(5_000)
  stage.tick(1)
  await stopped
  assert.deepEqual(await client.end(), [])
})

test('server: an address that cannot be had is told', async (t) => {
  const stage = await rig(t)
  const other = createHttp1Server({
    onRequest: () => undefined,
    onBug: () => undefined,
    nowMs: () => 0,
    every: () => () => undefined,
  })
  await assert.rejects(other.listen({ host: '127.0.0.1', port: stage.port }), { code: 'EADDRINUSE' })
  await other.stop(0)
})
