// Goal: what a client sends reaches its target as it was meant, and as one request; nothing else ever does.
// Method: raw sockets before real origins: rows of malformed requests, the known ways to smuggle, requests cut at random points.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { smuggling } from '../../wire/http1/smuggling-rows.test.ts'
import {
  Client,
  doorPart,
  edge,
  edgeBefore,
  frontDoor,
  get,
  group,
  groupPart,
  head,
  origin,
  rawOrigin,
  target,
} from '../rig.test.ts'

test('edge: the known ways to smuggle are refused whole, and nobody is asked', async (t) => {
  const { port, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  let ran = 0
  for (const [name, sent] of smuggling) {
    // A proxy is asked so, and answers both requests.
    if (name === 'a host in the target') continue
    const one = client().send(sent)
    const answers = await one.answers(1).catch((error: unknown) => assert.fail(`${name}: ${String(error)}`))
    assert.equal(answers.length, 1, name)
    const [answer] = answers
    assert.ok(answer && answer.status >= 400 && answer.status < 600, `${name}: ${answer?.status}`)
    assert.match(answer.head, /\r\nconnection: close/, name)
    one.socket.destroy()
    ran += 1
  }
  assert.equal(ran, 100)
  assert.deepEqual(asked, [])
})

const malformed: readonly [name: string, sent: string, status: number][] = [
  ['no version', `GET /\r\n${head}\r\n`, 400],
  ['another version', `GET / HTTP/3.0\r\n${head}\r\n`, 505],
  ['two spaces', `GET  / HTTP/1.1\r\n${head}\r\n`, 400],
  ['a NUL in the target', `GET /\0 HTTP/1.1\r\n${head}\r\n`, 400],
  ['a control character in a value', `GET / HTTP/1.1\r\n${head}X: \x01\r\n\r\n`, 400],
  ['a bare LF', `GET / HTTP/1.1\n${head}\r\n`, 400],
  ['a folded header', `GET / HTTP/1.1\r\n${head}X: a\r\n b\r\n\r\n`, 400],
  ['white space before a colon', `GET / HTTP/1.1\r\n${head}X : a\r\n\r\n`, 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two hosts', `GET / HTTP/1.1\r\n${head}${head}\r\n`, 400],
  ['a host with a slash', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
  ['all paths, but not to ask what is possible', `GET * HTTP/1.1\r\n${head}\r\n`, 400],
  ['CONNECT', `CONNECT a:1 HTTP/1.1\r\n${head}\r\n`, 405],
  ['TRACE', `TRACE / HTTP/1.1\r\n${head}\r\n`, 405],
  ['a tab beside it', `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n`, 400],
  ['another transfer-encoding', `POST / HTTP/1.1\r\n${head}Transfer-Encoding: gzip, chunked\r\n\r\n`, 501],
  ['an expectation', `POST / HTTP/1.1\r\n${head}Expect: magic\r\nContent-Length: 1\r\n\r\n`, 417],
  ['a target of 17,000 bytes', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\n${head}\r\n`, 414],
  ['a header of 17,000 bytes', `GET / HTTP/1.1\r\n${head}X: ${'a'.repeat(17_000)}\r\n\r\n`, 400],
  [
    'headers of 70,000 bytes',
    `GET / HTTP/1.1\r\n${head}${`X: ${'a'.repeat(7_000)}\r\n`.repeat(10)}\r\n`,
    400,
  ],
  ['300 headers', `GET / HTTP/1.1\r\n${head}${'X: a\r\n'.repeat(300)}\r\n`, 400],
  [
    'a chunk of a wrong size',
    `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
    400,
  ],
  ['a size that is none', `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['a host that is nobody’s', 'GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n', 404],
]

test('edge: malformed requests are answered and end their connection', async (t) => {
  const { port } = await origin(t)
  // Two doors, so that a host that is nobody's is not taken for the only one's.
  const { client } = await edge(t, {
    parts: [doorPart(frontDoor()), doorPart(frontDoor({ name: 'other' })), groupPart(group([target(port)]))],
  })
  for (const [name, sent, status] of malformed) {
    const one = client().send(sent)
    const [answer] = await one.answers(1)
    assert.equal(answer?.status, status, name)
    one.socket.destroy()
  }
  assert.equal(malformed.length, 24)
})

const wellFormed: readonly [
  name: string,
  sent: string,
  want: { method: string; url: string; body?: string },
][] = [
  ['a plain GET', get('/a?b=c'), { method: 'GET', url: '/a?b=c' }],
  ['an empty query', get('/a?'), { method: 'GET', url: '/a?' }],
  ['two question marks', get('/a?b?c'), { method: 'GET', url: '/a?b?c' }],
  ['a path with dots, as it is', get('/a/../b/./%2e%2e/c'), { method: 'GET', url: '/a/../b/./%2e%2e/c' }],
  [
    'an absolute target',
    `GET http://door.elb.localhost/abs HTTP/1.1\r\nHost: other\r\n\r\n`,
    { method: 'GET', url: '/abs' },
  ],
  ['a method of its own', `PROPFIND /dav HTTP/1.1\r\n${head}\r\n`, { method: 'PROPFIND', url: '/dav' }],
  [
    'a body by length',
    `POST /p HTTP/1.1\r\n${head}Content-Length: 5\r\n\r\nhello`,
    { method: 'POST', url: '/p', body: 'hello' },
  ],
  [
    'no body',
    `POST /p HTTP/1.1\r\n${head}Content-Length: 0\r\n\r\n`,
    { method: 'POST', url: '/p', body: '' },
  ],
  [
    'chunks, an extension and a trailer',
    `POST /c HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n`,
    { method: 'POST', url: '/c', body: 'abcde' },
  ],
  ['a line end before the request', `\r\n${get('/l')}`, { method: 'GET', url: '/l' }],
]

test('edge: requests arrive as they were meant', async (t) => {
  const { port, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  for (const [name, sent, want] of wellFormed) {
    const one = client().send(sent)
    const [answer] = await one.answers(1)
    assert.equal(answer?.status, 200, name)
    const got = asked.pop()
    assert.deepEqual({ method: got?.method, url: got?.url }, { method: want.method, url: want.url }, name)
    if (want.body !== undefined) assert.equal(got?.body.toString('latin1'), want.body, name)
    assert.equal(got?.headers['x-t'], undefined, 'trailers are dropped')
    one.socket.destroy()
  }
  assert.equal(wellFormed.length, 10)
})

test('edge: requests that come together are answered in their order, over one connection', async (t) => {
  const { port, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  const one = client().send(get('/1') + `POST /2 HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\nxy` + get('/3'))
  const answers = await one.answers(3)
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['GET /1', 'POST /2', 'GET /3'],
  )
  assert.equal(asked.length, 3)
  one.send(get('/4'))
  assert.equal((await one.answers(4))[3]?.body, 'GET /4')
})

test('edge: requests cut at any point, with bodies of any bytes, arrive unchanged', async (t) => {
  const { port, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 0, maxLength: 2_000 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
      async (body, chunked, cuts) => {
        const bytes = Buffer.from(body)
        const framed = chunked
          ? Buffer.concat([
              ...(bytes.length > 0
                ? [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]
                : []),
              Buffer.from('0\r\n\r\n'),
            ])
          : bytes
        const field = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`
        const all = Buffer.concat([Buffer.from(`POST /p HTTP/1.1\r\n${head}${field}\r\n\r\n`), framed])
        const one = client()
        let at = 0
        for (const cut of cuts) {
          one.send(all.subarray(at, at + cut))
          at += cut
          await new Promise(setImmediate)
        }
        if (at < all.length) one.send(all.subarray(at))
        const [answer] = await one.answers(1)
        assert.equal(answer?.status, 200)
        assert.ok(asked.pop()?.body.equals(bytes))
        one.socket.destroy()
      },
    ),
    { numRuns: 60 },
  )
})

test('edge: large bodies go both ways, whoever is slower', async (t) => {
  const size = 8 * 1024 * 1024
  const { port, asked } = await origin(t, (_request, response) => response.end(Buffer.alloc(size, 0x61)))
  const { client } = await edgeBefore(t, port)
  const one = client()
  one.socket.pause()
  one.send(`POST /big HTTP/1.1\r\n${head}Content-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size, 0x62))
  await sleep(300)
  one.socket.resume()
  await one.until((received) => received.length > size, 20_000)
  assert.equal(asked[0]?.body.length, size)
  assert.ok(asked[0]?.body.every((byte) => byte === 0x62))
})

test('edge: a client that waits for a word gets it, once the body is wanted', async (t) => {
  const { port, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  const one = client().send(`POST /e HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`)
  await one.until((received) => received.startsWith('HTTP/1.1 100 Continue\r\n\r\n'))
  one.send('abc')
  await one.until((received) => received.includes('POST /e'))
  assert.equal(asked[0]?.body.toString(), 'abc')
  assert.equal(asked[0]?.headers['expect'], undefined)
})

const answersOfTargets: readonly [name: string, sent: string, want: RegExp][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', /content-length: 2\r\n\r\nok$/],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    /\r\n\r\n2\r\nok\r\n0\r\n\r\n$/,
  ],
  [
    'early hints',
    'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    /^HTTP\/1\.1 103 .*\r\nLink: <a>\r\n\r\nHTTP\/1\.1 200 OK/s,
  ],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', /^HTTP\/1\.1 204 No Content\r\n\r\n$/],
  ['not modified', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', /^HTTP\/1\.1 304 .*ETag: "x"\r\n\r\n$/s],
  [
    'fields of the connection are not handed on',
    'HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nContent-Length: 0\r\n\r\n',
    /^(?!.*(?:x-hop|keep-alive))/is,
  ],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok', /^HTTP\/1\.1 502 /],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 502 /,
  ],
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 502 /],
  ['a bare LF in its head', 'HTTP/1.1 200 OK\nX: y\r\n\r\n', /^HTTP\/1\.1 502 /],
  ['a head of 40,000 bytes', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 502 /],
  ['a protocol that nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', /^HTTP\/1\.1 502 /],
]

test('edge: a target’s answers are read as strictly', async (t) => {
  let next = ''
  const { port } = await rawOrigin(t, (socket) => socket.write(Buffer.from(next, 'latin1')))
  const { client } = await edgeBefore(t, port)
  for (const [name, sent, want] of answersOfTargets) {
    next = sent
    const one = client().send(get('/'))
    await one.until((received) => want.test(received) && received !== '')
    assert.match(one.received, want, name)
    one.socket.destroy()
  }
  assert.equal(answersOfTargets.length, 12)
})

test('edge: an answer that breaks off is cut, so that nobody takes it for a whole one', async (t) => {
  const { port } = await rawOrigin(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n')
    setTimeout(() => socket.write('zz\r\n'), 50)
  })
  const { client, records } = await edgeBefore(t, port)
  const one = client().send(get('/'))
  await one.until((_received, closed) => closed)
  assert.match(one.received, /^HTTP\/1\.1 200 OK\r\n.*2\r\nok\r\n$/s)
  assert.equal(records[0]?.target?.statusCode, 200)
})

test('edge: an answer that ends with its connection is handed on in chunks', async (t) => {
  const { port } = await rawOrigin(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'))
  const { client } = await edgeBefore(t, port)
  const [answer] = await client().send(get('/')).answers(1)
  assert.deepEqual([answer?.status, answer?.body], [200, 'all of it'])
})

test('edge: HEAD has no body and keeps its length; a client of 1.0 is answered and left', async (t) => {
  const { port } = await origin(t)
  const { client } = await edgeBefore(t, port)
  const headed = client().send(`HEAD /h HTTP/1.1\r\n${head}\r\n`)
  await headed.until((received) => received.includes('\r\n\r\n'))
  await sleep(50)
  assert.ok(headed.received.endsWith('\r\n\r\n'))
  const old = client().send(`GET /old HTTP/1.0\r\n${head}\r\n`)
  await old.until((_received, closed) => closed)
  assert.match(old.received, /^HTTP\/1\.1 200 OK\r\n.*\r\nconnection: close\r\n\r\nGET \/old$/s)
})

test('edge: what smells of smuggling is refused or kept by itself, as the balancer says', async (t) => {
  const { port, asked } = await origin(t)
  for (const [mode, status, closes] of [
    ['monitor', 200, false],
    ['defensive', 200, true],
    ['strictest', 400, true],
  ] as const) {
    const door = frontDoor()
    const { client, records } = await edge(t, {
      parts: [
        doorPart({ ...door, attributes: { ...door.attributes, desyncMitigationMode: mode } }),
        groupPart(group([target(port)])),
      ],
    })
    const one = client().send(`GET /b HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\nxy`)
    const [answer] = await one.answers(1)
    assert.equal(answer?.status, status, mode)
    assert.equal(/\r\nconnection: close/.test(answer?.head ?? ''), closes, mode)
    await one.until(() => records.length > 0)
    assert.deepEqual(records[0]?.classification, {
      is: 'Ambiguous',
      reason: 'UndefinedContentLengthSemantics',
    })
  }
  assert.equal(asked.length, 2)
})

test('edge: a client that goes away in its body leaves no request behind', async (t) => {
  const { port, asked } = await origin(t)
  const { records, client } = await edgeBefore(t, port)
  const one = client().send(`POST /gone HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\nabc`)
  await sleep(100)
  one.socket.destroy()
  const other = new Client(one.socket.remotePort ?? 0)
  other.socket.destroy()
  while (records.length === 0) await sleep(10)
  assert.equal(records[0]?.statusCode, 460)
  assert.deepEqual(asked, [])
})
