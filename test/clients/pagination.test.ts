// Goal: clients that page through lists see each item once, also while others write.
// Method: 25 users; each client's own paginator with small pages; by hand, with users made and deleted between the pages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IAMClient, paginateListUsers } from '@aws-sdk/client-iam'
import { administratorOf, serverFor, type TestServer } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { environment, run } from './aws-cli.ts'
import { boto3Driver } from './boto3.ts'
import type { Client } from './client.ts'
import { allowed } from './expect.ts'
import { sdk } from './sdk.ts'

const names = Array.from({ length: 25 }, (_, index) => `user-${String(index).padStart(2, '0')}`)
const python = findPython(pythonClients)
const skip = python.ready ? false : python.why

test('pagination: each client sees each user once', async (t) => {
  const server = await serverFor(t)
  await makeUsers(sdk(t, server.url), server)
  const credentials = administratorOf(server)

  await t.test('the SDK', async () => {
    const client = new IAMClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { ...credentials },
    })
    const sizes: number[] = []
    const seen: (string | undefined)[] = []
    for await (const { Users = [] } of paginateListUsers(
      { client, pageSize: 10 },
      { PathPrefix: '/many/' },
    )) {
      sizes.push(Users.length)
      seen.push(...Users.map(({ UserName }) => UserName))
    }
    client.destroy()
    assert.deepEqual([seen, sizes], [names, [10, 10, 5]])
  })

  await t.test('boto3', { skip }, async (t) => {
    const input = { PathPrefix: '/many/', PaginationConfig: { PageSize: 7 } }
    const request = {
      url: server.url,
      service: 'iam',
      operation: 'ListUsers',
      region: 'us-east-1',
      credentials,
      input,
    }
    const pages = allowed(await boto3Driver(t)({ ...request, paginate: true }))
    assert.ok(Array.isArray(pages))
    const users = (pages as readonly { Users: readonly { UserName: string }[] }[]).map(({ Users }) => Users) // ListUsers' form.
    assert.deepEqual(
      users.map(({ length }) => length),
      [7, 7, 7, 4],
    )
    assert.deepEqual(
      users.flat().map(({ UserName }) => UserName),
      names,
    )
  })

  await t.test('the AWS CLI', { skip }, async () => {
    assert.ok(python.ready)
    const parameters = [
      'iam',
      'list-users',
      '--path-prefix',
      '/many/',
      '--page-size',
      '4',
      '--query',
      'Users[].UserName',
    ]
    const { code, stdout, stderr } = await run(
      python.program('aws'),
      parameters,
      environment(server.url, credentials, 'us-east-1'),
    )
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), names)
  })
})

test('pagination: a marker survives what is made and deleted between two pages', async (t) => {
  const server = await serverFor(t)
  const client = sdk(t, server.url)
  const administrator = administratorOf(server)
  await makeUsers(client, server)
  const list = { PathPrefix: '/many/', MaxItems: 10 }
  const first = allowed(await client.call('iam', 'ListUsers', list, administrator))
  assert.equal(first.IsTruncated, true)
  assert.ok(first.Marker)

  // The very user that ends the page goes; one comes before the marker, one after it.
  allowed(await client.call('iam', 'DeleteUser', { UserName: 'user-09' }, administrator))
  for (const UserName of ['user-05b', 'user-15b']) {
    allowed(await client.call('iam', 'CreateUser', { UserName, Path: '/many/' }, administrator))
  }
  const rest = allowed(
    await client.call('iam', 'ListUsers', { ...list, MaxItems: 100, Marker: first.Marker }, administrator),
  )
  const want = [...names.slice(10, 16), 'user-15b', ...names.slice(16)]
  assert.deepEqual(
    rest.Users.map(({ UserName }) => UserName),
    want,
  )
  assert.equal(rest.IsTruncated, false)
})

async function makeUsers(client: Client, server: TestServer): Promise<void> {
  for (const UserName of names) {
    allowed(await client.call('iam', 'CreateUser', { UserName, Path: '/many/' }, administratorOf(server)))
  }
}
