// Goal: a connection serves one request after another, waits for nobody for ever, and ends so that its client can read why.
// Method: real sockets on loopback against a server whose seconds pass when the test says so.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { type Client, mebibyte, ok, type Rig, rig } from './rig.test.ts'
import type { Respond } from './http1-request.ts'

const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
const statuses = async (client: Client): Promise<readonly number[]> =>
  (await client.end()).map(({ status }) => status)

/** Lets bytes that were sent arrive: a request on another connection has gone there and back. */
async function arrived({ connect }: Rig): Promise<void> {
  const other = connect()
  for (let turn = 1; turn <= 3; turn += 1) {
    other.send(get)
    await other.answers(turn)
  }
  other.socket.destroy()
}

// Slow clients. Each row: what is sent, after how many seconds nothing has happened yet, and what happens a little later.
const slow: readonly (readonly [
  name: string,
  sent: readonly string[],
  patienceSeconds: number,
  want: readonly number[],
])[] = [
  ['nothing at all', [], 10, []],
  ['a line end before a request that does not come', ['\r\n'], 10, []],
  ['half a request line', ['GET / HT'], 10, [408]],
  ['half a head', ['GET / HTTP/1.1\r\nHost: h\r\n'], 10, [408]],
  ['a head without its last byte', [get.slice(0, -1)], 10, [408]],
  ['half a body', ['POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe'], 60, [408]],
  ['no body', ['POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n'], 60, [408]],
  ['half a chunk', ['POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'], 60, [408]],
  [
    'half a trailer',
    ['POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n'],
    60,
    [408],
  ],
  ['nothing after an answer', [get], 65, [200]],
  ['half a head after an answer', [get, get.slice(0, 9)], 10, [200, 408]],
  ['half a head right behind a request', [get + get.slice(0, 9)], 10, [200, 408]],
]

for (const [name, sent, patienceSeconds, want] of slow) {
  test(`connection: a client that sends ${name} is let go`, async (t) => {
    const stage = await rig(t)
    const client = stage.connect()
    for (const [index, each] of sent.entries()) {
      client.send(each)
      if (index + 1 < sent.length) await client.answers(index + 1)
    }
    await arrived(stage)
    stage.tick(patienceSeconds)
    await arrived(stage)
    assert.equal(client.socket.readyState, 'open', 'not before its time')
    stage.tick(1)
    assert.deepEqual(await statuses(client), want)
  })
}
test('connection: all slow clients were tried', () => assert.equal(slow.length, 12))

test('connection: a head that drips gets no more time than one that stands still', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  for (const byte of get.slice(0, 11)) {
    client.send(byte)
    await arrived(stage)
    stage.tick(1)
  }
  assert.deepEqual(await statuses(client), [408])
})

test('connection: a body that drips gets no more time than one that stands still', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n')
  for (let second = 0; second < 61; second += 1) {
    client.send('x')
    await arrived(stage)
    stage.tick(1)
  }
  assert.deepEqual(await statuses(client), [408])
})

test('connection: a request that is being answered may take its time', async (t) => {
  const answers: Respond[] = []
  const stage = await rig(t, ({ path }, respond) => (path === '/slow' ? answers.push(respond) : respond(ok)))
  const client = stage.connect()
  client.send(get.replace('/', '/slow'))
  await arrived(stage)
  stage.tick(1_000)
  answers[0]?.(ok)
  assert.deepEqual(
    (await client.answers(1)).map(({ status }) => status),
    [200],
  )
  assert.equal(client.socket.readyState, 'open')
})

test('connection: after a refusal our side ends, input is thrown away, and after a second the connection is cut', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  client.send('nonsense\r\n\r\n')
  assert.deepEqual(await statuses(client), [400])
  client.send(get.repeat(100))
  await arrived(stage)
  stage.tick(1)
  await arrived(stage)
  assert.equal(client.wasReset, false)
  assert.equal(client.socket.destroyed, false)
  stage.tick(1)
  await closed(client)
  // The rig's own requests alone were asked for.
  assert.ok(stage.received.every(({ path }) => path === '/'))
  assert.equal(stage.received.length, 6)
})

test('connection: a client that keeps sending after a refusal is cut at a mebibyte', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  client.send('nonsense\r\n\r\n')
  assert.deepEqual(await statuses(client), [400])
  client.send(Buffer.alloc(mebibyte - 2 * 64 * 1024))
  await arrived(stage)
  assert.equal(client.socket.destroyed, false)
  client.send(Buffer.alloc(mebibyte))
  await closed(client)
})

