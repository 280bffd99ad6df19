// Goal: chunked bodies are taken apart only when every chunk, the trailer and the end are as they were signed.
// Method: S3's published examples; then a body of each kind, with each byte changed; then malformed bodies by row.
// Source of the examples: S3 API Reference, "Transferring payload in multiple chunks" and "Including trailing headers".
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from './payload.ts'
import {
  type Algorithm,
  type AuthenticationFailure,
  createSigner,
  createVerifier,
  readClaim,
  secretMaterial,
  type SignedRequest,
  type Verified,
} from './index.ts'
import { ecdsaSigningKey, hmacSigningKey, type SigningKey } from './signing-key.ts'

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE'
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const nowMs = Date.UTC(2013, 4, 24)
const amzDate = '20130524T000000Z'
const emptyHash = sha256(new Uint8Array())
const secret = secretMaterial(secretAccessKey)
const verifier = createVerifier()

function verify(request: SignedRequest): Verified | AuthenticationFailure {
  const claim = readClaim(request)
  assert.ok(claim.ok)
  return verifier.verify(request, claim, secret, { nowMs, services: ['s3'] })
}

interface Example {
  readonly marker: string
  readonly headers: Readonly<Record<string, string>>
  readonly seed: string
  readonly signatures: readonly string[]
  readonly trailer: string
}

