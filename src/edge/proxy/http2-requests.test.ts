// Goal: what a client says in frames of HTTP/2 becomes one request of HTTP/1 that says the same, or none; no target's answer breaks the edge on its way back.
// Method: heads and bodies byte by byte, each refusal a row: nothing reaches the target, and the next one is served; answers as bytes, asked for by node's client.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { origin, rawOrigin } from '../rig.test.ts'
import { endHeaders, endStream, field, frame, framesIn, get, http2Edge } from './http2-rig.test.ts'
import { readHttp2Request } from './http2-request.ts'

const whole = endHeaders | endStream
const line = (name: string, value: string) => [name, value] as const
type Line = ReturnType<typeof line>
const block = (...lines: readonly Line[]): Buffer =>
  Buffer.concat(lines.map(([name, value]) => field(name, value)))

const scheme = line(':scheme', 'https')
const authority = line(':authority', 'shop.example')
const method = line(':method', 'GET')
const path = line(':path', '/')
const plain = [method, scheme, path, authority] as const
const withFields = (...lines: readonly Line[]): Buffer =>
  frame('headers', whole, 1, block(...plain, ...lines))
const withPath = (text: string): Buffer =>
  frame('headers', whole, 1, block(method, scheme, line(':path', text), authority))
const withMethod = (text: string): Buffer =>
  frame('headers', whole, 1, block(line(':method', text), scheme, path, authority))
const withAuthority = (text: string): Buffer =>
  frame('headers', whole, 1, block(method, scheme, path, line(':authority', text)))
const posted = (...lines: readonly Line[]): Buffer =>
  frame('headers', endHeaders, 1, block(line(':method', 'POST'), scheme, path, authority, ...lines))
const data = (text: string, flags = 0): Buffer => frame('data', flags, 1, Buffer.from(text))
const noError = Buffer.alloc(4)

const refused: readonly (readonly [sentence: string, frames: readonly Buffer[]])[] = [
  ['a name in capitals', [withFields(line('X', 'a'))]],
  ['a path with a line end', [withPath('/ HTTP/1.1\r\nx-split: 1')]],
  ['a path with a space', [withPath('/a HTTP/1.1')]],
  ['a path with a NUL', [withPath('/a\0')]],
  ['a path without a slash', [withPath('a')]],
  ['an empty path', [withPath('')]],
  ['a path in absolute form', [withPath('https://other.example/')]],
  ['all paths, but not to ask what is possible', [withPath('*')]],
  ['a method with a request', [withMethod('GET / HTTP/1.1\r\nx-split: 1\r\n\r\nGET')]],
  ['a method with a space', [withMethod('GET /')]],
  ['an empty method', [withMethod('')]],
  ['CONNECT', [withMethod('CONNECT')]],
  ['CONNECT as it should be', [frame('headers', whole, 1, block(line(':method', 'CONNECT'), authority))]],
  ['TRACE', [withMethod('TRACE')]],
  ['a host with a line end', [withAuthority('shop.example\r\nx-split: 1')]],
  ['a host with a path', [withAuthority('shop.example/a')]],
  ['a host with a user', [withAuthority('a@shop.example')]],
  ['a host with a space', [withAuthority('shop.example b')]],
  ['two hosts that differ', [withFields(line('host', 'other.example'))]],
  ['two hosts beside none', [frame('headers', whole, 1, block(method, scheme, path, line('host', 'a'), line('host', 'b')))]],
  ['no host', [frame('headers', whole, 1, block(method, scheme, path))]],
  ['no path', [frame('headers', whole, 1, block(method, scheme, authority))]],
  ['no method', [frame('headers', whole, 1, block(scheme, path, authority))]],
  ['no scheme', [frame('headers', whole, 1, block(method, path, authority))]],
  ['two methods', [frame('headers', whole, 1, block(method, ...plain))]],
  ['two paths', [frame('headers', whole, 1, block(path, ...plain))]],
  ['two authorities', [frame('headers', whole, 1, block(authority, ...plain))]],
  ['a pseudo-header behind a field', [frame('headers', whole, 1, block(method, scheme, authority, line('x', 'a'), path))]],
  ['a pseudo-header that there is not', [frame('headers', whole, 1, block(...plain, line(':x', 'a')))]],
  ['a pseudo-header of answers', [frame('headers', whole, 1, block(...plain, line(':status', '200')))]],
  ['a protocol nobody offers', [frame('headers', whole, 1, block(line(':method', 'CONNECT'), line(':protocol', 'websocket'), scheme, path, authority))]],
  ['connection', [withFields(line('connection', 'host'))]],
  ['keep-alive', [withFields(line('keep-alive', '1'))]],
  ['proxy-connection', [withFields(line('proxy-connection', 'close'))]],
  ['transfer-encoding', [posted(line('transfer-encoding', 'chunked')), data('0\r\n\r\n', endStream)]],
  ['upgrade', [withFields(line('upgrade', 'h2c'))]],
  ['http2-settings', [withFields(line('http2-settings', 'AAMAAABk'))]],
  ['te for other than trailers', [withFields(line('te', 'chunked'))]],
  ['an expectation', [posted(line('expect', 'magic'), line('content-length', '1')), data('a', endStream)]],
  ['two types of content', [withFields(line('content-type', 'text/plain'), line('content-type', 'application/json'))]],
  ['two authorizations', [withFields(line('authorization', 'a'), line('authorization', 'b'))]],
  ['a length and no body', [withFields(line('content-length', '5'))]],
  ['two lengths', [posted(line('content-length', '1'), line('content-length', '1')), data('a', endStream)]],
  ['a length that is none', [posted(line('content-length', '+1')), data('a', endStream)]],
  ['a list of lengths', [posted(line('content-length', '1, 1')), data('a', endStream)]],
  ['less than its length', [posted(line('content-length', '5')), data('abc', endStream)]],
  ['more than its length', [posted(line('content-length', '3')), data('abcGET / HTTP/1.1\r\n\r\n', endStream)]],
  ['a trailer that is a pseudo-header', [posted(), data('abc'), frame('headers', whole, 1, block(line(':path', '/b')))]],
  ['a head in the place of a trailer, without an end', [posted(), data('abc'), frame('headers', endHeaders, 1, block(line('x', 'a')))]],
] // prettier-ignore

