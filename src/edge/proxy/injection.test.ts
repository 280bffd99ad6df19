// Goal: nobody's text becomes a line, a message or a speaker of its own: not the client's or the operator's towards the target, nor the target's towards
// its client or a neighbour. Method: bytes before origins that show what they were sent; each way to inject is a row.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Arn } from '#core/arn.ts'
import type { Guard } from '../guard.ts'
import {
  doorPart,
  edge,
  edgeBefore,
  frontDoor,
  get,
  head,
  listener,
  origin,
  rawOrigin,
  rule,
} from '../rig.test.ts'

/** An origin that keeps what it was sent, and says `ok`. */
async function listeningOrigin(t: TestContext) {
  const heard: string[] = []
  const made = await rawOrigin(t, (socket, text) => {
    heard.push(text)
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  return { ...made, heard }
}

const split = 'X-Split: 1'

test('edge: what a web ACL or a login inserts is one line, or none', async (t) => {
  const { port, heard } = await listeningOrigin(t)
  const inserted = [
    ['x-amzn-waf-a', `a\r\n${split}`],
    ['x-amzn-waf-b', `a\n${split}`],
    // Cut to bytes, these are a CR and an LF.
    ['x-amzn-waf-c', `a\u010d\u010a${split}`],
    ['x-amzn-waf-d', `a\0${split}`],
    [`x-amzn-waf-e: a\r\n${split}\r\nx`, 'a'],
    ['x-amzn-waf-good', 'yes'],
  ] as const
  const guard: Guard = { bodyBytesMax: 0, judge: () => ({ insertedHeaders: inserted }) }
  const door = frontDoor({ webACL: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn }) // One.
  const { client } = await edgeBefore(t, port, { door, guard })
  assert.equal((await client().send(get('/')).answers(1))[0]?.status, 200)
  assert.equal(heard.length, 1)
  assert.doesNotMatch(heard[0] ?? '', /split/i)
  assert.match(heard[0] ?? '', /\r\nx-amzn-waf-good: yes\r\n/)
})

test('edge: a redirect and a fixed answer stay one head, whatever a path or the operator says', async (t) => {
  const redirect = (path: string, priority: number, from: string) =>
    rule(
      {
        type: 'redirect',
        statusCode: 302,
        ...{ protocol: '#{protocol}', host: '#{host}', port: '#{port}', path, query: '#{query}' },
      },
      [{ field: 'path-pattern', match: 'wildcard', values: [from] }],
      priority,
    )
  const rules = [
    redirect('/moved/#{path}', 1, '/a*'),
    redirect(`/\u010d\u010a${split}`, 2, '/b*'),
    ...listener().rules,
  ]
  const { client } = await edge(t, { parts: [doorPart(frontDoor({ listeners: [listener({ rules })] }))] })
  const rows: readonly (readonly [path: string, location: string | undefined])[] = [
    ['/a%0d%0aX-Split:1?b=%0aX-Split:1', '/moved/a%0d%0aX-Split:1?b=%0aX-Split:1'],
    ['/a//evil.example/', '/moved/a//evil.example/'],
    ['/a@evil.example:80', '/moved/a@evil.example:80'],
    ['/a#{host}#{query}?#{path}', '/moved/a#{host}#{query}?#{path}'],
    ['/a\xe5\x98\x8d\xe5\x98\x8aX-Split:1', '/moved/a\xe5\x98\x8d\xe5\x98\x8aX-Split:1'],
    ['/b', undefined],
  ]
  for (const [path, location] of rows) {
    const [answer] = await client().send(get(path)).answers(1)
    assert.equal(answer?.status, 302, path)
    const found = [...answer.head.matchAll(/\r\nLocation: (\S+)/gi)].map(([, place]) => place)
    const origin = 'http://door.elb.localhost:80'
    assert.deepEqual(found, location === undefined ? [] : [origin + location], path)
    assert.doesNotMatch(answer.head, /\r\nX-Split/i, path)
  }
  assert.equal(rows.length, 6)
})

test('edge: a connection changes to WebSocket and to nothing else', async (t) => {
  const { port, heard } = await listeningOrigin(t)
  const { client } = await edgeBefore(t, port)
  const others = ['h2c', 'websocket, h2c', 'TLS/1.0', 'HTTP/2.0', 'websocket\t, websocket']
  for (const protocol of others) {
    const asked = get(
      '/',
      `Upgrade: ${protocol}`,
      'Connection: Upgrade, HTTP2-Settings',
      'HTTP2-Settings: AAA',
    )
    assert.equal((await client().send(asked).answers(1))[0]?.status, 200, protocol)
    assert.doesNotMatch(heard.at(-1) ?? '', /upgrade|http2-settings/i, protocol)
  }
  assert.equal(heard.length, others.length)
  await client().send(get('/', 'HTTP2-Settings: AAA')).answers(1)
  assert.doesNotMatch(heard.at(-1) ?? '', /http2-settings/i)
  const liar = await rawOrigin(t, (socket) =>
    socket.write('HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'),
  )
  const before = await edgeBefore(t, liar.port)
  const [answer] = await before
    .client()
    .send(get('/', 'Upgrade: WebSocket', 'Connection: upgrade'))
    .answers(1)
  assert.equal(answer?.status, 502)
})

test('edge: no field of a trailer becomes one of the head', async (t) => {
  const { port, asked } = await origin(t)
  const { client } = await edgeBefore(t, port)
  const rows: readonly (readonly [field: string, status: number])[] = [
    ['Authorization: Bearer forged', 400],
    ['Content-Length: 0', 400],
    ['Host: other', 400],
    ['Transfer-Encoding: chunked', 400],
    ['Content-Type: text/html', 400],
    ['X: a\0', 400],
    ['X : a', 400],
    [' X: a', 400],
    ['Cookie: aws-waf-token=a', 200],
    ['X-Aws-Waf-Token: a', 200],
    ['X-Forwarded-For: 192.0.2.9', 200],
    ['X-Amzn-Oidc-Data: a', 200],
    ['X-Trailer: a', 200],
  ]
  for (const [field, status] of rows) {
    const sent = `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\na\r\n0\r\n${field}\r\n\r\n`
    assert.equal((await client().send(sent).answers(1))[0]?.status, status, field)
  }
  assert.equal(asked.length, rows.filter(([, status]) => status === 200).length)
  for (const { headers, body } of asked) {
    assert.equal(body.toString(), 'a')
    assert.equal(headers['x-forwarded-for'], '127.0.0.1')
    for (const name of ['cookie', 'x-aws-waf-token', 'x-amzn-oidc-data', 'x-trailer', 'trailer'])
      assert.equal(headers[name], undefined, name)
  }
  assert.equal(rows.length, 13)
})

const forged = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged'

/** Answers to the first request over a connection, which a second one is to get nothing of; `heads`: what the client sees of the first. */
const messages: readonly (readonly [
  sentence: string,
  method: string,
  answer: string,
  heads: RegExp,
])[] = [
  ['more than its length', 'GET', `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${forged}`, /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/],
  ['a body to a HEAD', 'HEAD', `HTTP/1.1 200 OK\r\nContent-Length: ${forged.length}\r\n\r\n${forged}`, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/],
  ['a body of none', 'GET', `HTTP/1.1 204 No Content\r\n\r\n${forged}`, /^HTTP\/1\.1 204 [^]*\r\n\r\n$/],
  ['a body of what is not modified', 'GET', `HTTP/1.1 304 Not Modified\r\n\r\n${forged}`, /^HTTP\/1\.1 304 [^]*\r\n\r\n$/],
  ['chunks, and more', 'GET', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${forged}`, /\r\n\r\n2\r\nok\r\n0\r\n\r\n$/],
  ['a trailer', 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nSet-Cookie: a=b\r\n\r\n', /\r\n\r\n2\r\nok\r\n0\r\n\r\n$/],
  ['three lengths that agree', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a list of lengths', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a length with a plus', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['two encodings', 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', /^HTTP\/1\.1 502 /],
  ['chunks of HTTP/1.0', 'GET', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /^HTTP\/1\.1 502 /],
  ['a folded line', 'GET', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a space before a colon', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a CR in a value', 'GET', 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['an LF in a value', 'GET', 'HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a NUL in a value', 'GET', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a name with a space', 'GET', 'HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['no name', 'GET', 'HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['many fields', 'GET', `HTTP/1.1 200 OK\r\n${'X: a\r\n'.repeat(300)}Content-Length: 2\r\n\r\nok`, /^HTTP\/1\.1 502 /],
  ['a status of four digits', 'GET', 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['another version', 'GET', 'HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['a reason with a control character', 'GET', 'HTTP/1.1 200 \x1b[2J\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['many answers before the answer', 'GET', `${'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n'.repeat(17)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`, /HTTP\/1\.1 502 /],
  ['many that nobody sees', 'GET', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(17)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`, /^HTTP\/1\.1 502 /],
] // prettier-ignore

test('edge: what a target says is one answer, to whom it was asked for', async (t) => {
  const state = { answer: '', connections: new Set<unknown>() }
  const { port } = await rawOrigin(t, (socket, asked) => {
    state.connections.add(socket)
    const isFirst = /^\w+ \/first /.test(asked)
    socket.write(
      Buffer.from(isFirst ? state.answer : 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue', 'latin1'),
    )
  })
  const { client } = await edgeBefore(t, port)
  for (const [sentence, method, answer, seen] of messages) {
    state.answer = answer
    const first = client().send(get('/first').replace('GET', method))
    await first.until((received) => seen.test(received))
    const second = client().send(get('/second'))
    const [next] = await second.answers(1)
    assert.deepEqual([next?.status, next?.body], [200, 'true'], sentence)
    assert.match(first.received, seen, sentence)
    assert.doesNotMatch(first.received, /forged|set-cookie/i, sentence)
    for (const one of [first, second]) one.socket.destroy()
  }
  assert.equal(messages.length, 24)
})

test('edge: a body to a HEAD that comes late is no answer to whoever asks next', async (t) => {
  let late: (() => void) | undefined
  const { port } = await rawOrigin(t, (socket, asked) => {
    if (asked.startsWith('HEAD')) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${forged.length}\r\n\r\n`)
      late = () => void socket.write(forged)
      return
    }
    late?.() // Before anything else, if it is the same connection.
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue')
  })
  const { client } = await edgeBefore(t, port)
  await client()
    .send(get('/').replace('GET', 'HEAD'))
    .until((received) => received.endsWith('\r\n\r\n'))
  const [answer] = await client().send(get('/')).answers(1)
  assert.equal(answer?.body, 'true')
})

test('edge: an answer that comes before its request has ended ends their connection', async (t) => {
  const heard: { readonly socket: unknown; readonly text: string }[] = []
  const { port } = await rawOrigin(t, (socket, text) => {
    heard.push({ socket, text })
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${text.includes('/early') ? 'early' : 'plain'}`)
  })
  const { client } = await edgeBefore(t, port)
  const hidden = get('/hidden')
  const one = client().send(`POST /early HTTP/1.1\r\n${head}Content-Length: ${hidden.length}\r\n\r\n`)
  assert.equal((await one.answers(1))[0]?.body, 'early')
  one.send(hidden)
  const [next] = await client().send(get('/next')).answers(1)
  assert.equal(next?.body, 'plain')
  assert.deepEqual(
    heard.map(({ text }) => text.split(' ')[1]),
    ['/early', '/next'],
  )
  assert.notEqual(heard[0]?.socket, heard[1]?.socket)
})
