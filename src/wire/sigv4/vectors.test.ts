// Goal: AWS's own signing test suite passes, whole and counted: what it signed verifies, and we sign what it signed.
// Method: each case of test/vectors/sigv4 in its header and its query form; canonical request and string to sign are compared as
// text, so that a failure shows where the two part. SigV4a's signatures are random: they are verified, and ours are verified too.
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  stringToSign,
} from './canonical-request.ts'
import type { Algorithm, Claim } from './claim.ts'
import { createSigner, createVerifier, readClaim, secretMaterial, type SignedRequest } from './index.ts'
import { keyPairOf } from './key-pair.ts'
import { payloadOf } from './payload.ts'

interface Context {
  readonly credentials: {
    readonly access_key_id: string
    readonly secret_access_key: string
    readonly token?: string
  }
  readonly expiration_in_seconds: number
  readonly normalize: boolean
  readonly region: string
  readonly service: string
  readonly timestamp: string
  readonly omit_session_token?: boolean
}

type Case = Readonly<Record<string, string>> & {
  readonly 'context.json'?: Context
  readonly 'public-key.json'?: { readonly X: string; readonly Y: string }
}

const suites = [
  ['v4', 'AWS4-HMAC-SHA256', 40, 2],
  ['v4a', 'AWS4-ECDSA-P256-SHA256', 38, 0],
] as const satisfies readonly (readonly [
  name: string,
  algorithm: Algorithm,
  cases: number,
  skipped: number,
])[]

for (const [suite, algorithm, caseCount, skipCount] of suites) {
  const text = readFileSync(new URL(`../../../test/vectors/sigv4/${suite}.json`, import.meta.url), 'utf8')
  const cases = Object.entries(JSON.parse(text) as Record<string, Case>) // Our own data; a wrong form fails the asserts below.

  for (const form of ['header', 'query'] as const) {
    test(`vectors: ${suite}, ${form} form`, () => {
      assert.equal(cases.length, caseCount)
      let ran = 0
      const skipped: string[] = []
      for (const [name, files] of cases) {
        const context = files['context.json']
        // Two cases of an older suite state no context, and their three files disagree on the date; the path test has them.
        if (context === undefined) skipped.push(name)
        else runCase(name, files, context, form, algorithm)
        ran += 1
      }
      assert.equal(ran, caseCount)
      assert.equal(skipped.length, skipCount)
    })
  }
}

function runCase(
  name: string,
  files: Case,
  context: Context,
  form: 'header' | 'query',
  algorithm: Algorithm,
): void {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, token } = context.credentials
  const nowMs = Date.parse(context.timestamp)
  const rules = { normalize: context.normalize, encode: true }
  const options = {
    nowMs,
    services: [context.service],
    region: (region: string) => region === context.region,
  }
  const verifier = createVerifier({ pathRules: () => rules })
  const secret = secretMaterial(secretAccessKey)

  // What AWS signed verifies.
  const request = parse(fileOf(files, `${form}-signed-request.txt`))
  const claim = readClaim(request)
  assert.ok(claim.ok, `${name}: ${claim.ok ? '' : claim.message}`)
  assert.equal(claim.sessionToken, token, name)
  assert.equal(
    claim.presigned?.expiresSeconds,
    form === 'query' ? context.expiration_in_seconds : undefined,
    name,
  )

  const canonical = canonicalText(request, claim, rules, context.omit_session_token === true)
  assert.equal(canonical, fileOf(files, `${form}-canonical-request.txt`), name)
  assert.equal(stringToSign(claim, sha256(canonical)), fileOf(files, `${form}-string-to-sign.txt`), name)
  assert.deepEqual(verifier.verify(request, claim, secret, options).ok, true, name)

  const signature = fileOf(files, `${form}-signature.txt`)
  assert.ok(verifier.verify(request, { ...claim, signature }, secret, options).ok, name)
  const wrong = { ...claim, signature: flipped(claim.signature) }
  assert.equal(verifier.verify(request, wrong, secret, options).ok, false, name)

  const publicKey = files['public-key.json']
  if (publicKey !== undefined) {
    const { x, y } = keyPairOf(secretAccessKey, accessKeyId).publicKey.export({ format: 'jwk' })
    assert.equal(Buffer.from(x ?? '', 'base64url').toString('hex'), publicKey.X, name)
    assert.equal(Buffer.from(y ?? '', 'base64url').toString('hex'), publicKey.Y, name)
  }

  // And we sign what AWS signed.
  const omitted = context.omit_session_token === true
  const signer = createSigner({
    accessKeyId,
    secretAccessKey,
    service: context.service,
    region: context.region,
    algorithm,
    pathRules: rules,
    ...(token !== undefined && !omitted && { sessionToken: token }),
  })
  const plain = withoutSignature(request)
  const ours =
    form === 'header'
      ? signer.sign(plain, nowMs)
      : signer.presign(plain, nowMs, context.expiration_in_seconds)
  const ourClaim = readClaim(ours)
  assert.ok(ourClaim.ok, name)
  if (algorithm === 'AWS4-HMAC-SHA256') assert.equal(ourClaim.signature, signature, name)
  assert.ok(verifier.verify(ours, ourClaim, secret, options).ok, name)
}

