// Goal: whoever has an answer has a record of it; bodies are bounded; Redoubt's own endpoints stay apart.
// Method: a real server on loopback with a pipeline that notes what it gets, and raw sockets where a client would not do it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { createHttpServer } from './http-server.ts'
import type { Incoming, Pipeline } from './pipeline.ts'
import { systemWorld } from './world.ts'

const events: string[] = []
let disk: () => void = () => {}
let pipeline: Pipeline = () => ({ status: 200, headers: {}, body: 'ok' })
const server = createHttpServer({
  world: systemWorld(),
  pipeline: (request) => pipeline(request),
  audit: { flush: () => (events.push('flush'), disk()) },
  log: ({ event }) => void events.push(event),
  ownEndpoints: new Map([['GET /_redoubt/health', () => ({ status: 200, headers: {}, body: 'well' })]]),
})
let port = 0
let url = ''

before(async () => {
  port = await server.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${port}`
})
after(() => server.stop(0))

test('http: the request arrives as it was sent', async () => {
  let got: Incoming | undefined
  pipeline = (request) => (
    (got = request),
    { status: 201, headers: { 'x-a': 'b' }, body: Buffer.from('made') }
  )
  const response = await fetch(`${url}/a%2Fb/../c?x=%20&y`, {
    method: 'POST',
    body: 'hello',
    headers: { 'X-Twice': 'v' },
  })
  assert.deepEqual([response.status, response.headers.get('x-a'), await response.text()], [201, 'b', 'made'])
  assert.ok(got)
  assert.deepEqual(
    [
      got.method,
      got.query,
      Buffer.from(got.body).toString(),
      got.headers['x-twice'],
      got.sourceIp,
      got.secureTransport,
    ],
    ['POST', 'x=%20&y', 'hello', 'v', '127.0.0.1', false],
  )
})

test('http: an answer leaves only after the records of its turn are written', async () => {
  pipeline = () => {
    events.push('handled')
    return { status: 200, headers: {}, body: '' }
  }
  events.length = 0
  await fetch(url)
  events.push('answered')
  assert.deepEqual(events, ['handled', 'flush', 'answered'])

  pipeline = async () => {
    events.push('handled')
    return Promise.resolve({ status: 200, headers: {}, body: '' })
  }
  events.length = 0
  await fetch(url)
  events.push('answered')
  assert.deepEqual(events, ['handled', 'flush', 'answered'])
})

test('http: while no record can be written nothing is answered, and then nothing is begun', async (t) => {
  let [full, handled] = [true, 0]
  disk = () => {
    if (full) throw new Error('ENOSPC: no space left on device, write')
  }
  t.after(() => (disk = () => {}))
  pipeline = () => {
    handled += 1
    return { status: 200, headers: { 'x-amzn-RequestId': 'the-id', 'x-secret': 's' }, body: 'secret' }
  }
  const told = async (path = '/') => {
    const response = await fetch(`${url}${path}`)
    return [response.status, response.headers.get('x-amzn-requestid'), await response.text()]
  }
  events.length = 0
  const first = await fetch(url)
  assert.deepEqual([first.status, await first.text(), first.headers.get('x-secret')], [500, '', null])
  assert.equal(first.headers.get('x-amzn-requestid'), 'the-id', 'the id that the log may know')
  assert.deepEqual([handled, events], [1, ['flush', 'records-not-written']])

  // From now on calls are not even begun; each turn asks the disk and tells its failure once.
  events.length = 0
  const [status, requestId, body] = await told()
  assert.deepEqual([status, body, handled], [500, '', 1])
  assert.match(String(requestId), /^[0-9a-f-]{36}$/)
  assert.deepEqual(events, ['flush', 'records-not-written'])
  assert.equal((await told('/_redoubt/health'))[0], 500, 'it is not well')

  const socket = connect(port, '127.0.0.1')
  events.length = 0
  socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(5))
  const end = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'
  socket.write(end)
  let answers = ''
  for await (const chunk of socket) answers += String(chunk)
  assert.equal(answers.match(/HTTP\/1\.1 500 /g)?.length, 6)
  assert.equal(handled, 1)

  full = false
  assert.deepEqual(await told(), [200, 'the-id', 'secret'])
  assert.deepEqual(await told('/_redoubt/health'), [200, null, 'well'])
  assert.equal(handled, 2)
})

test('http: all answers of a turn share its one failure, and those that come late are withheld too', async (t) => {
  t.after(() => (disk = () => {}))
  const [together, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let begun = 0
  pipeline = async () => {
    begun += 1
    const isLast = begun === 4
    if (isLast) together.resolve()
    await (isLast ? late.promise : together.promise)
    return { status: 200, headers: {}, body: 'secret' }
  }
  const calls = [fetch(url), fetch(url), fetch(url), fetch(url)]
  disk = () => {
    throw new Error('ENOSPC')
  }
  events.length = 0
  const first = await Promise.race(calls)
  assert.equal(first.status, 500)
  assert.deepEqual(events, ['flush', 'records-not-written'])
  late.resolve()
  const answers = await Promise.all(calls)
  assert.deepEqual(
    answers.map(({ status }) => status),
    [500, 500, 500, 500],
  )
  assert.deepEqual(events, ['flush', 'records-not-written', 'flush', 'records-not-written'])
})

test('http: an answer that would stream is withheld as a whole, and its source let go', async (t) => {
  t.after(() => (disk = () => {}))
  let returned = 0
  const rest = {
    next: () => Promise.resolve({ done: false, value: Buffer.from('secret') } as const),
    return: () => ((returned += 1), Promise.resolve({ done: true, value: undefined } as const)),
    [Symbol.asyncIterator]() {
      return this
    },
  }
  pipeline = () => ({ status: 200, headers: {}, body: 'written' })
  assert.equal(await (await fetch(url)).text(), 'written')
  pipeline = () => ({ status: 200, headers: {}, body: '', rest })
  disk = () => {
    throw new Error('ENOSPC')
  }
  const response = await fetch(url)
  assert.deepEqual([response.status, await response.text(), returned], [500, '', 1])
})

test('http: what the pipeline must never do is an internal failure all the same', async () => {
  pipeline = () => Promise.reject(new Error('a bug'))
  events.length = 0
  const response = await fetch(url)
  assert.equal(response.status, 500)
  assert.equal(await response.text(), '')
  assert.ok(events.includes('bug'))
})

test('http: own endpoints', async () => {
  pipeline = () => assert.fail('the pipeline was asked')
  assert.equal(await (await fetch(`${url}/_redoubt/health`)).text(), 'well')
  assert.equal((await fetch(`${url}/_redoubt/health`, { method: 'POST' })).status, 404)
  assert.equal((await fetch(`${url}/_redoubt/constructor`)).status, 404)
})

const refusals: readonly [name: string, raw: string, status: string][] = [
  [
    'a body declared too large',
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${80 * 1024 * 1024}\r\n\r\n`,
    '413',
  ],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', '400'],
  ['headers too large', `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, '431'],
  [
    'two content lengths',
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    '400',
  ],
  [
    'length and chunks',
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\r\n\r\n', '400'],
]
for (const [name, raw, status] of refusals) {
  test(`http: refuses ${name}`, async () => {
    pipeline = () => assert.fail('the pipeline was asked')
    const answer = await exchange(raw)
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
  })
}

test('http: a body that grows too large is cut off', async () => {
  pipeline = () => assert.fail('the pipeline was asked')
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}) // The server hangs up while we are still writing.
  socket.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n')
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`
  const answered = once(socket, 'data')
  for (let sent = 0; sent < 75 && !socket.destroyed; sent += 1) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
  }
  const [data] = (await answered) as [Buffer] // A socket without encoding gives buffers.
  assert.match(data.toString(), /^HTTP\/1.1 413 /)
  socket.destroy()
})

async function exchange(raw: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(raw)
  const [data] = (await once(socket, 'data')) as [Buffer] // A socket without encoding gives buffers.
  socket.destroy()
  return data.toString()
}
