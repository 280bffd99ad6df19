// Goal: nobody gets in who does not hold a secret, and whoever is kept out is told what AWS would tell.
// Method: rows over a server that was started like any other: a caller, and the exact answer of an unmodified client.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administratorOf, type Credentials, serverFor } from '../server.ts'
import { errorOf, send, signedQuery } from '../signed-call.ts'
import type { Client } from './client.ts'
import { allowed, refused } from './expect.ts'
import { sdk } from './sdk.ts'

const unknown = ['InvalidClientTokenId', 'The security token included in the request is invalid.'] as const
const mismatch = [
  'SignatureDoesNotMatch',
  'The request signature we calculated does not match the signature you provided. ' +
    'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
] as const

interface Known {
  readonly administrator: Credentials
  readonly session: Credentials
  readonly inactive: Credentials
  readonly deleted: Credentials
}

const rows: readonly [
  name: string,
  caller: (known: Known) => Credentials,
  want: readonly [code: string, message: string],
][] = [
  [
    'a wrong secret',
    ({ administrator }) => ({ ...administrator, secretAccessKey: 'w'.repeat(40) }),
    mismatch,
  ],
  [
    'a secret that differs in its last letter',
    ({ administrator: { accessKeyId, secretAccessKey } }) => ({
      accessKeyId,
      secretAccessKey: flipLast(secretAccessKey),
    }),
    mismatch,
  ],
  [
    'a key that does not exist',
    () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 's' }),
    unknown,
  ],
  ['a key that was made inactive', ({ inactive }) => inactive, unknown],
  ['a key that was deleted', ({ deleted }) => deleted, unknown],
  ['test/test without --dev', () => ({ accessKeyId: 'test', secretAccessKey: 'test' }), unknown],
  [
    'a key of twelve digits without --dev',
    () => ({ accessKeyId: '123456789012', secretAccessKey: 'test' }),
    unknown,
  ],
  [
    'a key named like a property of objects',
    () => ({ accessKeyId: '__proto__', secretAccessKey: 'test' }),
    unknown,
  ],
  ["a session's key without its token", ({ session: { sessionToken: _lost, ...key } }) => key, unknown],
  [
    'a session with a secret that is not its own',
    ({ session }) => ({ ...session, secretAccessKey: 'w'.repeat(40) }),
    mismatch,
  ],
  [
    "a session's token with one letter changed",
    ({ session }) => ({ ...session, sessionToken: flipMiddle(session.sessionToken ?? '') }),
    unknown,
  ],
  [
    "a session's token under another key",
    ({ administrator, session }) => ({ ...administrator, sessionToken: session.sessionToken ?? '' }),
    unknown,
  ],
]

test('authentication: who is kept out, and why', async (t) => {
  const server = await serverFor(t)
  const client = sdk(t, server.url)
  const known = await makeKnown(client, administratorOf(server))
  let ran = 0
  for (const [name, caller, [code, message]] of rows) {
    await t.test(name, async () => {
      refused(await client.call('sts', 'GetCallerIdentity', {}, caller(known)), code, message)
      ran += 1
    })
  }
  assert.equal(ran, 12)
})

const minuteMs = 60_000
const signedAt: readonly [name: string, minutes: number, want: RegExp | undefined][] = [
  ['15 minutes ago, less a little', -14.9, undefined],
  [
    '16 minutes ago',
    -16,
    /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
  ],
  ['yesterday', -24 * 60, /^Signature expired: /],
  ['14.9 minutes ahead', 14.9, undefined],
  [
    '16 minutes ahead',
    16,
    /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$/,
  ],
]

test('authentication: a signature holds for 15 minutes', async (t) => {
  const server = await serverFor(t)
  let ran = 0
  for (const [name, minutes, want] of signedAt) {
    await t.test(name, async () => {
      const options = { nowMs: Date.now() + minutes * minuteMs }
      const request = signedQuery(
        server,
        'sts',
        { Action: 'GetCallerIdentity' },
        administratorOf(server),
        options,
      )
      const { status, code, message } = errorOf(await send(server, request))
      if (want === undefined) assert.equal(status, 200)
      else {
        assert.deepEqual([status, code], [403, 'SignatureDoesNotMatch'])
        assert.match(message ?? '', want)
      }
      ran += 1
    })
  }
  assert.equal(ran, 5)
})

test('authentication: a request without a signature is told so', async (t) => {
  const server = await serverFor(t)
  const { authorization: _dropped, ...headers } = signedQuery(
    server,
    'iam',
    { Action: 'ListUsers' },
    administratorOf(server),
  ).headers
  const body = Buffer.from('Action=ListUsers&Version=2010-05-08')
  const answer = await send(server, { method: 'POST', path: '/', query: '', headers, body })
  assert.deepEqual(errorOf(answer), {
    status: 403,
    code: 'MissingAuthenticationToken',
    message: 'Request is missing Authentication Token',
  })
})

test('authentication: all regions of all partitions are accepted', async (t) => {
  const server = await serverFor(t)
  const client = sdk(t, server.url)
  const regions = [
    'us-east-1',
    'eu-central-1',
    'cn-north-1',
    'us-gov-west-1',
    'us-iso-east-1',
    'us-isob-east-1',
  ]
  for (const region of regions) {
    const answer = await client.call('sts', 'GetCallerIdentity', {}, administratorOf(server), region)
    assert.match(allowed(answer).Arn ?? '', /^arn:aws:iam::\d{12}:user\/admin$/)
  }
})

async function makeKnown(client: Client, administrator: Credentials): Promise<Known> {
  const made = allowed(await client.call('sts', 'GetSessionToken', {}, administrator)).Credentials
  assert.ok(made)
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = made
  const session = { accessKeyId, secretAccessKey, sessionToken }
  allowed(await client.call('sts', 'GetCallerIdentity', {}, session))

  allowed(await client.call('iam', 'CreateUser', { UserName: 'bob' }, administrator))
  const [inactive, deleted] = [await newKey(client, administrator), await newKey(client, administrator)]
  // Both are used before, so that a cache that forgets to let go of a key is found out.
  for (const key of [inactive, deleted]) allowed(await client.call('sts', 'GetCallerIdentity', {}, key))
  const bobs = { UserName: 'bob' }
  const off = { ...bobs, AccessKeyId: inactive.accessKeyId, Status: 'Inactive' } as const
  allowed(await client.call('iam', 'UpdateAccessKey', off, administrator))
  allowed(
    await client.call('iam', 'DeleteAccessKey', { ...bobs, AccessKeyId: deleted.accessKeyId }, administrator),
  )
  return { administrator, session, inactive, deleted }
}

async function newKey(client: Client, administrator: Credentials): Promise<Credentials> {
  const { AccessKey } = allowed(
    await client.call('iam', 'CreateAccessKey', { UserName: 'bob' }, administrator),
  )
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

function flipLast(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`
}

function flipMiddle(text: string): string {
  const middle = text.length >> 1
  return `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}`
}