test('connection: pipelined requests are answered one at a time, in order, and wait meanwhile', async (t) => {
  const waiting: [path: string, respond: Respond][] = []
  const stage = await rig(t, ({ path }, respond) => waiting.push([path, respond]))
  const client = stage.connect()
  client.send([1, 2, 3].map((n) => get.replace('/', `/${n}`)).join(''))
  await sleep(30)
  client.send([4, 5].map((n) => get.replace('/', `/${n}`)).join(''))
  const asked: string[] = []
  for (let turn = 1; turn <= 5; turn += 1) {
    while (waiting.length === 0) await sleep(1)
    await sleep(5)
    assert.equal(waiting.length, 1, 'one at a time')
    const [path, respond] = waiting.pop() ?? ['', () => undefined]
    asked.push(path)
    respond({ ...ok, body: path })
    await client.answers(turn)
  }
  assert.deepEqual(asked, ['/1', '/2', '/3', '/4', '/5'])
  assert.deepEqual(
    (await client.answers(5)).map(({ body }) => body),
    asked,
  )
})

test('connection: a client that pipelines without end is no longer read', async (t) => {
  const waiting: Respond[] = []
  const stage = await rig(t, (_, respond) => waiting.push(respond))
  const client = stage.connect()
  const much = Buffer.from(get.repeat(Math.ceil((32 * mebibyte) / get.length)))
  client.send(much)
  await sleep(200)
  assert.equal(waiting.length, 1)
  // What the sockets' own buffers took is no memory of ours.
  assert.ok(
    client.socket.writableLength > 16 * mebibyte,
    `${client.socket.writableLength} bytes wait at the client`,
  )
})

test('connection: thousands of requests in one piece, answered at once', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  client.send(get.repeat(5_000))
  assert.equal((await client.answers(5_000)).length, 5_000)
  assert.equal(stage.received.length, 5_000)
})

test('connection: where held requests find no memory, the answer under way is the last', async (t) => {
  const waiting: Respond[] = []
  const stage = await rig(t, (_, respond) => waiting.push(respond), { receivingBytesMax: 1_000 })
  const client = stage.connect()
  client.send(get)
  while (waiting.length === 0) await sleep(1)
  client.send(get.repeat(100))
  await sleep(30)
  waiting[0]?.(ok)
  assert.deepEqual(await statuses(client), [200])
  assert.match(client.text, /connection: close/)
  assert.equal(stage.received.length, 1)
})

test('connection: no further request is read while the client does not take its answer; in the end it is cut', async (t) => {
  const stage = await rig(t, (_, respond) => respond({ ...ok, body: 'x'.repeat(16 * mebibyte) }))
  const client = stage.connect()
  client.socket.pause()
  client.send(get + get)
  await sleep(100)
  assert.equal(stage.received.length, 1, 'the second waits')
  stage.tick(60)
  await sleep(20)
  stage.tick(1)
  client.socket.resume()
  assert.deepEqual(await statuses(client), [], 'the answer was cut off')
  assert.equal(stage.received.length, 1)
})

test('connection: a client that takes a long answer slowly gets all of it, and the next', async (t) => {
  const length = 4 * mebibyte
  const stage = await rig(t, (_, respond) => respond({ ...ok, body: Buffer.alloc(length, 'x') }))
  const client = stage.connect()
  client.socket.pause()
  client.send(get + get)
  for (let pause = 0; pause < 5; pause += 1) {
    await sleep(5)
    stage.tick(5)
    client.socket.resume()
    await once(client.socket, 'data')
    client.socket.pause()
  }
  client.socket.resume()
  assert.deepEqual(
    (await client.answers(2)).map(({ body }) => body.length),
    [length, length],
  )
})

test('connection: the last answer leaves whole, however long it is', async (t) => {
  const length = 8 * mebibyte
  const stage = await rig(t, (_, respond) => respond({ ...ok, body: Buffer.alloc(length, 'x') }))
  const client = stage.connect()
  client.socket.pause()
  client.send(get.replace('Host', 'Connection: close\r\nHost'))
  await sleep(30)
  stage.tick(10)
  client.socket.resume()
  assert.deepEqual(
    (await client.end()).map(({ body }) => body.length),
    [length],
  )
})

