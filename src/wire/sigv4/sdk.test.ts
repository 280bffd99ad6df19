// Goal: what the AWS SDK signs verifies, in every form, and nothing else does.
// Method: random requests signed by @smithy/signature-v4 and -v4a; each is verified, then verified again with one byte changed in
// each of its parts. Our own signer is held to the same, and to the SDK's very bytes. The last test sends over a real socket,
// since Node's way of delivering headers is part of the claim.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import { test } from 'node:test'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { SignatureV4a } from '@smithy/signature-v4a'
import fc from 'fast-check'
import {
  type AuthenticationFailure,
  createSigner,
  createVerifier,
  readClaim,
  secretMaterial,
  type SignedRequest,
  type Verified,
} from './index.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

const credentials = {
  accessKeyId: 'AKIAQXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const nowMs = Date.UTC(2026, 1, 28, 23, 59, 59)
const signingDate = new Date(nowMs)
const verifier = createVerifier()
const secret = secretMaterial(credentials.secretAccessKey)
const region = 'eu-central-1'

interface Given {
  readonly method: string
  readonly path: string
  readonly query: Record<string, string | string[]>
  readonly headers: Record<string, string>
  readonly body: string
  readonly service: string
  readonly sessionToken: string | undefined
}

const segment = fc
  .string({ minLength: 1, maxLength: 8 })
  .map(encode)
  .filter((text) => text !== '.' && text !== '..')
const visible = fc.stringMatching(/^[!-~][ -~]{0,20}$/)
const names = fc.stringMatching(/^x-[a-z][a-z0-9-]{0,8}$/).filter((name) => !name.startsWith('x-am'))
const given: fc.Arbitrary<Given> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  query: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).filter((name) => !name.startsWith('X-Amz-')),
    fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    ),
    { maxKeys: 4, noNullPrototype: true },
  ),
  headers: fc.dictionary(names, visible, { maxKeys: 3, noNullPrototype: true }),
  body: fc.string({ maxLength: 200 }),
  service: fc.constantFrom('iam', 'kms', 'lambda', 's3'),
  sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,60}$/), { nil: undefined }),
})

function encode(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(
      /[^A-Za-z0-9\-._~]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
}

interface SdkRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly path: string
  readonly query: Record<string, string | string[]>
  readonly headers: Record<string, string>
  readonly body: string
}

function sdkRequest({ method, path, query, headers, body, service }: Given): SdkRequest {
  const host = `${service}.${region}.amazonaws.com`
  const more = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Service.Operation' }
  return { method, protocol: 'http:', hostname: host, path, query, headers: { ...headers, ...more }, body }
}

