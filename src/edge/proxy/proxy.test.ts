// Goal: what surrounds a request holds: whose turn a target's failure makes it, who may connect, how slow a client may be, TLS, HTTP/2.
// Method: real sockets on a clock that the test moves; certificates made by the test; Node's own clients of TLS and HTTP/2.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { Arn } from '#core/arn.ts'
import type { Certificate } from '#core/front-door.ts'
import { makeCertificate } from '../../../test/certificates.ts'
import type { Guard } from '../guard.ts'
import {
  attributes,
  doorPart,
  edge,
  edgeBefore,
  everybody,
  frontDoor,
  get,
  group,
  groupPart,
  head,
  listener,
  origin,
  rawOrigin,
  rule,
  target,
  tlsListener,
} from '../rig.test.ts'

/** A port on which nobody listens: it was somebody's a moment ago. */
async function deadPort(t: Parameters<typeof edge>[0]): Promise<number> {
  const { port, server } = await origin(t)
  server.close()
  await once(server, 'close')
  return port
}

test('edge: a target that refuses connections is passed over; where all do, the client is told', async (t) => {
  const { port, asked } = await origin(t)
  const dead = await deadPort(t)
  const { client, records, configuration } = await edge(t, {
    parts: [doorPart(frontDoor()), groupPart(group([target(dead), target(port)]))],
  })
  for (let n = 0; n < 4; n += 1) {
    const [answer] = await client()
      .send(`POST /${n} HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\nxy`)
      .answers(1)
    assert.equal(answer?.status, 200)
  }
  assert.equal(asked.length, 4)
  assert.ok(asked.every(({ body }) => body.toString() === 'xy'))
  configuration.apply([groupPart(group([target(dead)]))], [])
  const [answer] = await client().send(get('/')).answers(1)
  assert.equal(answer?.status, 502)
  assert.equal(records.at(-1)?.target?.error, 'connect')
  configuration.apply([groupPart(group([]))], [])
  assert.equal((await client().send(get('/')).answers(1))[0]?.status, 503)
})

test('edge: a request that a target may have acted on is not asked again', async (t) => {
  let asked = 0
  const broken = await rawOrigin(t, (socket) => {
    asked += 1
    socket.destroy()
  })
  const { port } = await origin(t)
  const { client } = await edge(t, {
    parts: [doorPart(frontDoor()), groupPart(group([target(broken.port), target(port)]))],
  })
  const statuses: (number | undefined)[] = []
  for (let n = 0; n < 4; n += 1)
    statuses.push(
      (await client().send(`POST / HTTP/1.1\r\n${head}Content-Length: 0\r\n\r\n`).answers(1))[0]?.status,
    )
  assert.deepEqual(
    statuses.toSorted((one = 0, other = 0) => one - other),
    [200, 200, 502, 502],
  )
  assert.equal(asked, 2)
})

