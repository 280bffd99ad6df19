// Goal: a response says what it was given and where it ends; nothing in it can end a line or begin another response.
// Method: rows for each kind of body; every character in names and values; random responses read back by node's own client parser.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HttpResponse } from '../http.ts'
import { createResponseWriter, type ResponseContext, type Written } from './response-writer.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

const nowMs = Date.UTC(2026, 1, 3, 4, 5, 6, 789)
const write = createResponseWriter(() => nowMs)
const date = 'date: Tue, 03 Feb 2026 04:05:06 GMT\r\n'
const plain: ResponseContext = { method: 'GET', close: false }

function text(written: Written): string {
  if (typeof written === 'string') return written
  if (Buffer.isBuffer(written)) return written.toString('latin1')
  return written[0] + Buffer.from(written[1]).toString('latin1')
}

const rows: readonly (readonly [
  name: string,
  response: HttpResponse,
  context: ResponseContext,
  want: string,
])[] = [
  [
    'a text',
    { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'ok' },
    plain,
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${date}content-length: 2\r\n\r\nok`,
  ],
  [
    'no body',
    { status: 403, headers: {}, body: '' },
    plain,
    `HTTP/1.1 403 Forbidden\r\n${date}content-length: 0\r\n\r\n`,
  ],
  [
    'a text beyond ASCII, counted in bytes',
    { status: 200, headers: { x: 'é' }, body: 'ä€\u{1f600}' },
    plain,
    `HTTP/1.1 200 OK\r\nx: \xe9\r\n${date}content-length: 9\r\n\r\n\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80`,
  ],
  [
    'half a character, replaced and counted so',
    { status: 200, headers: {}, body: '\ud800' },
    plain,
    `HTTP/1.1 200 OK\r\n${date}content-length: 3\r\n\r\n\xef\xbf\xbd`,
  ],
  [
    'bytes',
    { status: 200, headers: {}, body: Uint8Array.of(0, 255, 10) },
    plain,
    `HTTP/1.1 200 OK\r\n${date}content-length: 3\r\n\r\n\0\xff\n`,
  ],
  [
    'a HEAD, with the length of the body that it lacks',
    { status: 200, headers: {}, body: 'abc' },
    { method: 'HEAD', close: false },
    `HTTP/1.1 200 OK\r\n${date}content-length: 3\r\n\r\n`,
  ],
  ['204', { status: 204, headers: {}, body: '' }, plain, `HTTP/1.1 204 No Content\r\n${date}\r\n`],
  ['304', { status: 304, headers: {}, body: '' }, plain, `HTTP/1.1 304 Not Modified\r\n${date}\r\n`],
  [
    'the last answer',
    { status: 200, headers: { connection: 'close' }, body: '' },
    { method: 'GET', close: true },
    `HTTP/1.1 200 OK\r\n${date}content-length: 0\r\nconnection: close\r\n\r\n`,
  ],
  [
    'a status without a phrase',
    { status: 299, headers: {}, body: '' },
    plain,
    `HTTP/1.1 299 \r\n${date}content-length: 0\r\n\r\n`,
  ],
]

for (const [name, response, context, want] of rows) {
  test(`response: ${name}`, () => assert.equal(text(write(response, context)), want))
}

const bugs: readonly (readonly [name: string, response: Partial<HttpResponse>])[] = [
  ['an interim status', { status: 100 }],
  ['a status beyond all', { status: 600 }],
  ['a status that is no number', { status: Number.NaN }],
  ['a status with a fraction', { status: 200.5 }],
  ['a body where none may be', { status: 204, body: 'x' }],
  ['a name with a colon', { headers: { 'x:': 'y' } }],
  ['an empty name', { headers: { '': 'y' } }],
  ['a value with a line end', { headers: { x: 'a\r\nset-cookie: b' } }],
  ['a value that would be cut to a line end', { headers: { x: 'a\u010d\u010ab' } }],
  ['a value that is none', { headers: { x: undefined as unknown as string } }], // What a type cannot keep out.
  ['a value that is a list', { headers: { x: ['a'] as unknown as string } }], // What a type cannot keep out.
  ...[
    'content-length',
    'Content-Length',
    'transfer-encoding',
    'date',
    'trailer',
    'te',
    'upgrade',
    'keep-alive',
  ].map((name) => [`a ${name} of its own`, { headers: { [name]: '1' } }] as const),
  ['a connection of its own', { headers: { connection: 'upgrade' } }],
  ['a Connection in capitals', { headers: { Connection: 'close' } }],
]

for (const [name, response] of bugs) {
  test(`response: ${name} is a bug`, () => {
    const whole = { status: 200, headers: {}, body: '', ...response }
    assert.throws(() => write(whole, plain), { code: 'ERR_ASSERTION' })
  })
}

test('response: all rows ran', () => assert.deepEqual([rows.length, bugs.length], [10, 21]))

test('response: of all characters, only those that HTTP has pass in a name or a value', () => {
  const passes = (headers: Record<string, string>): boolean => {
    try {
      write({ status: 200, headers, body: '' }, plain)
      return true
    } catch {
      return false
    }
  }
  const codes = [...Array(0x10000).keys()]
  const inNames = codes.filter((code) => passes({ [`x${String.fromCharCode(code)}`]: 'v' }))
  const inValues = codes.filter((code) => passes({ x: `a${String.fromCharCode(code)}b` }))
  assert.equal(
    String.fromCharCode(...inNames),
    "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
  )
  assert.deepEqual(
    inValues,
    codes.filter((code) => code === 9 || (code >= 0x20 && code <= 0xff && code !== 0x7f)),
  )
})

test('response: the date is made once a second', () => {
  let now = nowMs
  const moving = createResponseWriter(() => now)
  const dated = (): string | undefined =>
    /date: (.*)\r/.exec(text(moving({ status: 200, headers: {}, body: '' }, plain)))?.[1]
  assert.equal(dated(), 'Tue, 03 Feb 2026 04:05:06 GMT')
  now += 210
  assert.equal(dated(), 'Tue, 03 Feb 2026 04:05:06 GMT')
  now += 1
  assert.equal(dated(), 'Tue, 03 Feb 2026 04:05:07 GMT')
  now -= 1_000
  assert.equal(dated(), 'Tue, 03 Feb 2026 04:05:06 GMT')
})

test("response: node's client reads what was written", async (t) => {
  let written: Written = ''
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(text(written), 'latin1'))
  })
  const port = await listenOnLoopback(server, t)
  const body = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.uint8Array())
  const name = fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]+$/)
  const value = fc.stringMatching(/^[!-~\xa0-\xff]([\t -~\xa0-\xff]*[!-~\xa0-\xff])?$/)
  let ran = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 200, max: 599 }),
      fc.dictionary(name, value),
      body,
      async (status, headers, body) => {
        fc.pre(![204, 304].includes(status))
        written = write({ status, headers, body }, { method: 'GET', close: true })
        const asked = request({ port, host: '127.0.0.1', agent: false }).end()
        const [answer] = (await once(asked, 'response')) as [IncomingMessage] // The event's argument.
        const chunks = (await answer.toArray()) as Buffer[] // A stream without encoding.
        assert.equal(answer.statusCode, status)
        assert.deepEqual(Buffer.concat(chunks), Buffer.from(body as string)) // Buffer.from takes either.
        for (const [name, value] of Object.entries(headers)) assert.equal(answer.headers[name], value)
        ran += 1
      },
    ),
    { numRuns: 300 },
  )
  assert.ok(ran >= 300)
})
