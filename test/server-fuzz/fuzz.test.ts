// Goal: whatever arrives over a socket gets AWS's error in bounded time and memory; the process lives on, nothing stored changes.
// Method: rows of broken HTTP and of hostile calls, and random changes to a signed request, against a server of its own.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { allowed, policy, refused } from '../clients/expect.ts'
import { sdk } from '../clients/sdk.ts'
import { administratorOf, type Credentials, serverFor, type TestServer } from '../server.ts'
import { send, signedQuery } from '../signed-call.ts'
import { callRows } from './call-rows.ts'
import { type Given, httpRows } from './http-rows.ts'
import { bytesOf, exchange } from './socket.ts'

/** What HTTP itself answers to methods, encodings and versions that nobody knows. */
const wordsUnknown = new Set([501, 505])

/** Bounds of one answer and of the process. Units: milliseconds, bytes. */
const answerMsMax = 3_000
const residentBytesMax = 512 * 1024 * 1024

test('server fuzz: broken HTTP', async (t) => {
  const { server, given, unchanged } = await stage(t)
  let ran = 0
  for (const [name, bytes, want, sending] of httpRows) {
    await t.test(name, async () => {
      const { status, hung, ms, text } = await exchange(server.port, bytes(given), sending)
      assert.ok(!hung, 'an answer, or the end of the connection')
      assert.ok(
        want.includes(status ?? 'closed'),
        `${status ?? 'closed'} is not of ${want.join(', ')}: ${text.slice(0, 300)}`,
      )
      assert.ok(ms < (sending?.waitMsMax ?? answerMsMax), `${ms} ms`)
      ran += 1
    })
  }
  assert.equal(ran, 34)
  await unchanged()
})

test('server fuzz: hostile calls', async (t) => {
  const { server, given, unchanged } = await stage(t)
  let ran = 0
  for (const [name, request, status, code] of callRows) {
    await t.test(name, async () => {
      const answer = await exchange(server.port, bytesOf(request(given)), {
        finish: false,
        waitMsMax: answerMsMax,
      })
      assert.ok(!answer.hung, 'an answer in time')
      const got = /<Code>(?<xml>[^<]+)<|"__type":"(?<json>[^"]+)"/.exec(answer.text)?.groups
      assert.deepEqual(
        [answer.status, got?.['xml'] ?? got?.['json']],
        [status, code],
        answer.text.slice(0, 600),
      )
      assert.ok(answer.text.length < 16_384, 'an error does not outgrow its request')
      ran += 1
    })
  }
  assert.equal(ran, 36)
  await unchanged()
})

test('server fuzz: a signed request with random changes', async (t) => {
  const { server, given, unchanged } = await stage(t)
  const whole = bytesOf(
    signedQuery(server, 'iam', { Action: 'CreateUser', UserName: 'a'.repeat(65) }, given.administrator),
  )
  const change = fc.oneof(
    fc.record({ kind: fc.constant('cut'), at: fc.nat(whole.length - 1) }),
    fc.record({ kind: fc.constant('flip'), at: fc.nat(whole.length - 1), bit: fc.nat(7) }),
    fc.record({
      kind: fc.constant('insert'),
      at: fc.nat(whole.length),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    fc.record({
      kind: fc.constant('repeat'),
      at: fc.nat(whole.length),
      times: fc.integer({ min: 1, max: 2_000 }),
    }),
  )
  let ran = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = changes.reduce<Buffer>((before, one) => mutate(before, one), whole)
      const { status, hung, text } = await exchange(server.port, bytes, { waitMsMax: answerMsMax })
      assert.ok(!hung, 'an answer, or the end of the connection')
      // Whatever the changes leave intact asks for a user whose name is too long.
      const refused = status === undefined || (status >= 400 && status < 500) || wordsUnknown.has(status)
      assert.ok(refused, `${status}: ${text.slice(0, 300)}`)
      ran += 1
    }),
    { numRuns: 500 },
  )
  assert.ok(ran >= 500)
  await unchanged()
})