/** Fields that the library leaves out, of requests that go on without them. */
const leftOut: readonly (readonly [sentence: string, frames: readonly Buffer[]])[] = [
  ['a value with a line end', [withFields(line('x', 'a\r\nx-split: 1'))]],
  ['a value with a CR', [withFields(line('x', 'a\rb'))]],
  ['a value with an LF', [withFields(line('x', 'a\nx-split: 1'))]],
  ['a value with a NUL', [withFields(line('x', 'a\0b'))]],
  ['a value with a control character', [withFields(line('x', 'a\x01b'))]],
  ['a name with a line end', [withFields(line('x\r\ny', 'a'))]],
  ['a name with a space', [withFields(line('x y', 'a'))]],
  ['a name with a colon', [withFields(line('x:y', 'a'))]],
  ['a name beyond ASCII', [withFields(line('x\xe9', 'a'))]],
  ['no name', [withFields(line('', 'a'))]],
  ['a trailer with a line end', [posted(), data('abc'), frame('headers', whole, 1, block(line('x', 'a\r\nb: c')))]],
] // prettier-ignore

/** Says it over a connection, and hears whether it is refused. */
function said(socket: TLSSocket, frames: readonly Buffer[]) {
  let received = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => (received = Buffer.concat([received, bytes])))
  socket.write(Buffer.concat(frames))
  const isRefused = (): boolean =>
    socket.closed ||
    framesIn(received).some(({ type, stream }) => type === 'goAway' || (type === 'reset' && stream === 1))
  return { socket, isRefused }
}

async function waitFor(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 500; waited += 1) await sleep(10)
}

test('edge: what cannot be said as one request of HTTP/1 reaches nobody', async (t) => {
  const { port, asked } = await origin(t)
  const { open } = await http2Edge(t, port)
  for (const [sentence, frames] of refused) {
    const { socket, isRefused } = said(await open(), frames)
    await waitFor(isRefused)
    assert.ok(isRefused(), `${sentence}: nothing was said of it`)
    assert.deepEqual(asked, [], sentence)
    socket.destroy()
  }
  assert.equal(refused.length, 49)
  // Nothing of all that was wrong by itself.
  const { socket } = said(await open(), [posted(line('content-length', '3')), data('abc', endStream)])
  await waitFor(() => asked.length > 0)
  assert.equal(asked[0]?.body.toString(), 'abc')
  socket.destroy()
})

