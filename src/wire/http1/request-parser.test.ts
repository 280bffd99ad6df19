// Goal: what is read is what was sent, and nothing that could be read in two ways is read at all, however the bytes arrive.
// Method: rows for each rule on both sides of its limit; each row in every two pieces, and in single bytes; random pieces.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { defaultLimits } from './limits.ts'
import { bytes, cut, mebibyte, read, type ReadRequest } from './rig.test.ts'
import { ReceivingBudget } from './receiving-budget.ts'
import { RequestParser } from './request-parser.ts'
import { smuggling } from './smuggling-rows.test.ts'

const host = 'Host: h\r\n'
const get = `GET / HTTP/1.1\r\n${host}`
const chunked = `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`
const { targetBytesMax, headerBytesMax, headersMax, bodyBytesMax, trailerBytesMax } = defaultLimits

/** A header section of so many bytes, without the last line end. */
const section = (length: number): string => `${host}X: ${'x'.repeat(length - host.length - 'X: '.length)}`
const fields = (count: number): string =>
  Array.from({ length: count }, (_, index) => `X-${index}: v\r\n`).join('')

type Want = Partial<ReadRequest>
const accepted: readonly (readonly [
  name: string,
  sent: string,
  want: Want | readonly Want[],
  next?: string,
])[] = [
  [
    'a GET',
    `${get}\r\n`,
    { method: 'GET', target: '/', body: '', keepAlive: true, headers: [['host', 'h']] },
  ],
  [
    'a POST with a body',
    `POST /a%20b?c=d?e HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`,
    { method: 'POST', target: '/a%20b?c=d?e', body: 'hello' },
  ],
  ['a body of no bytes', `PUT / HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`, { method: 'PUT', body: '' }],
  ['a length with leading zeros', `PUT / HTTP/1.1\r\n${host}Content-Length: 003\r\n\r\nabc`, { body: 'abc' }],
  ['one line end before a request', `\r\n${get}\r\n`, { method: 'GET' }],
  ['HTTP/1.0 without a host', 'GET / HTTP/1.0\r\n\r\n', { headers: [], keepAlive: false }, 'closed'],
  ['no header at all but the host', `${get}\r\n`, { headers: [['host', 'h']] }],
  [
    'an empty value',
    `${get}X:\r\n\r\n`,
    {
      headers: [
        ['host', 'h'],
        ['x', ''],
      ],
    },
  ],
  [
    'white space around a value',
    `${get}X:\t  a \t b \t\r\n\r\n`,
    {
      headers: [
        ['host', 'h'],
        ['x', 'a \t b'],
      ],
    },
  ],
  [
    'bytes beyond ASCII, one character each, 0xA0 at the ends kept',
    `${get}X: \xa0\xc3\xa4\xa0\r\n\r\n`,
    {
      headers: [
        ['host', 'h'],
        ['x', '\xa0\xc3\xa4\xa0'],
      ],
    },
  ],
  [
    'a repeated field, joined, with what was sent',
    `${get}X-A: 1\r\nx-a: 2\r\nY: 3\r\nX-A: 4\r\n\r\n`,
    {
      headers: [
        ['host', 'h'],
        ['x-a', '1, 2, 4'],
        ['y', '3'],
      ],
      rawHeaders: ['Host', 'h', 'X-A', '1', 'x-a', '2', 'Y', '3', 'X-A', '4'],
    },
  ],
  ['no field repeated: nothing raw', `${get}X: 1\r\n\r\n`, { rawHeaders: [] }],
  [
    'names of properties',
    `${get}__proto__: a\r\nConstructor: b\r\n\r\n`,
    {
      headers: [
        ['host', 'h'],
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ],
    },
  ],
  ['connection: close', `${get}Connection: foo, Close\r\n\r\n`, { keepAlive: false }, 'closed'],
  ['connection: keep-alive', `${get}Connection: Keep-Alive\r\n\r\n`, { keepAlive: true }],
  ['an upgrade, not taken', `${get}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, { keepAlive: true }],
  [
    'an expectation',
    `POST / HTTP/1.1\r\n${host}Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na`,
    { body: 'a' },
  ],
  ['chunks', `${chunked}5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`, { body: 'hello!' }],
  [
    'chunks in hexadecimal',
    `${chunked}00a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    { body: '01234567890123456789' },
  ],
  ['no chunks', `${chunked}0\r\n\r\n`, { body: '' }],
  ['a last chunk of many zeros', `${chunked}00000000\r\n\r\n`, { body: '' }],
  ['chunk extensions', `${chunked}1;a;b=c;d="e\\"; f"\r\nx\r\n0;z\r\n\r\n`, { body: 'x' }],
  [
    'trailers, dropped',
    `${chunked}1\r\nx\r\n0\r\nCookie: evil\r\nX: y\r\n\r\n`,
    {
      body: 'x',
      headers: [
        ['host', 'h'],
        ['transfer-encoding', 'chunked'],
      ],
    },
  ],
  [
    'Chunked in capitals',
    `POST / HTTP/1.1\r\n${host}TRANSFER-ENCODING:  CHUNKED \r\n\r\n0\r\n\r\n`,
    { body: '' },
  ],
  ['line ends within a chunk', `${chunked}6\r\n\r\n\r\n\r\n\r\n0\r\n\r\n`, { body: '\r\n\r\n\r\n' }],
  [
    'one request after another',
    `${get}\r\nPOST /2 HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\nab\r\n${chunked}1\r\nx\r\n0\r\n\r\n${get}\r\n`,
    [{ method: 'GET' }, { target: '/2', body: 'ab' }, { body: 'x' }, { method: 'GET' }],
  ],
  [
    'nothing after connection: close',
    `${get}Connection: close\r\n\r\n${get}\r\n`,
    [{ keepAlive: false }],
    'closed',
  ],
  ['the longest target', `GET /${'a'.repeat(targetBytesMax - 1)} HTTP/1.1\r\n${host}\r\n`, { method: 'GET' }],
  ['the longest header section', `GET / HTTP/1.1\r\n${section(headerBytesMax)}\r\n\r\n`, { method: 'GET' }],
  ['as many fields as may be', `${get}${fields(headersMax - 1)}\r\n`, { method: 'GET' }],
  ['the longest extension of a chunk', `${chunked}0;${'a'.repeat(255)}\r\n\r\n`, { body: '' }],
  ['the longest trailers', `${chunked}0\r\nX: ${'x'.repeat(trailerBytesMax - 3)}\r\n\r\n`, { body: '' }],
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map(
    (method) => [`the method ${method}`, `${method} / HTTP/1.1\r\n${host}\r\n`, { method }] as const,
  ),
  ...['', 'h', 'h:80', '[::1]:80', 'a_b.example', '%41', "x!$&'()*+,;="].map(
    (value) =>
      [
        `the host '${value}'`,
        `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
        { headers: [['host', value]] },
      ] as const,
  ),
]

const unfinished: readonly (readonly [name: string, sent: string, next: string])[] = [
  ['nothing', '', 'nothing'],
  ['a line end', '\r\n', 'nothing'],
  ['a request line cut off', 'GET / HT', 'head'],
  ['a head cut off in its end', `${get}\r`, 'head'],
  ['a body cut off', `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhell`, 'body'],
  ['a body of the most bytes', `POST / HTTP/1.1\r\n${host}Content-Length: ${bodyBytesMax}\r\n\r\n`, 'body'],
  ['chunks cut off', `${chunked}5\r\nhello\r`, 'body'],
  ['chunks without their end', `${chunked}5\r\nhello\r\n0\r\n`, 'body'],
  ['a chunk of the most bytes', `${chunked}${bodyBytesMax.toString(16)}\r\n`, 'body'],
]

const refused: readonly (readonly [name: string, sent: string, next: RegExp])[] = [
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^505 /],
  ['HTTP/0.9', 'GET / HTTP/0.9\r\n\r\n', /^505 /],
  ['HTTP/1.2', `GET / HTTP/1.2\r\n${host}\r\n`, /^505 /],
  ['HTTP/1.10', `GET / HTTP/1.10\r\n${host}\r\n`, /^400 .*version/],
  ['http/1.1', `GET / http/1.1\r\n${host}\r\n`, /^400 .*version/],
  ['no version', `GET /\r\n${host}\r\n`, /^400 .*request line/],
  ['two spaces', `GET  / HTTP/1.1\r\n${host}\r\n`, /^400 .*target/],
  ['a space at the end of the request line', `GET / HTTP/1.1 \r\n${host}\r\n`, /^400 .*version/],
  ['a tab in the request line', `GET\t/ HTTP/1.1\r\n${host}\r\n`, /^400 /],
  ['two line ends before a request', `\r\n\r\n${get}\r\n`, /^400 .*request line/],
  ['an absolute target', `GET http://h/ HTTP/1.1\r\n${host}\r\n`, /^400 .*target/],
  ['a target of authority', `GET h:80 HTTP/1.1\r\n${host}\r\n`, /^400 .*target/],
  ['a target of everything', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, /^400 .*target/],
  ['a fragment', `GET /a#b HTTP/1.1\r\n${host}\r\n`, /^400 .*target/],
  ['a target beyond ASCII', `GET /\xe4 HTTP/1.1\r\n${host}\r\n`, /^400 .*target/],
  ['DEL in a target', `GET /\x7f HTTP/1.1\r\n${host}\r\n`, /^400 .*control/],
  ['CONNECT', `CONNECT h:80 HTTP/1.1\r\n${host}\r\n`, /^400 .*proxy/],
  ['an unknown method', `BREW / HTTP/1.1\r\n${host}\r\n`, /^501 /],
  ['TRACE', `TRACE / HTTP/1.1\r\n${host}\r\n`, /^501 /],
  ['a method in small letters', `get / HTTP/1.1\r\n${host}\r\n`, /^501 /],
  ['the longest unknown method', `${'M'.repeat(32)} / HTTP/1.1\r\n${host}\r\n`, /^501 /],
  ['a longer method', `${'M'.repeat(33)} / HTTP/1.1\r\n${host}\r\n`, /^400 .*(method|request line)/],
  ['a method that is no token', `G(T / HTTP/1.1\r\n${host}\r\n`, /^400 .*method/],
  ['a target too long', `GET /${'a'.repeat(targetBytesMax)} HTTP/1.1\r\n${host}\r\n`, /^414 /],
  ['a header section too long', `GET / HTTP/1.1\r\n${section(headerBytesMax + 1)}\r\n\r\n`, /^431 .*bytes/],
  ['too many fields', `${get}${fields(headersMax)}\r\n`, /^431 .*fields/],
  ['a host with a path', 'GET / HTTP/1.1\r\nHost: h/x\r\n\r\n', /^400 .*host/],
  ['a host with a user', 'GET / HTTP/1.1\r\nHost: a@h\r\n\r\n', /^400 .*host/],
  ['a host with a space', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', /^400 .*host/],
  ['another expectation', `${get}Expect: 200-ok\r\n\r\n`, /^417 /],
  ['an expectation twice', `${get}Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n`, /^417 /],
  ['a body announced too large', `${get}Content-Length: ${bodyBytesMax + 1}\r\n\r\n`, /^413 /],
  ['a chunk too large', `${chunked}${(bodyBytesMax + 1).toString(16)}\r\n`, /^413 /],
  ['the largest chunk that can be said', `${chunked}ffffffff\r\n`, /^413 /],
  ['chunks too large together', `${chunked}5\r\nhello\r\n${(bodyBytesMax - 4).toString(16)}\r\n`, /^413 /],
  ['an extension too long', `${chunked}0;${'a'.repeat(256)}\r\n\r\n`, /^400 .*(extensions|line of a chunk)/],
  ['extensions too long together', chunked + `1;${'a'.repeat(200)}\r\nx\r\n`.repeat(90), /^400 .*extensions/],
  ['trailers too long', `${chunked}0\r\nX: ${'x'.repeat(trailerBytesMax - 2)}\r\n\r\n`, /^431 .*trailer/],
  ['a trailer that is none', `${chunked}0\r\nX\r\n\r\n`, /^400 .*header line/],
  ...['Connection', 'Content-Length', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'].map(
    (name) => [`the trailer ${name}`, `${chunked}0\r\n${name}: close\r\n\r\n`, /^400 .*trailer/] as const,
  ),
  ...['Authorization', 'Content-Type', 'Expect', 'Host'].map(
    (name) => [`the trailer ${name}`, `${chunked}0\r\nX: y\r\n${name}: h\r\n\r\n`, /^400 .*trailer/] as const,
  ),
  ['a trailer with a bare LF', `${chunked}0\r\nX: a\nY: b\r\n\r\n`, /^400 .*LF/],
]

for (const [name, sent, want, next = 'nothing'] of accepted) {
  test(`parser: reads ${name}`, () => {
    const reading = read([bytes(sent)])
    assert.equal(reading.next, next)
    const wants = Array.isArray(want) ? (want as readonly Want[]) : [want as Want] // Array.isArray knows no readonly arrays.
    assert.equal(reading.requests.length, wants.length)
    for (const [index, each] of wants.entries()) {
      const got = reading.requests[index]
      for (const key of Object.keys(each) as (keyof ReadRequest)[])
        assert.deepEqual(got?.[key], each[key], key) // Its own keys.
    }
  })
}

for (const [name, sent, next] of unfinished) {
  test(`parser: waits after ${name}`, () => {
    assert.deepEqual(read([bytes(sent)]), { requests: [], next })
  })
}

for (const [name, sent, next] of refused) {
  test(`parser: refuses ${name}`, () => {
    const reading = read([bytes(sent)])
    assert.equal(reading.requests.length, 0)
    assert.match(reading.next, next)
  })
}

test('parser: all rows ran', () => {
  assert.deepEqual([accepted.length, unfinished.length, refused.length], [46, 9, 50])
})

const everything = [
  ...accepted.map(([, sent]) => sent),
  ...unfinished.map(([, sent]) => sent),
  ...refused.map(([, sent]) => sent),
  ...smuggling.map(([, sent]) => sent),
]

test('parser: two pieces read as one does, wherever they are cut', () => {
  let ran = 0
  for (const sent of everything) {
    const whole = bytes(sent)
    const want = outcome(read([whole]))
    // Long rows: wherever something happens, and every so many bytes.
    const step = whole.length > 2_000 ? 997 : 1
    for (let at = 1; at < whole.length; at += step) {
      assert.deepEqual(
        outcome(read(cut(whole, [at]))),
        want,
        `${JSON.stringify(sent.slice(0, 200))} cut at ${at}`,
      )
      ran += 1
    }
    for (let at = Math.max(1, whole.length - 40); at < whole.length; at += 1) {
      assert.deepEqual(
        outcome(read(cut(whole, [at]))),
        want,
        `${JSON.stringify(sent.slice(-200))} cut at ${at}`,
      )
    }
  }
  assert.ok(ran > 8_000, `${ran} pairs of pieces`)
})

test('parser: single bytes read as one piece does', () => {
  let ran = 0
  for (const sent of everything) {
    const whole = bytes(sent)
    const pieces = Array.from({ length: whole.length }, (_, at) => whole.subarray(at, at + 1))
    assert.deepEqual(outcome(read(pieces)), outcome(read([whole])), JSON.stringify(sent.slice(0, 200)))
    ran += 1
  }
  assert.equal(ran, everything.length)
})

test('parser: random pieces of several requests read as one does', () => {
  const some = fc.array(fc.constantFrom(...everything.filter((sent) => sent.length < 2_000)), {
    minLength: 1,
    maxLength: 4,
  })
  const places = fc.array(fc.nat(2_000), { maxLength: 12 })
  let ran = 0
  fc.assert(
    fc.property(some, places, (sent, at) => {
      const whole = bytes(sent.join(''))
      assert.deepEqual(outcome(read(cut(whole, at))), outcome(read([whole])))
      ran += 1
    }),
    { numRuns: 3_000 },
  )
  assert.equal(ran, 3_000)
})

/** The status of a refusal without its reason: of several faults, the pieces decide which is seen first. */
function outcome({ requests, next }: ReturnType<typeof read>): unknown {
  return { requests, next: next.replace(/^(\d{3}) .*/s, '$1') }
}

test('parser: memory for what is awaited is bounded and given back', () => {
  const limits = { ...defaultLimits, receivingBytesMax: 3 * mebibyte }
  const budget = new ReceivingBudget(limits.receivingBytesMax)
  const head = bytes(`POST / HTTP/1.1\r\n${host}Content-Length: ${2 * mebibyte}\r\n\r\n`)
  const piece = Buffer.alloc(64 * 1024)
  const one = new RequestParser(limits, budget)
  const other = new RequestParser(limits, budget)
  one.feed(head)
  other.feed(head)
  assert.equal(budget.bytes, 0, 'an announcement takes no memory')
  for (let fed = 0; fed < 31; fed += 1) assert.equal(one.feed(piece), 'more')
  assert.equal(budget.bytes, 2 * mebibyte)
  let last: unknown = 'more'
  for (let fed = 0; last === 'more' && fed < 31; fed += 1) last = other.feed(piece)
  assert.equal((last as { status: number }).status, 503) // A refusal, as it is not 'more'.
  other.release()
  assert.equal(budget.bytes, 2 * mebibyte)
  const message = one.feed(piece)
  assert.ok(typeof message === 'object' && message.kind === 'message' && message.body.length === 2 * mebibyte)
  assert.equal(budget.bytes, 0, 'what is whole is no longer being received')
})

test('parser: heads and further requests that wait are counted too', () => {
  const limits = { ...defaultLimits, receivingBytesMax: 1_000 }
  const budget = new ReceivingBudget(limits.receivingBytesMax)
  const slow = new RequestParser(limits, budget)
  assert.equal(slow.feed(bytes(`${get}X: ${'x'.repeat(600)}`)), 'more')
  assert.ok(budget.bytes > 600)
  const other = new RequestParser(limits, budget)
  const refused = other.feed(bytes(`${get}X: ${'x'.repeat(600)}`))
  assert.ok(typeof refused === 'object' && refused.kind === 'refusal' && refused.status === 503)
  const pipelining = new RequestParser(limits, budget)
  const first = pipelining.feed(bytes(`${get}\r\n${get}X: ${'x'.repeat(600)}\r\n\r\n`))
  assert.ok(typeof first === 'object' && first.kind === 'message' && !first.keepAlive, 'the rest is dropped')
  slow.release()
  assert.equal(budget.bytes, 0)
})

test('parser: a body of single bytes takes no more than twice its size', () => {
  const budget = new ReceivingBudget(defaultLimits.receivingBytesMax)
  const parser = new RequestParser(defaultLimits, budget)
  parser.feed(bytes(chunked))
  for (let sent = 1; sent <= 20_000; sent += 1) {
    assert.equal(parser.feed(bytes('1\r\nx\r\n')), 'more')
    assert.ok(budget.bytes <= Math.max(4_096, 2 * sent), `${budget.bytes} for ${sent}`)
  }
  const message = parser.feed(bytes('0\r\n\r\n'))
  assert.ok(typeof message === 'object' && message.kind === 'message' && message.body.length === 20_000)
})
