import { bytesOf, type Exchange, type Sending } from './socket.ts'
import { signedQuery } from '../signed-call.ts'
import type { Credentials } from '../server.ts'

/** What rows need to build their bytes. */
export interface Given {
  readonly port: number
  readonly administrator: Credentials
}

/** Bytes that no client sends; the answer's status, or `closed` where the server may only hang up. */
export type HttpRow = readonly [
  name: string,
  bytes: (given: Given) => string | Uint8Array,
  want: readonly (Exchange['status'] | 'closed')[],
  sending?: Sending,
]

const host = 'host: 127.0.0.1\r\n'
const get = `GET / HTTP/1.1\r\n${host}`
const post = `POST / HTTP/1.1\r\n${host}content-type: application/x-www-form-urlencoded\r\n`
const mebibyte = 1024 * 1024

const signed = ({ port, administrator }: Given): Buffer =>
  bytesOf(signedQuery({ port }, 'iam', { Action: 'CreateUser', UserName: 'intruder' }, administrator))

/** HTTP that is cut off, lies about itself, or is none. */
export const httpRows: readonly HttpRow[] = [
  ['nothing at all', () => '', ['closed']],
  ['a TLS greeting', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['random text', () => 'hello?\r\n\r\n', [400]],
  ['a request line cut off', () => 'POST / HT', [400, 'closed']],
  ['headers cut off', () => `${post}content-le`, [400, 'closed']],
  ['a signed request cut off in its headers', (given) => signed(given).subarray(0, 200), [400, 'closed']],
  ['a signed request cut off in its body', (given) => signed(given).subarray(0, -5), [400, 'closed']],
  [
    'a signed request with a byte too much',
    (given) => Buffer.concat([signed(given).subarray(0, -1), Buffer.from('xy')]),
    [400, 403],
  ],
  ['a method that HTTP lacks', () => `BREW / HTTP/1.1\r\n${host}\r\n`, [501]],
  ['a version that HTTP lacks', () => `GET / HTTP/7.3\r\n${host}\r\n`, [400, 505]],
  ['no host', () => 'GET / HTTP/1.1\r\n\r\n', [400]],
  ['two hosts', () => `GET / HTTP/1.1\r\n${host}host: example.com\r\n\r\n`, [400, 403, 404]],
  ['a NUL in a header', () => `${get}x: a\0b\r\n\r\n`, [400]],
  ['a header without a name', () => `${get}: a\r\n\r\n`, [400]],
  ['a space before a colon', () => `${get}content-length : 3\r\n\r\nabc`, [400]],
  ['a bare line feed in a header', () => `${get}x: a\nb: c\r\n\r\n`, [400]],
  ['a negative length', () => `${post}content-length: -1\r\n\r\n`, [400]],
  ['a length in words', () => `${post}content-length: many\r\n\r\n`, [400]],
  ['a length beyond all numbers', () => `${post}content-length: ${'9'.repeat(40)}\r\n\r\n`, [400, 413]],
  ['two lengths', () => `${post}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd`, [400]],
  [
    'a length and chunks',
    () => `${post}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
  ],
  ['an encoding that HTTP lacks', () => `${post}transfer-encoding: brotli-ish\r\n\r\n`, [501]],
  ['a chunk of no size', () => `${post}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`, [400]],
  [
    'a chunk larger than it says',
    () => `${post}transfer-encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n`,
    [400],
  ],
  [
    'a body announced that is too large',
    () => `${post}content-length: ${71 * mebibyte}\r\n\r\n`,
    [413],
    { finish: false },
  ],
  ['a body that grows too large', () => tooLargeInChunks(), [413, 'closed'], { waitMsMax: 20_000 }],
  ['headers too large', () => `${get}x: ${'a'.repeat(40 * 1024)}\r\n\r\n`, [431]],
  ['a path too long', () => `GET /${'a'.repeat(40 * 1024)} HTTP/1.1\r\n${host}\r\n`, [414]],
  [
    'two thousand headers',
    () => `${get}${Array.from({ length: 2_000 }, (_, i) => `h${i}: v\r\n`).join('')}\r\n`,
    [400, 403, 431],
  ],
  [
    'a proxy request',
    () => `CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n`,
    [400, 403, 'closed'],
  ],
  ['an upgrade', () => `${get}connection: upgrade\r\nupgrade: websocket\r\n\r\n`, [400, 403]],
  [
    'an absolute address of elsewhere',
    () => `GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\n\r\n`,
    [400, 403],
  ],
  ['a path that climbs', () => `GET /_redoubt/../../etc/passwd HTTP/1.1\r\n${host}\r\n`, [404]],
  ['a reset without --dev', () => `POST /_redoubt/reset HTTP/1.1\r\n${host}content-length: 0\r\n\r\n`, [404]],
]

function tooLargeInChunks(): Buffer {
  const chunk = Buffer.concat([
    Buffer.from(`${mebibyte.toString(16)}\r\n`),
    Buffer.alloc(mebibyte, 'a'),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([
    Buffer.from(`${post}transfer-encoding: chunked\r\n\r\n`),
    ...Array.from({ length: 72 }, () => chunk),
  ])
}