test('edge: half a body that is taken back, without an error even, is never whole', async (t) => {
  let heard = ''
  const { port } = await rawOrigin(t, (_, text) => (heard += text))
  const { open } = await http2Edge(t, port)
  for (const fields of [[], [line('content-length', '5')]]) {
    heard = ''
    const socket = await open()
    socket.resume().write(Buffer.concat([posted(...fields), data('abc')]))
    await waitFor(() => heard.includes('abc'))
    socket.write(frame('reset', 0, 1, noError))
    await sleep(100)
    assert.match(heard, /\r\n\r\n(?:3\r\n)?abc(?:\r\n)?$/)
    socket.destroy()
  }
})

test('edge: a field that is none is left out, and leaves nothing behind', async (t) => {
  const { port, asked } = await origin(t)
  const { open } = await http2Edge(t, port)
  for (const [sentence, frames] of leftOut) {
    const { socket, isRefused } = said(await open(), frames)
    await waitFor(() => isRefused() || asked.length > 0)
    const [request] = asked.splice(0)
    const { host, 'transfer-encoding': _, ...headers } = request?.headers ?? assert.fail(sentence)
    assert.equal(host, 'shop.example', sentence)
    assert.deepEqual(
      Object.keys(headers),
      ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id'],
      sentence,
    )
    socket.destroy()
  }
  assert.equal(leftOut.length, 11)
})

test('edge: no field behind a body becomes one of the head', async (t) => {
  const { port, asked } = await origin(t)
  const { open } = await http2Edge(t, port)
  const forbidden = {
    ...{ authorization: 'Bearer forged', 'content-length': '0', cookie: 'aws-waf-token=a' },
    ...{ host: 'other.example', 'x-amzn-oidc-data': 'a', 'x-forwarded-for': '192.0.2.9', 'x-trailer': 'a' },
  }
  let sent = 0
  for (const [name, value] of Object.entries(forbidden)) {
    const trailer = frame('headers', whole, 1, block(line(name, value)))
    const { socket, isRefused } = said(await open(), [posted(), data('abc'), trailer])
    const before = asked.length
    await waitFor(() => isRefused() || asked.length > before)
    socket.destroy()
    sent += 1
  }
  // Those that the library refuses are not asked at all; none is asked with what trailed.
  assert.ok(asked.length >= 5, `${asked.length} were asked`)
  for (const { headers, body } of asked) {
    assert.equal(body.toString(), 'abc')
    assert.equal(headers.host, 'shop.example')
    assert.equal(headers['x-forwarded-for'], '127.0.0.1')
    for (const name of ['authorization', 'content-length', 'cookie', 'x-amzn-oidc-data', 'x-trailer'])
      assert.equal(headers[name], undefined, name)
  }
  assert.equal(sent, 7)
})

test('edge: a head is read as strictly as one of HTTP/1, whatever the library lets through', () => {
  const place = { address: '192.0.2.1', clientPort: 1, port: 443, tls: undefined }
  const good = { ':method': 'GET', ':path': '/', ':authority': 'shop.example' }
  const read = (more: Readonly<Record<string, string | undefined>>, ...lines: readonly Line[]) =>
    readHttp2Request({ ...good, ...more }, [...plain, ...lines].flat(), place, 0)
  assert.equal(read({})?.host, 'shop.example')
  assert.equal(read({ ':method': 'OPTIONS', ':path': '*' })?.path, '*')
  const heads: readonly Readonly<Record<string, string | undefined>>[] = [
    ...['a@b', 'a/b', 'a b', 'a\r\nb', 'a"b', 'a?b', 'a#b'].map((host) => ({ ':authority': host })),
    ...['a', '', '*', '/a b', '/\r\nx: y', '/\0', 'http://a/'].map((at) => ({ ':path': at })),
    ...['TRACE', 'CONNECT', 'GET /', 'GET\r\n', ''].map((by) => ({ ':method': by })),
    ...[{ host: 'other.example' }, { ':authority': undefined }, { ':path': undefined }],
  ]
  for (const head of heads) assert.equal(read(head), undefined, JSON.stringify(head))
  const lines = [
    line('te', 'gzip'),
    line('connection', 'close'),
    line('x', 'a\r\nb: c'),
    line('x', '\u010a'),
    line('x y', 'a'),
    line('expect', 'magic'),
  ]
  for (const one of lines) assert.equal(read({}, one), undefined, one.join(': '))
  assert.deepEqual([heads.length, lines.length], [22, 6])
})