const ends: readonly (readonly [name: string, sent: string, want: readonly number[]])[] = [
  ['nothing', '', []],
  ['a request', get, [200]],
  ['two requests', get + get, [200, 200]],
  ['half a head', get.slice(0, 9), [400]],
  ['half a body', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe', [400]],
  ['a request and half a head', get + get.slice(0, 9), [200, 400]],
  ['a request and a line end', `${get}\r\n`, [200]],
]
for (const [name, sent, want] of ends) {
  for (const later of [false, true]) {
    test(`connection: a client that ends after ${name} is answered${later ? ', later too' : ''}`, async (t) => {
      const stage = await rig(t, (_, respond) => (later ? setImmediate(() => respond(ok)) : respond(ok)))
      const client = stage.connect()
      client.socket.end(sent)
      assert.deepEqual(await statuses(client), want)
      await closed(client)
    })
  }
}
test('connection: all ends were tried', () => assert.equal(ends.length, 7))

test('connection: a client that breaks off is forgotten, and so is its answer', async (t) => {
  const waiting: Respond[] = []
  const stage = await rig(t, ({ path }, respond) => (path === '/late' ? waiting.push(respond) : respond(ok)))
  const client = stage.connect()
  client.send(get.replace('/', '/late'))
  await arrived(stage)
  client.socket.resetAndDestroy()
  await arrived(stage)
  waiting[0]?.(ok)
  await arrived(stage)
  assert.deepEqual(stage.bugs, [])
})

test('connection: 100 Continue is said where a body is awaited, and only there', async (t) => {
  const stage = await rig(t, ({ body }, respond) => respond({ ...ok, body: `${body.length}` }))
  const head = (more: string): string => `POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n${more}\r\n`
  const waits = stage.connect()
  waits.send(head('Content-Length: 5\r\n'))
  await once(waits.socket, 'data')
  assert.equal(waits.text, 'HTTP/1.1 100 Continue\r\n\r\n')
  waits.send('he')
  await arrived(stage)
  waits.send('llo')
  const [, answer] = await waits.answers(2)
  assert.deepEqual([answer?.status, answer?.body], [200, '5'])
  assert.equal(waits.text.match(/100 Continue/g)?.length, 1)

  const chunks = stage.connect()
  chunks.send(head('Transfer-Encoding: chunked\r\n'))
  assert.equal((await chunks.answers(1))[0]?.status, 100)
  const sendsAll = stage.connect()
  sendsAll.send(`${head('Content-Length: 5\r\n')}hello`)
  assert.deepEqual(
    (await sendsAll.answers(1)).map(({ status }) => status),
    [200],
  )
  const tooLarge = stage.connect()
  tooLarge.send(head('Content-Length: 999999999\r\n'))
  assert.deepEqual(await statuses(tooLarge), [413])
  const old = stage.connect()
  old.send('POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n')
  await arrived(stage)
  assert.equal(old.text, '')
  old.send('x')
  assert.deepEqual(await statuses(old), [200])
})

test('connection: HTTP/1.0 and connection: close are answered, then closed', async (t) => {
  const stage = await rig(t)
  for (const sent of [
    'GET / HTTP/1.0\r\n\r\n',
    'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    get.replace('Host', 'Connection: close\r\nHost'),
  ]) {
    const client = stage.connect()
    client.send(sent + get)
    const [answer, ...more] = await client.end()
    assert.match(answer?.head ?? '', /^HTTP\/1\.1 200 OK\r\n[^]*connection: close$/)
    assert.equal(more.length, 0)
  }
  assert.equal(stage.received.length, 3)
})

test('connection: a HEAD is answered without a body, and the next request as ever', async (t) => {
  const stage = await rig(t)
  const client = stage.connect()
  client.send(get.replace('GET', 'HEAD') + get)
  await client.answers(2, true)
  await arrived(stage)
  assert.match(client.text, /content-length: 2\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/)
})

const handlers: readonly (readonly [
  name: string,
  handle: (respond: Respond) => void,
  status: number,
  bugs: number,
])[] = [
  [
    'throws',
    () => {
      throw new Error('a bug')
    },
    500,
    1,
  ],
  [
    'answers and then throws',
    (respond) => {
      respond(ok)
      throw new Error('a bug')
    },
    200,
    1,
  ],
  [
    'answers twice',
    (respond) => {
      respond(ok)
      respond(ok)
    },
    200,
    1,
  ],
  [
    'answers with a line end in a header',
    (respond) => respond({ ...ok, headers: { x: 'a\r\nb: c' } }),
    500,
    1,
  ],
  [
    'answers later with a line end in a header',
    (respond) => void setImmediate(() => respond({ ...ok, headers: { x: '\n' } })),
    500,
    1,
  ],
  ['answers with a status of nothing', (respond) => respond({ ...ok, status: 0 }), 500, 1],
]
for (const [name, handle, status, bugs] of handlers) {
  test(`connection: a handler that ${name} is a bug, and the connection lives on`, async (t) => {
    let broken = true
    const stage = await rig(t, (_, respond) => (broken ? handle(respond) : respond(ok)))
    const client = stage.connect()
    client.send(get)
    const [answer] = await client.answers(1)
    assert.equal(answer?.status, status)
    assert.ok(status === 200 || answer.body === '', 'no detail')
    assert.doesNotMatch(client.text, /b: c/)
    broken = false
    client.send(get)
    assert.equal((await client.answers(2))[1]?.status, 200)
    assert.equal(stage.bugs.length, bugs)
  })
}
test('connection: all handlers were tried', () => assert.equal(handlers.length, 6))

async function closed({ socket }: Client): Promise<void> {
  socket.end()
  if (!socket.closed) await once(socket, 'close').catch(() => once(socket, 'close'))
}