test('server fuzz: a thousand wildcards are decided in bounded time', async (t) => {
  const server = await serverFor(t)
  const client = sdk(t, server.url)
  const administrator = administratorOf(server)
  // What backtracking matchers die of: every star may take any part of a long name that ends in no match.
  const Resource = `arn:aws:iam::*:user/${'*a'.repeat(900)}*b`
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'iam:GetUser', Resource })
  allowed(await client.call('iam', 'CreateUser', { UserName: 'wild' }, administrator))
  allowed(
    await client.call(
      'iam',
      'PutUserPolicy',
      { UserName: 'wild', PolicyName: 'stars', PolicyDocument },
      administrator,
    ),
  )
  const { AccessKey } = allowed(
    await client.call('iam', 'CreateAccessKey', { UserName: 'wild' }, administrator),
  )
  const wild = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  const name = 'a'.repeat(64)
  const arn = `arn:aws:iam::${allowed(await client.call('sts', 'GetCallerIdentity', {}, wild)).Account}:user`
  const begunAt = performance.now()
  for (let call = 0; call < 20; call += 1) {
    refused(
      await client.call('iam', 'GetUser', { UserName: name }, wild),
      'AccessDenied',
      `User: ${arn}/wild is not authorized to perform: iam:GetUser on resource: ${arn}/${name} because no identity-based policy allows the iam:GetUser action`,
    )
  }
  assert.ok(performance.now() - begunAt < answerMsMax, 'twenty calls in three seconds')
})

test('server fuzz: slow clients are let go of, and keep nobody waiting', async (t) => {
  const { server, given, unchanged } = await stage(t)
  // Headers have ten seconds.
  const lateMsMax = 15_000
  const whole = bytesOf(
    signedQuery(server, 'iam', { Action: 'CreateUser', UserName: 'slow' }, given.administrator),
  )
  const sending = { finish: false, waitMsMax: lateMsMax }
  const slow = Array.from({ length: 50 }, () => exchange(server.port, whole.subarray(0, 100), sending))
  const body = Array.from({ length: 50 }, () =>
    exchange(server.port, whole.subarray(0, -3), { finish: false, waitMsMax: 1_000 }),
  )

  for (let call = 0; call < 10; call += 1) {
    const begunAt = performance.now()
    const { status } = await send(
      server,
      signedQuery(server, 'sts', { Action: 'GetCallerIdentity' }, given.administrator),
    )
    assert.equal(status, 200)
    assert.ok(performance.now() - begunAt < 1_000, 'others are served meanwhile')
  }
  await Promise.all(body)
  const ends = await Promise.all(slow)
  assert.deepEqual(
    new Set(ends.map(({ status, hung }) => (hung ? 'hung' : (status ?? 'closed')))),
    new Set([408]),
  )
  await unchanged()
})

/** A server with something to lose; `unchanged` holds it against what it was. */
async function stage(
  t: TestContext,
): Promise<{ server: TestServer; given: Given; unchanged: () => Promise<void> }> {
  const server = await serverFor(t)
  const administrator = administratorOf(server)
  const client = sdk(t, server.url)
  allowed(
    await client.call(
      'iam',
      'CreateUser',
      { UserName: 'keeper', Tags: [{ Key: 'a', Value: 'b' }] },
      administrator,
    ),
  )
  const before = await everything(server, administrator)
  return {
    server,
    given: { port: server.port, administrator },
    async unchanged() {
      await sleep(50) // A write that should not be would be on its way.
      assert.deepEqual(await everything(server, administrator), before, 'nothing stored has changed')
      assert.equal((await fetch(`${server.url}/_redoubt/health`)).status, 200)
      assert.ok(
        residentBytes(server.pid) < residentBytesMax,
        `${residentBytes(server.pid)} bytes resident at most`,
      )
    },
  }
}

async function everything(server: TestServer, administrator: Credentials): Promise<string> {
  const request = signedQuery(server, 'iam', { Action: 'GetAccountAuthorizationDetails' }, administrator)
  const { status, body } = await send(server, request)
  assert.equal(status, 200)
  return body.replace(/<RequestId>.*<\/RequestId>/, '')
}

/** The most that a process had in memory. Linux only; elsewhere nothing is measured. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0
  return (
    Number(
      /VmHWM:\s+(?<kibibytes>\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.[
        'kibibytes'
      ],
    ) * 1024
  )
}

interface Change {
  readonly kind: string
  readonly at: number
  readonly bit?: number
  readonly bytes?: Uint8Array
  readonly times?: number
}

function mutate(before: Buffer, { kind, at, bit = 0, bytes = new Uint8Array(), times = 0 }: Change): Buffer {
  const place = Math.min(at, before.length)
  const [head, tail] = [before.subarray(0, place), before.subarray(place)]
  switch (kind) {
    case 'cut':
      return head
    case 'flip':
      return Buffer.concat([head, tail.subarray(0, 1).map((byte) => byte ^ (1 << bit)), tail.subarray(1)])
    case 'insert':
      return Buffer.concat([head, bytes, tail])
    default: {
      // A piece of the request again and again.
      const piece = tail.subarray(0, 8)
      return Buffer.concat([head, ...Array.from({ length: times }, () => piece), tail])
    }
  }
}