test('edge: a target that closes idle connections is asked over a new one', async (t) => {
  const { port, server, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  const one = client()
  for (let n = 1; n <= 5; n += 1) {
    one.send(get(`/${n}`))
    assert.equal((await one.answers(n))[n - 1]?.status, 200)
    server.closeIdleConnections()
  }
  assert.equal(asked.length, 5)
})

test('edge: a silent target is given up after the idle timeout', async (t) => {
  const { port } = await rawOrigin(t, () => undefined)
  const { client, pass, records } = await edge(t, {
    parts: [
      doorPart(frontDoor({ attributes: { ...attributes, idleTimeoutSec: 5 } })),
      groupPart(group([target(port)])),
    ],
  })
  const one = client().send(get('/'))
  await sleep(100)
  pass(4_000)
  assert.equal(one.received, '')
  pass(2_000)
  assert.equal((await one.answers(1))[0]?.status, 504)
  assert.equal(records[0]?.target?.error, 'timeout')
})

test('edge: slow clients are given up: in their head, in their body, in doing nothing', async (t) => {
  const { port } = await origin(t)
  const { client, pass } = await edgeBefore(t, port)
  const [inHead, inBody, idle, fresh] = [client(), client(), client(), client()]
  inHead.send('GET / HTTP/1.1\r\nX: ')
  inBody.send(`POST / HTTP/1.1\r\n${head}Content-Length: 1000\r\n\r\na`)
  idle.send(get('/'))
  await idle.answers(1)
  await sleep(100)
  pass(11_000)
  assert.equal((await inHead.answers(1))[0]?.status, 408)
  assert.equal((await inBody.answers(1))[0]?.status, 408)
  await fresh.until((_received, closed) => closed)
  assert.equal(idle.closed, false)
  pass(60_000)
  await idle.until((_received, closed) => closed)
})

test('edge: a source that no security group admits is reset before a byte, and may be let in later', async (t) => {
  const { port, asked } = await origin(t)
  const { client, configuration, refused } = await edgeBefore(t, port, { door: frontDoor({ ingress: [] }) })
  const one = client().send(get('/'))
  await one.until((_received, closed) => closed)
  assert.equal(one.received, '')
  assert.deepEqual([refused.length, asked.length], [1, 0])
  const others = [{ sources: ['127.0.0.0/8'], fromPort: 81, toPort: 90 }]
  configuration.apply([doorPart(frontDoor({ ingress: others }))], [])
  await client()
    .send(get('/'))
    .until((_received, closed) => closed)
  configuration.apply([doorPart(frontDoor({ ingress: everybody }))], [])
  assert.equal((await client().send(get('/')).answers(1))[0]?.status, 200)
})

test('edge: who is behind a shared port and not admitted gets no answer, though another door admits', async (t) => {
  const { port } = await origin(t)
  const { client } = await edge(t, {
    parts: [
      doorPart(frontDoor({ ingress: [] })),
      doorPart(frontDoor({ name: 'open' })),
      groupPart(group([target(port)])),
    ],
  })
  const one = client().send(get('/'))
  await one.until((_received, closed) => closed)
  assert.equal(one.received, '')
  assert.equal(
    (await client().send('GET / HTTP/1.1\r\nHost: open.elb.localhost\r\n\r\n').answers(1))[0]?.status,
    200,
  )
})

test('edge: one source has so many connections, and so many requests', async (t) => {
  const { port } = await origin(t)
  const parts = [doorPart(frontDoor()), groupPart(group([target(port)]))]
  const few = await edge(t, { parts, limits: { connectionsPerAddressMax: 2 } })
  const [first, second] = [few.client(), few.client()]
  for (const one of [first, second]) await one.send(get('/')).answers(1)
  await few.client().until((_received, closed) => closed)
  first.socket.destroy()
  await first.until((_received, closed) => closed)
  await sleep(50)
  assert.equal((await few.client().send(get('/')).answers(1))[0]?.status, 200)

  const slow = await edge(t, { parts, limits: { requestsPerSecond: 1, requestsBurst: 3 } })
  const one = slow.client()
  for (let n = 1; n <= 4; n += 1) one.send(get('/'))
  assert.deepEqual(
    (await one.answers(4)).map(({ status }) => status),
    [200, 200, 200, 429],
  )
  slow.pass(2_000)
  one.send(get('/'))
  assert.equal((await one.answers(5))[4]?.status, 200)
})

test('edge: a guard sees the body’s first bytes, and its answer ends the request', async (t) => {
  const { port, asked } = await origin(t)
  const seen: { length: number; cut: boolean }[] = []
  const guard: Guard = {
    bodyBytesMax: 10,
    judge(request, { bytes, cut }) {
      seen.push({ length: bytes.length, cut })
      return request.path === '/bad'
        ? { answer: { statusCode: 403, headers: [], body: 'no' }, insertedHeaders: [] }
        : { insertedHeaders: [['x-amzn-waf-seen', 'yes']] }
    },
  }
  const door = frontDoor({ webACL: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn })
  const { client } = await edgeBefore(t, port, { door, guard })
  const post = (path: string, body: string) =>
    `POST ${path} HTTP/1.1\r\n${head}X-Amzn-Waf-Seen: forged\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const one = client()
    .send(get('/a'))
    .send(post('/b', 'hello'))
    .send(post('/c', 'x'.repeat(50_000)))
  await one.answers(3)
  const refused = await client()
    .send(post('/bad', 'y'.repeat(100)))
    .answers(1)
  assert.equal(refused[0]?.status, 403)
  assert.deepEqual(seen, [
    { length: 0, cut: false },
    { length: 5, cut: false },
    { length: 10, cut: true },
    { length: 10, cut: true },
  ])
  assert.deepEqual(
    asked.map(({ url, body, headers }) => [url, body.length, headers['x-amzn-waf-seen']]),
    [
      ['/a', 0, 'yes'],
      ['/b', 5, 'yes'],
      ['/c', 50_000, 'yes'],
    ],
  )
})

test('edge: a bug in a guard lets nobody through', async (t) => {
  const { port, asked } = await origin(t)
  const guard: Guard = {
    bodyBytesMax: 0,
    judge: () => {
      throw new Error('planted')
    },
  }
  const logged: string[] = []
  const door = frontDoor({ webACL: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn })
  const rig = await edgeBefore(t, port, { door, guard, onBug: (stack) => logged.push(stack) })
  assert.equal((await rig.client().send(get('/')).answers(1))[0]?.status, 500)
  assert.equal(logged.length, 1)
  assert.deepEqual(asked, [])
})

test('edge: an upgrade joins both ends, and bytes go both ways until one closes', async (t) => {
  const { port } = await rawOrigin(t, (socket, asked) => {
    if (asked.startsWith('GET /ws'))
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nwelcome',
      )
    else socket.write(`echo ${asked}`)
  })
  const { client, records } = await edgeBefore(t, port)
  const one = client().send(`GET /ws HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  await one.until((received) => received.includes('welcome'))
  assert.match(one.received, /^HTTP\/1\.1 101 [^\r]*\r\n.*\r\nconnection: upgrade\r\n\r\nwelcome$/is)
  one.send('hello')
  await one.until((received) => received.endsWith('echo hello'))
  one.socket.end()
  await one.until((_received, closed) => closed)
  while (records.length === 0) await sleep(10)
  assert.equal(records[0]?.statusCode, 101)
})

const dayMs = 86_400_000
function certificate(...names: readonly string[]): Certificate {
  const [nowMs, [commonName = '']] = [Date.now(), names]
  const made = makeCertificate({
    commonName,
    dnsNames: names,
    notBeforeMs: nowMs - dayMs,
    notAfterMs: nowMs + dayMs,
  })
  return { arn: `arn:${commonName}` as Arn, chain: made.certificate, privateKey: made.privateKey, names }
}

test('edge: TLS shows the certificate of the name that is asked for; plain requests on its port are none of its', async (t) => {
  const { port, asked } = await origin(t)
  const door = frontDoor({
    attributes: { ...attributes, tlsVersionAndCipherHeaders: true },
    listeners: [
      tlsListener([
        certificate('fallback.example'),
        certificate('shop.example'),
        certificate('*.wild.example'),
      ]),
    ],
  })
  const { ports, records } = await edgeBefore(t, port, { door })
  const rows: readonly [servername: string, commonName: string][] = [
    ['shop.example', 'shop.example'],
    ['a.wild.example', '*.wild.example'],
    ['a.b.wild.example', 'fallback.example'],
    ['unknown.example', 'fallback.example'],
  ]
  for (const [servername, commonName] of rows) {
    const socket = connectTls({
      port: ports.https,
      host: '127.0.0.1',
      servername,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    })
    await once(socket, 'secureConnect')
    assert.equal(socket.getPeerCertificate().subject.CN, commonName, servername)
    socket.write(
      `GET /tls HTTP/1.1\r\nHost: ${servername}\r\nX-Amzn-Tls-Version: forged\r\nConnection: close\r\n\r\n`,
    )
    let text = ''
    for await (const piece of socket) text += String(piece)
    assert.match(text, /^HTTP\/1\.1 200 /, servername)
  }
  assert.equal(rows.length, 4)
  assert.deepEqual(
    asked.map(({ headers }) => [
      headers['x-forwarded-proto'],
      headers['x-forwarded-port'],
      headers['x-amzn-tls-version'],
    ]),
    rows.map(() => ['https', '443', 'TLSv1.3']),
  )
  const [first] = records
  assert.match(first?.request.tls?.ja4 ?? '', /^t13d\d{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$/)
  assert.match(first?.request.tls?.ja3 ?? '', /^[0-9a-f]{32}$/)
  assert.equal(
    new Set(records.map(({ request }) => request.tls?.ja3)).size,
    1,
    'one client has one fingerprint',
  )
})

test('edge: a certificate that TLS cannot serve with fails whoever asks for its name, and nobody else', async (t) => {
  const { port } = await origin(t)
  const broken: Certificate = { ...certificate('broken.example'), chain: 'none' }
  const door = frontDoor({ listeners: [tlsListener([certificate('shop.example'), broken])] })
  const { ports } = await edgeBefore(t, port, { door })
  const asked = (servername: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectTls({
        port: ports.https,
        host: '127.0.0.1',
        servername,
        rejectUnauthorized: false,
      })
      socket.once('secureConnect', () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      })
      socket.once('error', () => {
        resolve('refused')
      })
    })
  assert.equal(await asked('broken.example'), 'refused')
  assert.equal(await asked('shop.example'), 'shop.example')
})