test('edge: cookies that came apart go on as one', () => {
  const raw = [...plain, line('cookie', 'a=1'), line('x', 'y'), line('cookie', 'b=2')].flat()
  const place = { address: '192.0.2.1', clientPort: 1, port: 443, tls: undefined }
  const head = { ':method': 'GET', ':path': '/', ':authority': 'shop.example' }
  const { headers } = readHttp2Request(head, raw, place, 0) ?? assert.fail('it is refused')
  assert.deepEqual(headers, [
    ['host', 'shop.example'],
    ['x', 'y'],
    ['cookie', 'a=1; b=2'],
  ])
})

const ok = (...lines: readonly string[]): string =>
  ['HTTP/1.1 200 OK', ...lines, 'Content-Length: 2', '', 'ok'].join('\r\n')

/** Answers that a library for HTTP/2 may not take as they are, and what a client gets. */
const answers: readonly (readonly [sentence: string, answer: string, status: number])[] = [
  ['a date twice', ok('Date: a', 'Date: b'), 200],
  ['a place twice', ok('Location: /a', 'Location: /b'), 200],
  ['a tag twice', ok('ETag: "a"', 'ETag: "b"'), 200],
  ['settings', ok('HTTP2-Settings: AAMAAABk'), 200],
  ['te', ok('TE: gzip'), 200],
  ['a name of the prototype', ok('__proto__: a', 'constructor: b'), 200],
  ['bytes beyond ASCII', ok('X: \xe9\xff'), 200],
  ['a status beyond all', 'HTTP/1.1 999 X\r\nContent-Length: 2\r\n\r\nok', 502],
  ['the last one there is', 'HTTP/1.1 599 X\r\nContent-Length: 2\r\n\r\nok', 599],
  ['a body where there is none', 'HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok', 205],
  ['hints, a date twice', `HTTP/1.1 103 Early Hints\r\nDate: a\r\nDate: b\r\n\r\n${ok()}`, 200],
  ['a protocol that nobody asked for', 'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n', 502],
  ['a line end within a value', ok('X: a\rb'), 502],
] // prettier-ignore

test('edge: whatever a target answers, a client of HTTP/2 gets it or a refusal, and the edge lives', async (t) => {
  let next = ''
  const { port } = await rawOrigin(t, (socket) => socket.write(Buffer.from(next, 'latin1')))
  const { ports } = await http2Edge(t, port)
  const session = connectHttp2(`https://127.0.0.1:${ports.https}`, {
    ...{ rejectUnauthorized: false, servername: 'shop.example' },
  })
  t.after(() => session.destroy())
  for (const [sentence, answer, status] of answers) {
    next = answer
    const stream = session.request({ ':path': '/', ':authority': 'shop.example' })
    const [head] = (await once(stream.resume(), 'response')) as [Record<string, unknown>]
    assert.equal(head[':status'], status, sentence)
    if (!stream.closed) await once(stream, 'close')
  }
  assert.equal(answers.length, 13)
})

test('edge: the frames of this test are those that a browser’s are', async (t) => {
  const { port, asked } = await origin(t)
  const { open } = await http2Edge(t, port)
  for (const head of [get, block(...plain)]) {
    const before = asked.length
    const { socket } = said(await open(), [frame('headers', whole, 1, head)])
    await waitFor(() => asked.length > before)
    socket.destroy()
  }
  assert.deepEqual(
    asked.map(({ method: by, url, headers }) => [by, url, headers.host]),
    [
      ['GET', '/', 'shop.example'],
      ['GET', '/', 'shop.example'],
    ],
  )
})
