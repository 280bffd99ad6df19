// Goal: every malformed, stale, misdirected or half-signed request is refused for its own reason, in AWS's words.
// Method: one good request; each row changes one thing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AuthenticationFailure,
  type AuthenticationReason,
  createSigner,
  createVerifier,
  readClaim,
  secretMaterial,
  type SignedRequest,
  type Verified,
} from './index.ts'
import { sha256 } from './payload.ts'
import { headerOf } from './request.ts'

const minute = 60_000
const nowMs = Date.UTC(2015, 7, 30, 12, 36)
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const signer = createSigner({ ...keys, service: 'iam', region: 'us-east-1' })
const secret = secretMaterial(keys.secretAccessKey)
const plain: SignedRequest = {
  method: 'POST',
  path: '/',
  query: '',
  headers: { host: 'iam.amazonaws.com', 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from('Action=ListUsers&Version=2010-05-08'),
}
const good = signer.sign(plain, nowMs)
const presigned = signer.presign(plain, nowMs, 600)
const authorization = good.headers['authorization'] ?? ''

type Options = Partial<Parameters<ReturnType<typeof createVerifier>['verify']>[3]>

function verify(request: SignedRequest, options: Options = {}): Verified | AuthenticationFailure {
  const claim = readClaim(request)
  const verifier = createVerifier()
  return claim.ok ? verifier.verify(request, claim, secret, { nowMs, services: ['iam'], ...options }) : claim
}

function withHeader(name: string, value: string | undefined, request = good): SignedRequest {
  return { ...request, headers: { ...request.headers, [name]: value } }
}

function auth(edit: (text: string) => string): SignedRequest {
  return withHeader('authorization', edit(authorization))
}

function query(edit: (text: string) => string): SignedRequest {
  return { ...presigned, query: edit(presigned.query) }
}

test('claim: the good requests are good', () => {
  for (const request of [good, presigned]) assert.equal(verify(request).ok, true)
  const claim = readClaim(presigned)
  assert.ok(claim.ok)
  assert.deepEqual(claim.presigned, { expiresSeconds: 600 })
  assert.deepEqual(claim.scope, {
    date: '20150830',
    region: 'us-east-1',
    service: 'iam',
    text: '20150830/us-east-1/iam/aws4_request',
  })
})

const credential = 'AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request'
const rows: readonly [
  name: string,
  request: SignedRequest,
  reason: AuthenticationReason,
  message: RegExp,
  options?: Options,
][] = [
  ['nothing signed', plain, 'MissingAuthenticationToken', /^Request is missing Authentication Token$/],
  [
    'a date and no signature',
    withHeader('authorization', undefined),
    'MissingAuthenticationToken',
    /missing/,
  ],
  [
    'an empty header',
    withHeader('authorization', ''),
    'IncompleteSignature',
    /requires 'Credential' parameter\. .*requires 'Signature' parameter\. .*requires 'SignedHeaders' parameter\. \(Hashed with SHA-256/,
  ],
  [
    'a bearer token',
    withHeader('authorization', 'Bearer abc'),
    'IncompleteSignature',
    /^Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed/,
  ],
  [
    'a password',
    withHeader('authorization', 'Basic YWxhZGRpbg=='),
    'IncompleteSignature',
    /requires 'Credential'/,
  ],
  [
    'an algorithm of the future',
    auth((text) => text.replace('AWS4-', 'AWS5-')),
    'IncompleteSignature',
    /^Unsupported AWS 'algorithm': 'AWS5-HMAC-SHA256'\.$/,
  ],
  [
    'another hash',
    auth((text) => text.replace('SHA256', 'SHA1')),
    'IncompleteSignature',
    /^Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'\.$/,
  ],
  [
    'a name of Object.prototype for an algorithm',
    auth((text) => text.replace('AWS4-HMAC-SHA256', 'constructor')),
    'IncompleteSignature',
    /Unsupported/,
  ],
  [
    'an algorithm with an equal-sign',
    auth((text) => text.replace(' ', '=')),
    'IncompleteSignature',
    /must begin with the algorithm name/,
  ],
  [
    'no credential',
    auth((text) => text.replace(/Credential=[^,]+, /, '')),
    'IncompleteSignature',
    /^Authorization header requires 'Credential' parameter\. \(Hashed/,
  ],
  [
    'no signature',
    auth((text) => text.replace(/, Signature=.*/, '')),
    'IncompleteSignature',
    /requires 'Signature' parameter/,
  ],
  [
    'no signed headers',
    auth((text) => text.replace(/SignedHeaders=[^,]+, /, '')),
    'IncompleteSignature',
    /requires 'SignedHeaders' parameter/,
  ],
  [
    'no date',
    withHeader('x-amz-date', undefined),
    'IncompleteSignature',
    /requires existence of either a 'X-Amz-Date' or a 'Date' header\. /,
  ],
  [
    'a parameter twice',
    auth((text) => `${text}, Signature=${'0'.repeat(64)}`),
    'IncompleteSignature',
    /twice/,
  ],
  [
    'a blank within the key',
    auth((text) => text.replace('AKID', 'AKID ')),
    'IncompleteSignature',
    /missing equal-sign/,
  ],
  ['an endless header', auth((text) => text + ' '.repeat(9000)), 'IncompleteSignature', /does not conform/],
  [
    'a date in another form',
    withHeader('x-amz-date', '2015-08-30T12:36:00Z'),
    'IncompleteSignature',
    /^Date must be in ISO-8601 'basic format'\. Got '2015-08-30T12:36:00Z'\./,
  ],
  [
    'a day the calendar lacks',
    withHeader('x-amz-date', '20150230T123600Z'),
    'IncompleteSignature',
    /basic format/,
  ],
  [
    'four parts of a credential',
    auth((text) => text.replace('/iam/', '/')),
    'IncompleteSignature',
    /exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got 'AKIDEXAMPLE\/2015/,
  ],
  [
    'six parts of a credential',
    auth((text) => text.replace('/iam/', '/iam/x/')),
    'IncompleteSignature',
    /exactly 5/,
  ],
  ['no access key id', auth((text) => text.replace('AKIDEXAMPLE', '')), 'IncompleteSignature', /exactly 5/],
  [
    'another terminator',
    auth((text) => text.replace('aws4_request', 'aws5_request')),
    'InvalidScope',
    /valid terminator: 'aws4_request', not 'aws5_request'/,
  ],
  [
    'another day in the scope',
    auth((text) => text.replace('/20150830/', '/20150831/')),
    'InvalidScope',
    /^Date in Credential scope does not match YYYYMMDD/,
  ],
  [
    'another service',
    auth((text) => text.replace('/iam/', '/sts/')),
    'InvalidScope',
    /^Credential should be scoped to correct service: 'iam'\. $/,
  ],
  [
    'a region not served',
    good,
    'InvalidScope',
    /^Credential should be scoped to a valid region\. $/,
    { region: (name) => name === 'eu-west-1' },
  ],
  [
    'neither region nor service',
    good,
    'InvalidScope',
    /^Credential should be scoped to a valid region\. Credential should be scoped to correct service: 'sts'\. $/,
    { region: () => false, services: ['sts'] },
  ],
  ['no service at all', good, 'InvalidScope', /correct service: ''/, { services: [] }],
  [
    'signed headers out of order',
    auth((text) => text.replace('content-type;host', 'host;content-type')),
    'SignatureDoesNotMatch',
    /^The request signature we calculated/,
  ],
  [
    'signed headers in capitals',
    auth((text) => text.replace(';host;', ';Host;')),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'a signed header twice',
    auth((text) => text.replace(';host;', ';host;host;')),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'a signed header that was not sent',
    auth((text) => text.replace(';host;', ';etag;host;')),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'a name of Object.prototype for a signed header',
    auth((text) => text.replace('=content-type', '=constructor;content-type')),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'the host not signed',
    auth((text) => text.replace(';host;', ';')),
    'UnsignedHeader',
    /^'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization\.$/,
  ],
  [
    'the date not signed',
    auth((text) => text.replace(';x-amz-date', '')),
    'UnsignedHeader',
    /^'x-amz-date' must be/,
  ],
  [
    'a target added under way',
    withHeader('x-amz-target', 'A.B'),
    'UnsignedHeader',
    /^'x-amz-target' must be/,
  ],
  [
    'a target added to a presigned request',
    withHeader('x-amz-target', 'A.B', presigned),
    'UnsignedHeader',
    /^'x-amz-target' must be/,
  ],
  [
    'a signature in capitals',
    auth((text) =>
      text.replace(/Signature=.*/, (signature) => signature.toUpperCase().replace('SIGNATURE', 'Signature')),
    ),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  ['a short signature', auth((text) => text.slice(0, -2)), 'SignatureDoesNotMatch', /calculated/],
  [
    'another secret',
    createSigner({ ...keys, secretAccessKey: 'other', service: 'iam', region: 'us-east-1' }).sign(
      plain,
      nowMs,
    ),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'another body',
    { ...good, body: Buffer.from('Action=DeleteUser') },
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'another body under a stated hash',
    {
      ...signer.sign(
        withHeader(
          'x-amz-content-sha256',
          'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          plain,
        ),
        nowMs,
      ),
    },
    'InvalidPayload',
    /does not match what was computed/,
  ],
  [
    'a payload hash that is none',
    signer.sign(withHeader('x-amz-content-sha256', 'hello', plain), nowMs),
    'InvalidPayload',
    /must be UNSIGNED-PAYLOAD/,
  ],
  [
    'an unsigned payload claimed under way',
    withHeader('x-amz-content-sha256', 'UNSIGNED-PAYLOAD'),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'a minute too old',
    good,
    'SignatureExpired',
    /^Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z \(20150830T125200Z - 15 min\.\)$/,
    { nowMs: nowMs + 16 * minute },
  ],
  [
    'a minute too early',
    good,
    'SignatureNotYetCurrent',
    /^Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z \(20150830T122000Z \+ 15 min\.\)$/,
    { nowMs: nowMs - 16 * minute },
  ],
  [
    'too old for a narrow window',
    good,
    'SignatureExpired',
    /- 5 min\.\)$/,
    { nowMs: nowMs + 5 * minute + 1000, skewMs: 5 * minute },
  ],
  [
    'presigned and past its time',
    presigned,
    'RequestExpired',
    /^Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \(20150830T124601Z - 10 min\.\)$/,
    { nowMs: nowMs + 601_000 },
  ],
  [
    'presigned for the future',
    presigned,
    'SignatureNotYetCurrent',
    /not yet current/,
    { nowMs: nowMs - 16 * minute },
  ],
  [
    'presigned with fewer parameters',
    query((text) => text.replace(/X-Amz-Credential=[^&]+&/, '')),
    'IncompleteSignature',
    /^AWS query-string parameters must include 'X-Amz-Credential'\. Re-examine the query-string parameters\.$/,
  ],
  [
    'presigned with a parameter twice',
    query((text) => `${text}&X-Amz-Date=20150830T123600Z`),
    'IncompleteSignature',
    /repeated/,
  ],
  [
    'presigned with broken escapes',
    query((text) => text.replace('%2F', '%ZZ')),
    'IncompleteSignature',
    /malformed/,
  ],
  [
    'presigned for more than a week',
    query((text) => text.replace('=600&', '=604801&')),
    'IncompleteSignature',
    /1 to 604800/,
  ],
  [
    'presigned for no time',
    query((text) => text.replace('=600&', '=0&')),
    'IncompleteSignature',
    /1 to 604800/,
  ],
  [
    'presigned for a negative time',
    query((text) => text.replace('=600&', '=-1&')),
    'IncompleteSignature',
    /1 to 604800/,
  ],
  [
    'presigned for longer than was signed',
    query((text) => text.replace('=600&', '=6000&')),
    'SignatureDoesNotMatch',
    /calculated/,
  ],
  [
    'header and query at once',
    withHeader('authorization', authorization, presigned),
    'SignatureDoesNotMatch',
    /^Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header\.$/,
  ],
  [
    'SigV4a without its region set',
    auth((text) => text.replace('HMAC', 'ECDSA-P256').replace('us-east-1/', '')),
    'IncompleteSignature',
    /Region-Set/,
  ],
]

for (const [name, request, reason, message, options] of rows) {
  test(`claim: ${name} is refused`, () => {
    const verified = verify(request, options)
    assert.ok(!verified.ok)
    assert.equal(verified.reason, reason)
    assert.match(verified.message, message)
    assert.ok(!verified.message.includes(keys.secretAccessKey))
  })
}

test('claim: the rows ran', () => {
  assert.equal(rows.length, 57)
  assert.ok(authorization.includes(credential))
})

const accepted: readonly [name: string, request: SignedRequest, options?: Options][] = [
  ['the last second of the window', good, { nowMs: nowMs + 15 * minute }],
  ['the first second of the window', good, { nowMs: nowMs - 15 * minute }],
  [
    'presigned, its last second, beyond the window',
    signer.presign(plain, nowMs, 604_800),
    { nowMs: nowMs + 604_800_000 },
  ],
  ['a session token that was not signed', withHeader('x-amz-security-token', 'token')],
  [
    'a session token in a presigned query that was not signed',
    { ...presigned, query: `${presigned.query}&X-Amz-Security-Token=token` },
  ],
  ['a stated hash that was not signed', withHeader('x-amz-content-sha256', sha256(plain.body))],
  [
    'an unsigned payload that the signer wanted',
    {
      ...signer.sign(withHeader('x-amz-content-sha256', 'UNSIGNED-PAYLOAD', plain), nowMs),
      body: Buffer.from('other'),
    },
  ],
  ['no blanks after commas', auth((text) => text.replaceAll(', ', ','))],
  ['blanks around the header', auth((text) => `  ${text} `)],
  ['a header added that needs no signature', withHeader('x-amzn-trace-id', 'Root=1')],
  ['one of several signing names', good, { services: ['monitoring', 'iam'] }],
]

for (const [name, request, options] of accepted) {
  test(`claim: ${name} is accepted`, () => {
    const verified = verify(request, options)
    assert.ok(verified.ok, verified.ok ? '' : verified.message)
    assert.equal(accepted.length, 11)
  })
}

test('claim: signed headers have one spelling', () => {
  const lists = [
    'host;content-type;x-amz-date',
    'host;host;x-amz-date',
    ';host',
    'host;',
    'Host',
    '',
    'host;x y',
  ]
  for (const list of lists) {
    assert.equal(
      readClaim(auth((text) => text.replace(/SignedHeaders=[^,]+/, `SignedHeaders=${list}`))).ok,
      false,
      list,
    )
  }
  assert.equal(lists.length, 7)
})

test('claim: a signed header that was taken away is not an empty one', () => {
  const signed = signer.sign(withHeader('x-thing', '', plain), nowMs)
  assert.equal(verify(signed).ok, true)
  assert.equal(verify(withHeader('x-thing', undefined, signed)).ok, false)
})

test('claim: a header is never found on a prototype', () => {
  for (const name of ['constructor', '__proto__', 'toString']) assert.equal(headerOf(plain, name), undefined)
})

test('claim: the Date header stands in for X-Amz-Date, and must be signed then', () => {
  const date = new Date(nowMs).toUTCString()
  const { 'x-amz-date': _, ...headers } = good.headers
  const claim = readClaim({ ...good, headers: { ...headers, date } })
  assert.ok(claim.ok)
  assert.equal(claim.amzDate, '20150830T123600Z')
  const verified = verify({ ...good, headers: { ...headers, date } })
  assert.ok(!verified.ok)
  assert.match(verified.message, /^'Date' must be a 'SignedHeader'/)
})

test('keys: a derived key does not outlive its secret, and is derived once', () => {
  const verifier = createVerifier({ cacheEntriesMax: 2 })
  const claim = readClaim(good)
  assert.ok(claim.ok)
  let revealed = 0
  const counted = (identity: string, text: string): Parameters<typeof verifier.verify>[2] => ({
    identity,
    reveal: () => (revealed++, text),
  })
  const options = { nowMs, services: ['iam'] }
  const old = counted('sealed 1', keys.secretAccessKey)
  assert.equal(verifier.verify(good, claim, old, options).ok, true)
  assert.equal(verifier.verify(good, claim, old, options).ok, true)
  assert.equal(revealed, 1)
  assert.equal(verifier.verify(good, claim, counted('sealed 2', 'changed'), options).ok, false)
  assert.equal(verifier.verify(good, claim, old, options).ok, true)
  assert.equal(revealed, 3)
})
