// Goal: an error reaches a program as the exception that it would catch from AWS; what Redoubt lacks says so and never succeeds.
// Method: rows, each through the SDK and through boto3: a call, and the code, the message and the exception it must raise.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as shield from '@aws-sdk/client-shield'
import { administratorOf, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { errorOf, send, signedQuery } from '../signed-call.ts'
import { boto3 } from './boto3.ts'
import type { Answer, Client, ClientMaker } from './client.ts'
import { allowed } from './expect.ts'
import { failure, sdk } from './sdk.ts'
import type { Credentials } from '../server.ts'

interface Row {
  readonly name: string
  readonly call: (client: Client, as: Credentials) => Promise<Answer<unknown>>
  /** What is on the wire, which boto3 shows as the code; the SDK shows the exception's name instead. */
  readonly code: string
  readonly exception: string
  readonly message: string
}

const rows: readonly Row[] = [
  {
    name: 'a user who does not exist',
    call: (client, as) => client.call('iam', 'GetUser', { UserName: 'nobody' }, as),
    code: 'NoSuchEntity',
    exception: 'NoSuchEntityException',
    message: 'The user with name nobody cannot be found.',
  },
  {
    name: 'a user who exists already',
    call: (client, as) => client.call('iam', 'CreateUser', { UserName: 'carol' }, as),
    code: 'EntityAlreadyExists',
    exception: 'EntityAlreadyExistsException',
    message: 'User with name carol already exists.',
  },
  {
    name: 'a policy that is not JSON',
    call: (client, as) =>
      client.call('iam', 'CreatePolicy', { PolicyName: 'broken', PolicyDocument: '{"Version":' }, as),
    code: 'MalformedPolicyDocument',
    exception: 'MalformedPolicyDocumentException',
    message: 'Syntax errors in policy.',
  },
  {
    name: 'a user who still has a key',
    call: (client, as) => client.call('iam', 'DeleteUser', { UserName: 'carol' }, as),
    code: 'DeleteConflict',
    exception: 'DeleteConflictException',
    message: 'Cannot delete entity, must delete access keys first.',
  },
]

const python = findPython(pythonClients)
const clients: readonly [name: string, maker: ClientMaker, skip: false | string][] = [
  ['the SDK', sdk, false],
  ['boto3', boto3, python.ready ? false : python.why],
]

for (const [clientName, maker, skip] of clients) {
  test(`faults: as typed exceptions of ${clientName}`, { skip }, async (t) => {
    const server = await serverFor(t)
    const administrator = administratorOf(server)
    const client = maker(t, server.url)
    allowed(await client.call('iam', 'CreateUser', { UserName: 'carol' }, administrator))
    allowed(await client.call('iam', 'CreateAccessKey', { UserName: 'carol' }, administrator))
    let ran = 0
    for (const { name, call, code, exception, message } of rows) {
      await t.test(name, async () => {
        const answer = await call(client, administrator)
        assert.deepEqual(answer, {
          ok: false,
          code: clientName === 'boto3' ? code : exception,
          message,
          exception,
        })
        ran += 1
      })
    }
    assert.equal(ran, 4)
  })
}

test('faults: an operation that AWS has and Redoubt lacks answers 501, in the protocol that was asked in', async (t) => {
  const server = await serverFor(t)
  const credentials = administratorOf(server)
  const request = signedQuery(server, 'iam', { Action: 'AcquireRole' }, credentials)
  const { status, code, message = '' } = errorOf(await send(server, request))
  assert.deepEqual([status, code], [501, 'NotImplemented'])
  assert.match(message, /iam:AcquireRole.*docs\/coverage\.md/)

  const client = new shield.ShieldClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  })
  t.after(() => client.destroy())
  const answer = await client.send(new shield.DescribeSubscriptionCommand()).catch(failure)
  assert.ok('ok' in answer && !answer.ok, 'a service without any operation makes nothing up')
  assert.equal(answer.code, 'NotImplemented')
})

test('faults: an operation that AWS lacks is an invalid action', async (t) => {
  const server = await serverFor(t)
  for (const Action of ['MakeCoffee', 'constructor', '__proto__', 'toString']) {
    const answer = errorOf(
      await send(server, signedQuery(server, 'iam', { Action }, administratorOf(server))),
    )
    assert.deepEqual([answer.status, answer.code], [400, 'InvalidAction'], Action)
  }
})