test('edge: a listener whose only certificate TLS cannot serve with closes connections, and the others serve on', async (t) => {
  const { port } = await origin(t)
  const broken: Certificate = { ...certificate('shop.example'), chain: 'none' }
  const door = frontDoor({ listeners: [listener(), tlsListener([broken])] })
  const { ports, client } = await edgeBefore(t, port, { door })
  const socket = connectTls({ port: ports.https, host: '127.0.0.1', servername: 'shop.example' })
  await new Promise((resolve) => socket.once('error', resolve))
  const [answer] = await client().send(get('/')).answers(1)
  assert.equal(answer?.status, 200)
})

async function request(session: ClientHttp2Session, headers: Record<string, string>, body?: Buffer) {
  const stream = session.request({ ':scheme': 'https', ':authority': 'shop.example', ...headers })
  if (body) stream.end(body)
  const [answer] = (await once(stream, 'response')) as [Record<string, string>]
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer) // Without an encoding, pieces are bytes.
  return { answer, body: Buffer.concat(pieces) }
}

test('edge: HTTP/2 has many requests at a time, and each goes the same way', async (t) => {
  const { port, asked } = await origin(t)
  const door = frontDoor({ listeners: [tlsListener([certificate('shop.example')])] })
  const { ports, records } = await edgeBefore(t, port, { door })
  const session = connectHttp2(`https://127.0.0.1:${ports.https}`, {
    rejectUnauthorized: false,
    servername: 'shop.example',
  })
  t.after(() => session.destroy())
  const big = Buffer.alloc(300_000, 0x63)
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => request(session, { ':path': `/${n}` })),
    request(session, { ':path': '/post', ':method': 'POST', 'content-length': String(big.length) }, big),
    request(session, { ':path': '/chunks', ':method': 'POST' }, big),
  ])
  assert.ok(answers.every(({ answer }) => String(answer[':status']) === '200'))
  assert.equal(answers[3]?.body.toString(), 'GET /3')
  assert.deepEqual(
    asked.filter(({ method }) => method === 'POST').map(({ body }) => body.length),
    [300_000, 300_000],
  )
  assert.ok(asked.every(({ headers }) => headers.host === 'shop.example'))
  assert.ok(records.every((record) => record.request.httpVersion === '2.0'))
})

