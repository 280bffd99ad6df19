// Goal: AWS's clients, unmodified, make functions, rules, topics and trails as with AWS, and see them work; their paginators see each thing once,
// and their waiters end.
// Method: one scenario, played once by each client, against a server of its own; rows of boto3's paginators and waiters.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zip } from '../functions/zip.ts'
import { administratorOf, type Credentials, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { awsCli } from './aws-cli.ts'
import { boto3, boto3Driver } from './boto3.ts'
import type { Client, ClientMaker } from './client.ts'
import { allowed, policy } from './expect.ts'
import { reactionsSteps, setReactionsStage } from './reactions-scenario.ts'
import { sdk } from './sdk.ts'

const python = findPython(pythonClients)
const withoutPython = python.ready ? false : python.why
const flags = ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1']

const rows: readonly [name: string, client: ClientMaker, workers: number, skip: false | string][] = [
  ['AWS SDK for JavaScript v3, with two workers', sdk, 2, false],
  ['boto3', boto3, 1, withoutPython],
  ['AWS CLI', awsCli, 1, withoutPython],
]

for (const [name, client, workers, skip] of rows) {
  test(`reactions: ${name}`, { skip }, async (t) => {
    const server = await serverFor(t, { workers, flags })
    const stage = await setReactionsStage(client(t, server.url), server)
    let played = 0
    for (const [step, play] of reactionsSteps) {
      await t.test(step, async () => {
        await play(stage)
        played += 1
      })
    }
    assert.equal(played, 7)
  })
}

/** boto3's paginators: the operation, its input, and the member that lists. Each has seven, in pages of three. */
const paginators: readonly [service: string, operation: string, input: object, list: string][] = [
  ['sqs', 'ListQueues', { QueueNamePrefix: 'many-' }, 'QueueUrls'],
  ['logs', 'DescribeLogGroups', { logGroupNamePrefix: 'many-' }, 'logGroups'],
  ['logs', 'DescribeLogStreams', { logGroupName: 'many-0' }, 'logStreams'],
  ['logs', 'FilterLogEvents', { logGroupName: 'many-0' }, 'events'],
  ['events', 'ListRules', { NamePrefix: 'many-' }, 'Rules'],
  ['lambda', 'ListFunctions', {}, 'Functions'],
  ['lambda', 'ListAliases', { FunctionName: 'many-0' }, 'Aliases'],
  ['lambda', 'ListVersionsByFunction', { FunctionName: 'many-0' }, 'Versions'],
  [
    'cloudtrail',
    'LookupEvents',
    { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'PutRule' }] },
    'Events',
  ],
]
const waiters: readonly [name: string, input: object][] = [
  ['function_exists', { FunctionName: 'many-0' }],
  ['function_active', { FunctionName: 'many-0' }],
  ['function_active_v2', { FunctionName: 'many-0' }],
  ['function_updated', { FunctionName: 'many-0' }],
  ['function_updated_v2', { FunctionName: 'many-0' }],
  ['published_version_active', { FunctionName: 'many-0', Qualifier: '1' }],
]

test("reactions: boto3's paginators and waiters", { skip: withoutPython }, async (t) => {
  const server = await serverFor(t, { flags })
  const credentials = administratorOf(server)
  const client = sdk(t, server.url)
  await makeSeven(client, credentials)
  const ask = boto3Driver(t)
  const request = { url: server.url, region: 'us-east-1', credentials }
  for (const [service, operation, input, list] of paginators) {
    const paged = { ...input, PaginationConfig: { PageSize: 3 } }
    const pages = allowed(await ask({ ...request, service, operation, input: paged, paginate: true }))
    const sizes = (pages as readonly Readonly<Record<string, readonly unknown[]>>[]).map(
      (page) => page[list] ?? [],
    ) // As paginators give them.
    const all = sizes.flat().map((one) => JSON.stringify(one))
    assert.deepEqual([all.length, new Set(all).size], [7, 7], `${service} ${operation}`)
    assert.ok(sizes.length > 2 && sizes.every(({ length }) => length <= 3), `${service} ${operation}`)
  }
  for (const [wait, input] of waiters) allowed(await ask({ ...request, service: 'lambda', wait, input }))
  assert.deepEqual([paginators.length, waiters.length], [9, 6])
})

/** Seven of each; of versions $LATEST and six. */
async function makeSeven(client: Client, as: Credentials): Promise<void> {
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  })
  const { Role } = allowed(
    await client.call('iam', 'CreateRole', { RoleName: 'runner', AssumeRolePolicyDocument }, as),
  )
  const ZipFile = zip({ name: 'index.js', content: 'exports.handler = async () => 1' })
  const logGroupName = 'many-0'
  for (let at = 0; at < 7; at += 1) {
    const name = `many-${at}`
    allowed(await client.call('sqs', 'CreateQueue', { QueueName: name }, as))
    allowed(await client.call('logs', 'CreateLogGroup', { logGroupName: name }, as))
    allowed(await client.call('logs', 'CreateLogStream', { logGroupName, logStreamName: name }, as))
    const logEvents = [{ timestamp: Date.now(), message: name }]
    allowed(await client.call('logs', 'PutLogEvents', { logGroupName, logStreamName: name, logEvents }, as))
    allowed(await client.call('events', 'PutRule', { Name: name, EventPattern: '{"source":["shop"]}' }, as))
    const made = {
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Role: Role.Arn,
      Handler: 'index.handler',
    } as const
    allowed(await client.call('lambda', 'CreateFunction', { ...made, Code: { ZipFile } }, as))
  }
  for (let at = 1; at <= 7; at += 1) {
    const FunctionName = 'many-0'
    const changed = { FunctionName, Timeout: at + 1 }
    allowed(await client.call('lambda', 'UpdateFunctionConfiguration', changed, as))
    if (at < 7) allowed(await client.call('lambda', 'PublishVersion', { FunctionName }, as))
    const alias = { FunctionName, Name: `alias-${at}`, FunctionVersion: String(Math.min(at, 6)) }
    allowed(await client.call('lambda', 'CreateAlias', alias, as))
  }
}