/** As it would stand on the wire. */
function wired(request: {
  method: string
  path: string
  query?: object
  headers: Record<string, string>
  body?: unknown
}): SignedRequest {
  const pairs = Object.entries(request.query ?? {}).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${encode(name)}=${encode(String(one))}`),
  )
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const { method, path } = request
  return { method, path, query: pairs.join('&'), headers, body: Buffer.from(String(request.body)) }
}

function verify(request: SignedRequest, service: string): Verified | AuthenticationFailure {
  const claim = readClaim(request)
  return claim.ok ? verifier.verify(request, claim, secret, { nowMs, services: [service] }) : claim
}

/** Every part that is signed, with one byte changed; `at` picks which. */
function changed(request: SignedRequest, at: number): (readonly [part: string, request: SignedRequest])[] {
  const text = (value: string): string => {
    const index = at % Math.max(value.length, 1)
    return value.slice(0, index) + (value[index] === 'z' ? 'y' : 'z') + value.slice(index + 1)
  }
  const body = Buffer.from(request.body.length === 0 ? [0] : request.body)
  body[at % body.length] = (body[at % body.length] ?? 0) ^ (1 << (at & 7))
  const claim = readClaim(request)
  assert.ok(claim.ok)
  return [
    ['method', { ...request, method: request.method === 'PUT' ? 'POST' : 'PUT' }],
    ['path', { ...request, path: `/${text(request.path.slice(1))}` }],
    ['query', { ...request, query: text(request.query) }],
    ['more query', { ...request, query: `${request.query}&z` }],
    ...claim.signedHeaders.map(
      (name) =>
        [
          `header ${name}`,
          { ...request, headers: { ...request.headers, [name]: text(request.headers[name] ?? '') } },
        ] as const,
    ),
    ...(request.headers['authorization'] === undefined || request.headers['authorization'].includes('ECDSA')
      ? []
      : [
          [
            'authorization',
            {
              ...request,
              headers: { ...request.headers, authorization: respelled(request.headers['authorization'], at) },
            },
          ] as const,
        ]),
    ...(unsigned(request) ? [] : [['body', { ...request, body }] as const]),
  ]
}

/** One digit of the signature changed. */
function respelled(authorization: string, at: number): string {
  const index = authorization.length - 1 - (at % 64)
  return (
    authorization.slice(0, index) +
    (authorization[index] === '0' ? '1' : '0') +
    authorization.slice(index + 1)
  )
}

function unsigned(request: SignedRequest): boolean {
  return request.query.includes('UNSIGNED-PAYLOAD')
}

function checked(request: SignedRequest, service: string, at: number): number {
  const verified = verify(request, service)
  assert.ok(verified.ok, verified.ok ? '' : `${verified.reason}: ${verified.message}`)
  const all = changed(request, at)
  for (const [part, other] of all) assert.equal(verify(other, service).ok, false, part)
  return all.length
}

const at = fc.nat(10_000)

test('sdk: what it signs by header verifies, and no changed byte does; our signer writes the same', async () => {
  let ran = 0
  const property = fc.asyncProperty(given, at, async (request, index) => {
    const { service, sessionToken } = request
    const keys = { ...credentials, ...(sessionToken !== undefined && { sessionToken }) }
    const signer = new SignatureV4({
      credentials: keys,
      region,
      service,
      sha256: Sha256,
      uriEscapePath: service !== 's3',
    })
    const signed = wired(await signer.sign(sdkRequest(request), { signingDate }))
    ran += checked(signed, service, index)

    const { authorization: _, ...headers } = signed.headers
    const ours = createSigner({ ...keys, region, service }).sign({ ...signed, headers }, nowMs)
    assert.equal(ours.headers['authorization'], signed.headers['authorization'])
  })
  await fc.assert(property, { seed: 4, numRuns: 400 })
  assert.ok(ran > 400 * 8, String(ran))
})

test('sdk: what it presigns verifies, and no changed byte does', async () => {
  let ran = 0
  const property = fc.asyncProperty(given, at, async (request, index) => {
    const { service, sessionToken } = request
    const keys = { ...credentials, ...(sessionToken !== undefined && { sessionToken }) }
    const signer = new SignatureV4({
      credentials: keys,
      region,
      service,
      sha256: Sha256,
      uriEscapePath: service !== 's3',
    })
    const plain = sdkRequest(request)
    // As @aws-sdk/s3-request-presigner does.
    const headers =
      service === 's3' ? { ...plain.headers, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' } : plain.headers
    const presigned = await signer.presign({ ...plain, headers }, { signingDate, expiresIn: 60 })
    ran += checked(wired(presigned), service, index)
  })
  await fc.assert(property, { seed: 5, numRuns: 250 })
  assert.ok(ran > 250 * 5, String(ran))
})

test('sdk: what it signs with SigV4a verifies, and no changed byte does', async () => {
  let ran = 0
  const property = fc.asyncProperty(given, at, async (request, index) => {
    const { service, sessionToken } = request
    const keys = { ...credentials, ...(sessionToken !== undefined && { sessionToken }) }
    const signer = new SignatureV4a({
      credentials: keys,
      region: 'eu-*',
      service,
      sha256: Sha256,
      uriEscapePath: service !== 's3',
    })
    ran += checked(wired(await signer.sign(sdkRequest(request), { signingDate })), service, index)
  })
  await fc.assert(property, { seed: 6, numRuns: 15 })
  assert.ok(ran > 15 * 8, String(ran))
})

test('our signer: what it signs and presigns verifies, with either algorithm, and no changed byte does', () => {
  let ran = 0
  const property = fc.property(given, at, fc.boolean(), (request, index, asymmetric) => {
    const { service, sessionToken } = request
    const signer = createSigner({
      ...credentials,
      ...(sessionToken !== undefined && { sessionToken }),
      region,
      service,
      algorithm: asymmetric ? 'AWS4-ECDSA-P256-SHA256' : 'AWS4-HMAC-SHA256',
    })
    const plain = wired(sdkRequest(request))
    ran += checked(signer.sign(plain, nowMs), service, index)
    const presigned = signer.presign(plain, nowMs, 60)
    assert.ok(verify(presigned, service).ok)
    for (const [part, other] of changed(presigned, index)) {
      if (part !== 'body' || service !== 's3') assert.equal(verify(other, service).ok, false, part)
    }
  })
  fc.assert(property, { seed: 7, numRuns: 60 })
  assert.ok(ran > 60 * 8, String(ran))
})

test('over a socket: repeated headers, bytes beyond ASCII and a query arrive as they were signed', async (t) => {
  const server = createServer()
  const port = await listenOnLoopback(server, t)
  const rows: readonly [name: string, header: string | string[], canonical: string, want: boolean][] = [
    ['one value', 'a', 'a', true],
    ['one value with a comma and a blank', 'a, b', 'a, b', true],
    ['two values', ['a', 'b'], 'a,b', true],
    ['two values passed off as one', 'a, b', 'a,b', false],
    ['one value passed off as two', ['a', 'b'], 'a, b', false],
    ['UTF-8', Buffer.from('à é').toString('latin1'), Buffer.from('à é').toString('latin1'), true],
  ]
  for (const [name, header, canonical, want] of rows) {
    const signer = createSigner({ ...credentials, service: 'kms', region })
    const headers = { host: 'kms.localhost', 'x-thing': canonical }
    const signed = signer.sign(
      { method: 'POST', path: '/a%20b', query: 'x=%7Ey', headers, body: Buffer.from('{}') },
      nowMs,
    )
    const client = send({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/a%20b?x=%7Ey',
      headers: { ...signed.headers, 'x-thing': header },
    })
    client.end(Buffer.from('{}')) // A string would be joined to the head and turn its bytes to UTF-8.
    const [incoming, response] = await once(server, 'request')
    const { method = '', url = '', headers: received, rawHeaders } = incoming as IncomingMessage // What a server's request event gives.
    const [path = '', query = ''] = url.split('?')
    // Only set-cookie is delivered as a list, and no request has it.
    const flat = Object.fromEntries(Object.entries(received).map(([key, value]) => [key, String(value)]))
    const verified = verify(
      { method, path, query, headers: flat, rawHeaders, body: Buffer.from('{}') },
      'kms',
    )
    response.end()
    await once(client, 'response')
    assert.equal(verified.ok, want, name)
  }
  assert.equal(rows.length, 6)
})