test('edge: streams of HTTP/2 that name their connection, or no path, are refused', async (t) => {
  const { port, asked } = await origin(t)
  const door = frontDoor({ listeners: [tlsListener([certificate('shop.example')])] })
  const { ports } = await edgeBefore(t, port, { door })
  const session = connectHttp2(`https://127.0.0.1:${ports.https}`, { rejectUnauthorized: false })
  t.after(() => session.destroy())
  for (const path of ['nopath', 'http://other/']) {
    const stream = session.request({ ':path': path, ':authority': 'shop.example' })
    const [error] = (await once(stream, 'error')) as [Error]
    assert.match(error.message, /PROTOCOL_ERROR/)
  }
  assert.deepEqual(asked, [])
})

test('edge: answers of the balancer’s own, and headers that its listener sets', async (t) => {
  const { port } = await origin(t, (_request, response) => {
    response.setHeader('Server', 'origin/1')
    response.setHeader('X-Frame-Options', 'ALLOW')
    response.end('hi')
  })
  const responseHeaders = [['X-Frame-Options', 'DENY']] as const
  const fixed = rule(
    { type: 'fixed-response', statusCode: 418, contentType: 'text/plain', body: 'tea' },
    [{ field: 'path-pattern', match: 'wildcard', values: ['/tea*'] }],
    1,
  )
  const listeners = [listener({ rules: [fixed, ...listener().rules], responseHeaders, serverHeader: false })]
  const { client } = await edgeBefore(t, port, { door: frontDoor({ listeners }) })
  const [own, forwarded] = await client().send(get('/tea/1')).send(get('/')).answers(2)
  for (const answer of [own, forwarded]) {
    assert.match(answer?.head ?? '', /\r\nX-Frame-Options: DENY/i)
    assert.doesNotMatch(answer?.head ?? '', /\r\nServer:|ALLOW/i)
  }
  assert.deepEqual([own?.status, own?.body, forwarded?.status], [418, 'tea', 200])
})

test('edge: a stop finishes what is under way, and takes nothing more', async (t) => {
  const { port } = await origin(t, (_request, response) => setTimeout(() => response.end('late'), 200))
  const { client, proxy } = await edgeBefore(t, port)
  const [busy, idle] = [client().send(get('/')), client().send(get('/'))]
  await idle.answers(1)
  await busy.answers(1)
  busy.send(get('/again'))
  await sleep(50)
  await proxy.stop({ idleMs: 0, underWayMs: 5_000 })
  assert.equal((await busy.answers(2))[1]?.body, 'late')
  await idle.until((_received, closed) => closed)
})
