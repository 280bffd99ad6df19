// Goal: what a client was told stays told: across an orderly stop, and across kill -9.
// Method: one data directory, server after server; each time the world as it was left is asked for through the SDK.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  administratorOf,
  type Credentials,
  directoryFor,
  serverFor,
  startServer,
  type TestServer,
} from '../server.ts'
import type { Client } from './client.ts'
import { allow, allowed, denied } from './expect.ts'
import { sdk } from './sdk.ts'

const ends: readonly [name: string, end: (server: TestServer) => Promise<unknown>, workers: number][] = [
  ['an orderly stop', async (server) => assert.equal(await server.stop(), 0), 1],
  ['kill -9', (server) => server.kill(), 1],
  ['an orderly stop of two workers', async (server) => assert.equal(await server.stop(), 0), 2],
  ['kill -9 of two workers', (server) => server.kill(), 2],
]

for (const [name, end, workers] of ends) {
  test(`restart: ${name} keeps everything`, async (t) => {
    const directory = directoryFor(t)
    const before = await serverFor(t, { directory, workers })
    const administrator = administratorOf(before)
    const { frank, session, told } = await settle(sdk(t, before.url), administrator)
    await end(before)

    const after = await serverFor(t, { directory, workers })
    assert.equal(after.administrator, undefined, 'credentials are shown once')
    const client = sdk(t, after.url)
    assert.deepEqual(await everything(client, administrator), told)

    const { Arn = '', Account } = allowed(await client.call('sts', 'GetCallerIdentity', {}, frank))
    const users = `arn:aws:iam::${Account}:user/`
    allowed(await client.call('iam', 'GetUser', {}, frank))
    denied(
      await client.call('iam', 'ListUsers', {}, frank),
      Arn,
      'iam:ListUsers',
      users,
      'identity-based policy',
    )
    allowed(await client.call('sts', 'GetCallerIdentity', {}, session))

    const trail =
      allowed(await client.call('cloudtrail', 'LookupEvents', { MaxResults: 50 }, administrator)).Events ?? []
    const names = trail.map(({ EventName }) => EventName)
    for (const wanted of ['CreateUser', 'CreateAccessKey', 'PutUserPolicy', 'GetSessionToken', 'GetUser']) {
      const count = wanted === 'GetUser' ? 2 : 1 // Once by frank before and once after.
      assert.equal(names.filter((each) => each === wanted).length, count, `${wanted} in ${names.join(' ')}`)
    }
  })
}

test('restart: two servers do not share a data directory', async (t) => {
  const directory = directoryFor(t)
  const first = await serverFor(t, { directory })
  await assert.rejects(startServer({ directory }), /another Redoubt process uses the data directory/)
  allowed(await sdk(t, first.url).call('sts', 'GetCallerIdentity', {}, administratorOf(first)))
})

async function settle(client: Client, administrator: Credentials) {
  allowed(
    await client.call(
      'iam',
      'CreateUser',
      { UserName: 'frank', Tags: [{ Key: 'a', Value: 'b' }] },
      administrator,
    ),
  )
  const policy = { UserName: 'frank', PolicyName: 'self', PolicyDocument: allow('iam:GetUser') }
  allowed(await client.call('iam', 'PutUserPolicy', policy, administrator))
  const { AccessKey } = allowed(
    await client.call('iam', 'CreateAccessKey', { UserName: 'frank' }, administrator),
  )
  const frank = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  const { Credentials: made } = allowed(await client.call('sts', 'GetSessionToken', {}, administrator))
  assert.ok(made)
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = made
  allowed(await client.call('iam', 'GetUser', {}, frank))
  return {
    frank,
    session: { accessKeyId, secretAccessKey, sessionToken },
    told: await everything(client, administrator),
  }
}

/** The whole of an account's identities. */
async function everything(client: Client, administrator: Credentials): Promise<object> {
  const { $metadata: _requestId, ...details } = {
    $metadata: undefined,
    ...allowed(await client.call('iam', 'GetAccountAuthorizationDetails', {}, administrator)),
  }
  return details
}