test('vectors: paths that the wire has encoded already are encoded once more', () => {
  const cases = JSON.parse(
    readFileSync(new URL('../../../test/vectors/sigv4/v4.json', import.meta.url), 'utf8'),
  ) as Record<string, Case> // Our own data, as above.
  let ran = 0
  for (const name of ['double-encode-path', 'double-url-encode']) {
    const files = cases[name]
    assert.ok(files)
    const { path } = parse(fileOf(files, 'request.txt'))
    const [, want] = fileOf(files, 'header-canonical-request.txt').split('\n')
    assert.equal(canonicalPath(path, { normalize: true, encode: true }), want, name)
    ran += 1
  }
  assert.equal(ran, 2)
})

function canonicalText(
  request: SignedRequest,
  claim: Claim,
  rules: { readonly normalize: boolean; readonly encode: boolean },
  omitToken: boolean,
): string {
  const payload = payloadOf(request, claim)
  assert.ok(!('ok' in payload))
  const except = new Set(['X-Amz-Signature', ...(omitToken ? ['X-Amz-Security-Token'] : [])])
  const headers = canonicalHeaders(request, claim.signedHeaders)
  assert.ok(headers !== undefined)
  const { method } = request
  const path = canonicalPath(request.path, rules)
  const query = canonicalQuery(request.query, except)
  return canonicalRequest(method, path, query, headers, claim.signedHeaders, payload.hash).toString()
}

/** Reads a request of the suite as Node would deliver it: repeated headers joined, all of them in rawHeaders too. */
function parse(text: string): SignedRequest {
  const end = text.indexOf('\n\n')
  const head = end === -1 ? text.trimEnd() : text.slice(0, end)
  const [line = '', ...headerLines] = head.replaceAll(/\n(?=[ \t])/g, ' \r').split('\n')
  const [, method = '', target = ''] = /^(\S+) (.*?)(?: HTTP\/1\.1)?$/.exec(line) ?? []
  const question = target.indexOf('?')
  const headers: Record<string, string> = {}
  const rawHeaders: string[] = []
  for (const header of headerLines) {
    const colon = header.indexOf(':')
    const [name, value] = [header.slice(0, colon), header.slice(colon + 1).trim()]
    rawHeaders.push(name, value)
    const known = headers[name.toLowerCase()]
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`
  }
  return {
    method,
    path: question === -1 ? target : target.slice(0, question),
    query: question === -1 ? '' : target.slice(question + 1),
    headers,
    rawHeaders,
    body: Buffer.from(end === -1 ? '' : text.slice(end + 2)),
  }
}

/** The request before it was signed; what the signer adds is gone, all else stays. */
function withoutSignature(request: SignedRequest): SignedRequest {
  const added = new Set(['authorization', 'x-amz-date', 'x-amz-region-set', 'x-amz-security-token'])
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !added.has(name)))
  const query = request.query
    .split('&')
    .filter((part) => !part.startsWith('X-Amz-'))
    .join('&')
  return { ...request, headers, query }
}

function fileOf(files: Case, name: string): string {
  const text = files[name]
  assert.ok(typeof text === 'string', name)
  return text.replaceAll('\r', '').trimEnd()
}

/** The last byte of the signature changed, so that its form stays. */
function flipped(signature: string): string {
  return signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0')
}

function sha256(text: string): string {
  return hash('sha256', Buffer.from(text), 'hex')
}