const examples: readonly [name: string, example: Example][] = [
  [
    'multiple chunks',
    {
      marker: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      headers: { 'content-length': '66824' },
      seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      signatures: [
        'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
        '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
        'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
      ],
      trailer: '',
    },
  ],
  [
    'trailing headers',
    {
      marker: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      headers: { 'x-amz-trailer': 'x-amz-checksum-crc32c' },
      seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
      signatures: [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      trailer:
        'x-amz-checksum-crc32c:sOO8/Q==\r\n' +
        'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
    },
  ],
]

for (const [name, { marker, headers, seed, signatures, trailer }] of examples) {
  test(`chunks: S3's example of ${name}`, () => {
    assert.equal(examples.length, 2)
    const parts = [65_536, 1024, 0].map((length, index) => {
      const end = length === 0 ? '' : '\r\n'
      return `${length.toString(16)};chunk-signature=${signatures[index]}\r\n${'a'.repeat(length)}${end}`
    })
    const all: Record<string, string> = {
      'content-encoding': 'aws-chunked',
      host: 's3.amazonaws.com',
      'x-amz-content-sha256': marker,
      'x-amz-date': amzDate,
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      ...headers,
    }
    const names = Object.keys(all).sort().join(';')
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names},Signature=${seed}`
    const body = Buffer.from(`${parts.join('')}${trailer}\r\n`)
    if (all['content-length'] !== undefined) assert.equal(String(body.length), all['content-length'])
    const path = '/examplebucket/chunkObject.txt'
    const verified = verify({ method: 'PUT', path, query: '', headers: { ...all, authorization }, body })
    assert.ok(verified.ok, verified.ok ? '' : verified.message)
    assert.ok(Buffer.from(verified.body).equals(Buffer.alloc(66_560, 'a')))
    assert.deepEqual([...verified.trailers], trailer === '' ? [] : [['x-amz-checksum-crc32c', 'sOO8/Q==']])
  })
}

interface Kind {
  readonly algorithm: Algorithm
  readonly signed: boolean
  readonly trailer: boolean
}

const kinds: readonly [marker: string, kind: Kind][] = [
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { algorithm: 'AWS4-HMAC-SHA256', signed: false, trailer: true }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { algorithm: 'AWS4-HMAC-SHA256', signed: true, trailer: false }],
  [
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    { algorithm: 'AWS4-HMAC-SHA256', signed: true, trailer: true },
  ],
  [
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
    { algorithm: 'AWS4-ECDSA-P256-SHA256', signed: true, trailer: false },
  ],
  [
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
    { algorithm: 'AWS4-ECDSA-P256-SHA256', signed: true, trailer: true },
  ],
]

/** Chunks as a client writes them, by the published rule and none of the code under test but the key. */
function chunked(marker: string, kind: Kind, sizes: readonly number[]): SignedRequest {
  const { algorithm, signed, trailer } = kind
  const signer = createSigner({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1', algorithm })
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const request = signer.sign(
    {
      method: 'PUT',
      path: '/bucket/key',
      query: '',
      headers: {
        host: 's3.amazonaws.com',
        'x-amz-content-sha256': marker,
        'x-amz-decoded-content-length': String(total),
        ...(trailer && { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
      },
      body: new Uint8Array(),
    },
    nowMs,
  )
  const asymmetric = algorithm === 'AWS4-ECDSA-P256-SHA256'
  const key: SigningKey = asymmetric
    ? ecdsaSigningKey(secretAccessKey, accessKeyId)
    : hmacSigningKey(secretAccessKey, '20130524', 'us-east-1', 's3')
  const scope = asymmetric ? '20130524/s3/aws4_request' : '20130524/us-east-1/s3/aws4_request'
  let previous = request.headers['authorization']?.split('Signature=')[1] ?? ''
  let body = ''
  for (const size of [...sizes, 0]) {
    const data = 'x'.repeat(size)
    const text = [
      `${algorithm}-PAYLOAD`,
      amzDate,
      scope,
      previous,
      emptyHash,
      sha256(Buffer.from(data)),
    ].join('\n')
    if (signed) previous = key.sign(text)
    const shown = asymmetric ? previous.padEnd(144, '*') : previous
    body += `${size.toString(16)}${signed ? `;chunk-signature=${shown}` : ''}\r\n${data}${size === 0 ? '' : '\r\n'}`
  }
  if (trailer) {
    body += 'x-amz-checksum-crc32:AAAAAA==\r\n'
    const hash = sha256(Buffer.from('x-amz-checksum-crc32:AAAAAA==\n'))
    const signature = key.sign([`${algorithm}-TRAILER`, amzDate, scope, previous, hash].join('\n'))
    if (signed) body += `x-amz-trailer-signature:${asymmetric ? signature.padEnd(144, '*') : signature}\r\n`
  }
  return { ...request, body: Buffer.from(`${body}\r\n`) }
}

for (const [marker, kind] of kinds) {
  test(`chunks: ${marker}, any sizes`, () => {
    assert.equal(kinds.length, 5)
    for (const sizes of [[], [1], [8192], [8192, 1], [9000, 8192, 3]]) {
      const verified = verify(chunked(marker, kind, sizes))
      assert.ok(verified.ok, verified.ok ? '' : verified.message)
      assert.equal(
        verified.body.length,
        sizes.reduce((sum, size) => sum + size, 0),
      )
      assert.equal(verified.trailers.get('x-amz-checksum-crc32'), kind.trailer ? 'AAAAAA==' : undefined)
    }
  })

  test(`chunks: ${marker}, a changed byte anywhere is refused`, () => {
    const request = chunked(marker, kind, [40])
    let accepted = ''
    for (let index = 0; index < request.body.length; index += 1) {
      const body = Buffer.from(request.body)
      body[index] = (body[index] ?? 0) ^ 1
      const verified = verify({ ...request, body })
      if (verified.ok) accepted += String.fromCharCode(request.body[index] ?? 0)
    }
    // Unsigned: its data and its trailer's value are the sender's to change; the checksum is for whoever stores it.
    if (kind.signed) assert.equal(accepted.replaceAll('*', ''), '')
    else assert.match(accepted, /^x{40}[A=]{8}$/)
  })
}

const hmac = kinds[2]?.[1]
const hmacMarker = kinds[2]?.[0]
assert.ok(hmac && hmacMarker)
const whole = chunked(hmacMarker, hmac, [8192, 5])
const unsignedKind = kinds[0]
assert.ok(unsignedKind)
const loose = chunked(unsignedKind[0], unsignedKind[1], [5])
const edited = (request: SignedRequest, edit: (body: string) => string): SignedRequest => ({
  ...request,
  body: Buffer.from(edit(Buffer.from(request.body).toString())),
})

const malformed: readonly [name: string, request: SignedRequest, want: RegExp][] = [
  ['an empty body', edited(whole, () => ''), /no header/],
  ['a body without its end', edited(whole, (body) => body.slice(0, body.indexOf('\r\n0;') + 2)), /no header/],
  [
    'a body without its trailer',
    edited(whole, (body) => `${body.slice(0, body.indexOf('x-amz-checksum'))}\r\n`),
    /x-amz-trailer names/,
  ],
  ['bytes after the end', edited(whole, (body) => `${body}more`), /does not end/],
  [
    'an undeclared trailer',
    edited(whole, (body) => body.replace('x-amz-checksum-crc32', 'x-amz-checksum-sha1')),
    /x-amz-trailer names/,
  ],
  [
    'a repeated trailer',
    edited(loose, (body) => body.replace('x-amz-ch', 'x-amz-checksum-crc32:AAAAAA==\r\nx-amz-ch')),
    /repeated/,
  ],
  [
    'a trailer without its signature',
    edited(whole, (body) => body.replace(/x-amz-trailer-signature.*\r\n/, '')),
    /does not match/,
  ],
  [
    'a signature where none belongs',
    edited(loose, (body) => body.replace('5\r\n', `5;chunk-signature=${'0'.repeat(64)}\r\n`)),
    /unexpected/,
  ],
  [
    'a chunk without a signature',
    edited(whole, (body) => body.replace(/;chunk-signature=\w+/, '')),
    /missing/,
  ],
  [
    'a size beyond the body',
    edited(loose, (body) => body.replace('5\r\n', 'ffffffff\r\n')),
    /within a chunk/,
  ],
  ['a size that is none', edited(loose, (body) => body.replace('5\r\n', '-5\r\n')), /malformed/],
  ['a size too small', edited(loose, (body) => body.replace('5\r\n', '4\r\n')), /longer than it states/],
  ['chunk extensions', edited(loose, (body) => body.replace('5\r\n', '5;a=b\r\n')), /malformed/],
  [
    'another decoded length',
    edited(loose, (body) => body.replace('5\r\nxxxxx', '4\r\nxxxx')),
    /decoded-content-length/,
  ],
  ['a short chunk that is not the last', chunked(hmacMarker, hmac, [8191, 8192]), /may be shorter/],
  [
    'more chunks than anybody sends',
    chunked(
      unsignedKind[0],
      unsignedKind[1],
      Array.from({ length: 65_537 }, () => 1),
    ),
    /more than 65536 chunks/,
  ],
  ['the other algorithm', chunked('STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', hmac, [5]), /cannot be signed/],
]

for (const [name, request, want] of malformed) {
  test(`chunks: ${name} is refused`, () => {
    assert.equal(malformed.length, 17)
    const verified = verify(request)
    assert.ok(!verified.ok)
    assert.match(verified.message, want)
  })
}
