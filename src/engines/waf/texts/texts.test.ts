// Goal: what an application would read in a request is among its texts, in the place where it stood; and whatever a body is, it is read
// in bounded time. Method: rows of requests and what must be found; arbitrary bodies from a seed that fast-check prints.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Place } from '../injection/index.ts'
import type { WebRequest } from '../request.ts'
import { get, post } from '../rig.test.ts'
import { type Part, placesOf, RequestTexts } from './index.ts'

const typed = (type: string, body: string | Uint8Array, ...more: (readonly [string, string])[]): WebRequest =>
  post('', { body: Buffer.from(body), headers: [['content-type', type], ...more] })

const multipart = (body: string): WebRequest =>
  typed('multipart/form-data; boundary=b', body.replaceAll('\n', '\r\n'))

test('a text is found in its place, decoded as it is there', () => {
  const rows: readonly (readonly [string, WebRequest, Part, Place, readonly string[]])[] = [
    ['path', get('/a%20b'), 'URIPATH', 'path', ['/a b', 'a b']],
    ['argument names', get('/?a%5bb%5d=1&c'), 'QUERYARGUMENTS', 'name', ['a[b]', 'c']],
    ['plus is a space in arguments', get('/?a=b+c'), 'QUERYARGUMENTS', 'value', ['b c']],
    ['a value that goes on', get('/?a=b+&&+c&d=e'), 'QUERYARGUMENTS', 'value', ['b && c', 'e']],
    ['twice encoded', get('/?a=%2541'), 'QUERYARGUMENTS', 'value', ['%41', 'A']],
    ['no escape stays', get('/?a=%4g%'), 'QUERYARGUMENTS', 'value', ['%4g%']],
    ['UTF-8', get('/?a=%c3%a9'), 'QUERYARGUMENTS', 'value', ['é']],
    ['no UTF-8', get('/?a=%e9'), 'QUERYARGUMENTS', 'value', ['é']],
    ['base64', get('/?a=c2VsZWN0IDEgZnJvbSBh'), 'QUERYARGUMENTS', 'value', ['select 1 from a']],
    ['header', get('/', { headers: [['X-A', 'b']] }), 'HEADER', 'header', ['b']],
    [
      'arguments of an address in a header',
      get('/', { headers: [['Referer', 'https://a/?b=%63#d=e']] }),
      'HEADER',
      'header',
      ['c', 'e'],
    ],
    ['file in a header', get('/', { headers: [['X-Filename', 'b.php']] }), 'HEADER', 'filename', ['b.php']],
    ['cookie', get('/', { headers: [['Cookie', 'a=b; c=%64']] }), 'COOKIE', 'cookie', ['b', 'd']],
    ['name of a cookie', get('/', { headers: [['Cookie', 'a=b; c=d']] }), 'COOKIE', 'name', ['a', 'c']],
    ['form', typed('application/x-www-form-urlencoded', 'a=b%26&c=d'), 'BODY', 'value', ['b&', 'd']],
    ['JSON values', typed('application/json', '{"a":["b",{"c":"\\u0064"}]}'), 'BODY', 'value', ['b', 'd']],
    ['JSON names', typed('application/json', '{"a":["b",{"c":1}]}'), 'BODY', 'name', ['a', 'c']],
    ['broken JSON', typed('application/json', '{"a":"b"} x'), 'BODY', 'body', ['{"a":"b"} x']],
    ['JSON under another type', typed('text/plain', '{"a":"b"}'), 'BODY', 'value', ['b']],
    ['XML texts and attributes', typed('text/xml', '<a b="c">d</a>'), 'BODY', 'value', ['c', 'd']],
    ['XML as a whole', typed('text/xml', '<a b="c">d</a>'), 'BODY', 'body', ['<a b="c">d</a>']],
    ['text', typed('text/plain', 'a b'), 'BODY', 'body', ['a b']],
    ['no type', post('a=b', { headers: [] }), 'BODY', 'value', ['b']],
    [
      'packed',
      typed('text/plain', gzipSync('inside'), ['content-encoding', 'gzip']),
      'BODY',
      'body',
      ['inside'],
    ],
    ['says that it is packed', typed('text/plain', 'a', ['content-encoding', 'gzip']), 'BODY', 'body', ['a']],
    [
      'part of a form',
      multipart('--b\nContent-Disposition: form-data; name="n"\n\nv\n--b--\n'),
      'BODY',
      'value',
      ['v'],
    ],
    [
      'name of a part',
      multipart('--b\nContent-Disposition: form-data; name=n\n\nv\n--b--\n'),
      'BODY',
      'name',
      ['n'],
    ],
    [
      'name of a file',
      multipart('--b\nContent-Disposition: form-data; name="n"; filename="f.php"\n\nv\n--b--\n'),
      'BODY',
      'filename',
      ['f.php'],
    ],
    ['multipart in name only', typed('multipart/form-data', 'a'), 'BODY', 'body', ['a']],
  ]
  for (const [name, request, part, place, wanted] of rows) {
    const texts = new RequestTexts(request).of(part, place)
    for (const text of wanted) assert.ok(texts.includes(text), `${name}: ${JSON.stringify(texts)}`)
  }
  assert.equal(rows.length, 29)
})

test('values that go on are read once', () => {
  const more = Array.from({ length: 2_000 }, (_, at) => `&+${at.toString(36)}`)
  const texts = new RequestTexts(get(`/?a=b${more.join('')}`)).of('QUERYARGUMENTS', 'value')
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  assert.ok(texts.length === 2_001 && length < 12_000, `${texts.length} texts, ${length} characters`)
})

test('of a bomb no more is unpacked than is read', () => {
  const bomb = gzipSync(Buffer.alloc(64 << 20))
  const texts = new RequestTexts(typed('text/plain', bomb, ['content-encoding', 'gzip'])).of('BODY', 'body')
  assert.ok(texts.every((text) => text.length <= 1 << 17))
})

test('any body of any type is read', () => {
  const types = [
    'application/json',
    'text/xml',
    'multipart/form-data; boundary=b',
    'text/plain',
    'a/urlencoded',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.string({ unit: 'binary', maxLength: 200 }), (type, body) => {
      const texts = new RequestTexts(typed(type, body))
      const found = placesOf.BODY.flatMap((place) => texts.of('BODY', place))
      assert.ok(found.length <= 1_000)
    }),
    { numRuns: 500 },
  )
})
