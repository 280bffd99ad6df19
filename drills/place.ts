// What drills put load on: a cloud with a queue, a log group, a key, and a function that hears of events.
import assert from 'node:assert/strict'
import { zip } from '../test/functions/zip.ts'
import type { Client } from '../test/clients/client.ts'
import { allowed, policy } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, type Credentials, type Lifetime, type TestServer } from '../test/server.ts'

/** How servers under drills run: two workers, and an edge of one process. */
export const flags: readonly string[] = ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1']

/** Where a drill works. */
export interface Place {
  readonly as: Credentials
  readonly account: string
  readonly keyId: string
}

export const queueName = 'drill'
export const logGroupName = '/drill'
export const logStreamName = 'load'
export const functionName = 'hears'
export const functionLogs = `/aws/lambda/${functionName}`
export const eventSource = 'drill'

const handler = `exports.handler = async ({ detail }) => { console.log('heard ' + detail.number) }`

/** Makes all of it. */
export async function settle(client: Client, as: Credentials): Promise<Place> {
  const { Account: account = '' } = allowed(await client.call('sts', 'GetCallerIdentity', {}, as))
  allowed(await client.call('sqs', 'CreateQueue', { QueueName: queueName }, as))
  allowed(await client.call('logs', 'CreateLogGroup', { logGroupName }, as))
  allowed(await client.call('logs', 'CreateLogStream', { logGroupName, logStreamName }, as))
  const { KeyMetadata } = allowed(await client.call('kms', 'CreateKey', {}, as))
  await makeFunction(client, as, functionName, handler)
  const FunctionName = functionName
  const { RuleArn = '' } = allowed(
    await client.call(
      'events',
      'PutRule',
      { Name: 'hears', EventPattern: JSON.stringify({ source: [eventSource] }) },
      as,
    ),
  )
  const permission = {
    ...{ FunctionName, StatementId: 'rule', Action: 'lambda:InvokeFunction' },
    ...{ Principal: 'events.amazonaws.com', SourceArn: RuleArn },
  }
  allowed(await client.call('lambda', 'AddPermission', permission, as))
  const Arn = `arn:aws:lambda:us-east-1:${account}:function:${functionName}`
  allowed(await client.call('events', 'PutTargets', { Rule: 'hears', Targets: [{ Id: 'f', Arn }] }, as))
  const keyId = KeyMetadata?.KeyId
  assert.ok(keyId !== undefined)
  return { as, account, keyId }
}

/** Makes a function that may write its log, and no more. */
export async function makeFunction(
  client: Client,
  as: Credentials,
  FunctionName: string,
  code: string,
  MemorySize = 256,
): Promise<void> {
  const RoleName = `${FunctionName}-role`
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const { Role } = allowed(
    await client.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: policy(trust) }, as),
  )
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'logs:*', Resource: '*' })
  allowed(await client.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'logs', PolicyDocument }, as))
  const settings = { FunctionName, Runtime: 'nodejs24.x', Handler: 'index.handler', MemorySize } as const
  const Code = { ZipFile: zip({ name: 'index.js', content: code }) }
  allowed(
    await client.call(
      'lambda',
      'CreateFunction',
      { ...settings, Role: Role?.Arn ?? '', Code, Timeout: 10 },
      as,
    ),
  )
}

/** A client of a server that was started just now, and a place in it. */
export async function placeOn(t: Lifetime, server: TestServer): Promise<Place> {
  return settle(sdk(t, server.url), administratorOf(server))
}
