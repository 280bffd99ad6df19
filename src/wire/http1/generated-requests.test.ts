// Requests as clients write them, and what becomes of them in hostile hands, for the differential test beside it.
import fc from 'fast-check'

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
const target = fc.stringMatching(/^\/[!"$-~]{0,40}$/)
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z!#$%&'*+.^_`|~-][A-Za-z0-9!#$%&'*+.^_`|~-]{0,20}$/),
  fc.constantFrom(
    'X-Amz-Date',
    'user-agent',
    'ACCEPT',
    'x',
    'Cookie',
    'Connection',
    '__proto__',
    'Expect',
    'Upgrade',
  ),
)
const value = fc.oneof(
  fc.stringMatching(/^[\t -~\xa0-\xff]{0,40}$/),
  fc.constantFrom('close', 'keep-alive', '100-continue', 'upgrade', 'a, b', '', 'h2c'),
)
const blank = fc.constantFrom('', ' ', '\t', '  ')
const field = fc
  .tuple(name, blank, value, blank)
  .map(([name, before, value, after]) => `${name}:${before}${value}${after}\r\n`)
const fields = fc.array(field, { maxLength: 6 })
const text = fc.oneof(
  fc.stringMatching(/^[ -~]{0,60}$/),
  fc.constantFrom('GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n', '0\r\n\r\n', '\r\n\r\n', '\0\xff\n'),
)
const extension = fc.constantFrom('', '', '', ';a', ';a=b', ';a="b c"', ';a;b=c')
const chunk = fc
  .tuple(
    text.filter((text) => text !== ''),
    extension,
    fc.boolean(),
    fc.nat(3),
  )
  .map(([text, extension, upper, zeros]) => {
    const digits = '0'.repeat(zeros) + text.length.toString(16)
    return `${upper ? digits.toUpperCase() : digits}${extension}\r\n${text}\r\n`
  })

/** The fields that frame a body, and the body. */
const framed = fc.oneof(
  fc.constant(['', ''] as const),
  text.map((text) => [`Content-Length: ${text.length}\r\n`, text] as const),
  fc
    .tuple(fc.array(chunk, { maxLength: 4 }), fc.array(field, { maxLength: 2 }), extension)
    .map(
      ([chunks, trailers, last]) =>
        ['Transfer-Encoding: chunked\r\n', `${chunks.join('')}0${last}\r\n${trailers.join('')}\r\n`] as const,
    ),
)

/** One request. Nearly always a valid one: random names may meet those that a request holds once. */
const request = fc
  .tuple(method, target, fields, framed, fields, fc.constantFrom('1.1', '1.1', '1.1', '1.0'))
  .map(
    ([method, target, before, [framing, body], after, version]) =>
      `${method} ${target} HTTP/${version}\r\n${before.join('')}Host: h\r\n${framing}${after.join('')}\r\n${body}`,
  )

/** One to three requests behind each other. */
export const requests = fc
  .array(request, { minLength: 1, maxLength: 3 })
  .map((all) => Buffer.from(all.join(''), 'latin1'))

/** What parsers have stumbled over. */
const hostile = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\0',
  ' ',
  '	',
  '\v',
  '\f',
  '',
  '',
  '\xA0',
  'ÿ',
  ':',
  ',',
  ';',
  '=',
  '"',
  '+',
  '-',
  '0',
  '1',
  'f',
  '0x',
  '_',
  '.',
  '/',
  '*',
  '#',
  '?',
  '%',
  '\\',
  '(',
  'chunked',
  'chunked, ',
  'identity',
  'gzip, ',
  'Content-Length: 5\r\n',
  'content-length:0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: x\r\n',
  'Host: i\r\n',
  'Content-Length : 5\r\n',
  ' folded\r\n',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'Connection: close\r\n',
  'Upgrade: h2c\r\n',
  '0\r\n\r\n',
  '5\r\n',
  'GET / HTTP/1.1\r\nHost: h\r\n\r\n',
  'CONNECT h:1 HTTP/1.1\r\n',
  'Trailer: Host\r\n',
  ';a="',
  '10000000000000000',
].map((text) => Buffer.from(text, 'latin1'))

type Mutation = (bytes: Buffer) => Buffer

/** A place as a share of the whole; not fc.double, which loves the ends. */
const share = fc.nat(9_999).map((place) => place / 10_000)

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  place((at, bytes) => splice(bytes, at, 1)),
  fc.tuple(share, fc.nat(255)).map(
    ([share, byte]) =>
      (bytes: Buffer) =>
        splice(bytes, placeOf(share, bytes), 1, Buffer.of(byte)),
  ),
  fc.tuple(share, fc.constantFrom(...hostile), fc.nat(2)).map(
    ([share, text, removed]) =>
      (bytes: Buffer) =>
        splice(bytes, placeOf(share, bytes), removed, text),
  ),
  // At a line's start or end, where framing is decided.
  fc
    .tuple(share, fc.constantFrom(...hostile), fc.constantFrom(-1, 0, 1, 2))
    .map(([share, text, off]) => (bytes: Buffer) => {
      const line = bytes.indexOf('\r\n', placeOf(share, bytes))
      return splice(bytes, Math.max(0, line + off), 0, text)
    }),
  fc.tuple(share, share, fc.nat(60)).map(([from, to, length]) => (bytes: Buffer) => {
    const start = placeOf(from, bytes)
    return splice(bytes, placeOf(to, bytes), 0, bytes.subarray(start, start + length))
  }),
)

/** Requests with up to three changes. */
export const mutated = fc
  .tuple(requests, fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([bytes, mutations]) => mutations.reduce<Buffer>((before, mutate) => mutate(before), bytes))

function place(change: (at: number, bytes: Buffer) => Buffer): fc.Arbitrary<Mutation> {
  return share.map((share) => (bytes) => change(placeOf(share, bytes), bytes))
}

function placeOf(share: number, bytes: Buffer): number {
  return Math.floor(share * bytes.length)
}

function splice(bytes: Buffer, at: number, removed: number, added: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])
}
