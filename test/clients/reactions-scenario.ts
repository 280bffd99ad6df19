import assert from 'node:assert/strict'
import { zip } from '../functions/zip.ts'
import type { Credentials, TestServer } from '../server.ts'
import { asAdministrator } from './administrator.ts'
import type { Client } from './client.ts'
import { until } from './edge-rig.ts'
import { allowed, policy, refused } from './expect.ts'

/** Who plays, and what the steps so far have made. */
export interface ReactionsStage {
  readonly client: Client
  readonly account: string
  readonly administrator: Credentials
  functionArn: string
  queueUrl: string
}

type Step = readonly [name: string, play: (stage: ReactionsStage) => Promise<void>]

const msMax = 20_000
const source = (greeting: string) => `
exports.handler = async (event) => {
  if (event.fail) throw new Error('no such order')
  return { ${greeting}: event.name, version: process.env.AWS_LAMBDA_FUNCTION_VERSION }
}`
const archive = (greeting: string) =>
  new Uint8Array(zip({ name: 'index.js', content: source(greeting), deflated: true }))
const bytes = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)))
const read = (payload: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(payload ?? '').toString())

/** Sets the stage: asks who the administrator is. */
export async function setReactionsStage(client: Client, server: TestServer): Promise<ReactionsStage> {
  return { ...(await asAdministrator(client, server)), functionArn: '', queueUrl: '' }
}

/** The everyday of functions, rules, topics, logs and trails, in order; each step stands on those before it. */
export const reactionsSteps: readonly Step[] = [
  [
    'a function is made from an archive, answers, and fails as functions do',
    async (stage) => {
      const { client, administrator } = stage
      const AssumeRolePolicyDocument = policy({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      })
      const role = { RoleName: 'runner', AssumeRolePolicyDocument }
      const { Role } = allowed(await client.call('iam', 'CreateRole', role, administrator))
      const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
      allowed(await client.call('iam', 'AttachRolePolicy', { RoleName: 'runner', PolicyArn }, administrator))
      const made = allowed(
        await client.call(
          'lambda',
          'CreateFunction',
          {
            ...{ FunctionName: 'greet', Runtime: 'nodejs22.x', Role: Role.Arn, Handler: 'index.handler' },
            ...{ Code: { ZipFile: archive('hello') }, Timeout: 10 },
          },
          administrator,
        ),
      )
      stage.functionArn = made.FunctionArn ?? ''
      const invoke = async (payload: object) => {
        const input = { FunctionName: 'greet', Payload: bytes(payload) }
        return allowed(await client.call('lambda', 'Invoke', input, administrator))
      }
      const { Payload, ExecutedVersion } = await invoke({ name: 'Ada' })
      assert.deepEqual([read(Payload), ExecutedVersion], [{ hello: 'Ada', version: '$LATEST' }, '$LATEST'])
      const failed = await invoke({ fail: true })
      assert.equal(failed.FunctionError, 'Unhandled')
      const { errorType, errorMessage } = read(failed.Payload) as Readonly<Record<string, string>> // Compared in the next line.
      assert.deepEqual([errorType, errorMessage], ['Error', 'no such order'])
    },
  ],
  [
    'its code is changed, a version published, and an alias points to it',
    async ({ client, administrator, functionArn }) => {
      const code = { FunctionName: 'greet', ZipFile: archive('bye'), Publish: true }
      const { Version = '' } = allowed(await client.call('lambda', 'UpdateFunctionCode', code, administrator))
      assert.equal(Version, '1')
      const alias = { FunctionName: 'greet', Name: 'live', FunctionVersion: Version }
      const { AliasArn } = allowed(await client.call('lambda', 'CreateAlias', alias, administrator))
      assert.equal(AliasArn, `${functionArn}:live`)
      const asked = { FunctionName: `${functionArn}:live`, Payload: bytes({ name: 'Ada' }) }
      const { Payload } = allowed(await client.call('lambda', 'Invoke', asked, administrator))
      assert.deepEqual(read(Payload), { bye: 'Ada', version: '1' })
      const url = { FunctionName: 'greet', Qualifier: 'live', AuthType: 'AWS_IAM' } as const
      const { FunctionUrl } = allowed(
        await client.call('lambda', 'CreateFunctionUrlConfig', url, administrator),
      )
      assert.match(FunctionUrl, /^http:\/\/[a-z0-9]+\.lambda-url\.us-east-1\.localhost:\d+\/$/)
    },
  ],
  [
    'a rule finds events, and its target gets what it asked for; entries fail one by one',
    async (stage) => {
      const { client, administrator, account } = stage
      const Policy = policy({
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
        Action: 'sqs:SendMessage',
        Resource: '*',
      })
      const queue = { QueueName: 'sold', Attributes: { Policy } }
      stage.queueUrl = allowed(await client.call('sqs', 'CreateQueue', queue, administrator)).QueueUrl ?? ''
      const EventPattern = JSON.stringify({ source: ['shop'], detail: { price: [{ numeric: ['>', 10] }] } })
      const event = { id: '1', account, source: 'shop', time: '2026-01-02T03:04:05Z', region: 'us-east-1' }
      const tested = { ...event, resources: [], 'detail-type': 'sold', detail: { price: 11 } }
      const test = { EventPattern, Event: JSON.stringify(tested) }
      assert.equal(allowed(await client.call('events', 'TestEventPattern', test, administrator)).Result, true)
      allowed(await client.call('events', 'PutRule', { Name: 'dear', EventPattern }, administrator))
      const target = {
        Id: 'queue',
        Arn: `arn:aws:sqs:us-east-1:${account}:sold`,
        InputTransformer: { InputPathsMap: { price: '$.detail.price' }, InputTemplate: '"for <price>"' },
      }
      const targets = { Rule: 'dear', Targets: [target] }
      const { FailedEntryCount } = allowed(await client.call('events', 'PutTargets', targets, administrator))
      assert.equal(FailedEntryCount, 0)
      const entry = (Detail: string, Source = 'shop') => ({ Source, DetailType: 'sold', Detail })
      const Entries = [entry('{"price":12}'), entry('{"price":3}'), entry('no'), entry('{}', 'aws.mine')]
      const put = allowed(await client.call('events', 'PutEvents', { Entries }, administrator))
      assert.deepEqual(
        put.Entries?.map(({ ErrorCode }) => ErrorCode),
        [undefined, undefined, 'MalformedDetail', 'NotAuthorizedForSourceException'],
      )
      assert.equal(await received(stage), '"for 12"')
    },
  ],
  [
    'a subscription gets what its filter policy lets through',
    async (stage) => {
      const { client, administrator, account } = stage
      const { TopicArn = '' } = allowed(
        await client.call('sns', 'CreateTopic', { Name: 'orders' }, administrator),
      )
      const FilterPolicy = JSON.stringify({ kind: [{ prefix: 'tea' }] })
      const subscription = {
        ...{ TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:us-east-1:${account}:sold` },
        Attributes: { FilterPolicy, RawMessageDelivery: 'true' },
      }
      allowed(await client.call('sns', 'Subscribe', subscription, administrator))
      for (const [Message, StringValue] of [
        ['filtered', 'coffee'],
        ['wanted', 'teapot'],
      ] as const) {
        const MessageAttributes = { kind: { DataType: 'String', StringValue } }
        const message = { TopicArn, Message, MessageAttributes }
        allowed(await client.call('sns', 'Publish', message, administrator))
      }
      assert.equal(await received(stage), 'wanted')
    },
  ],
  [
    'Insights tells of the invocations',
    async ({ client, administrator }) => {
      const queryString = 'filter @type = "REPORT" | stats count(*) as n, max(@duration) as ms'
      const range = { startTime: 0, endTime: Math.floor(Date.now() / 1000) + 3600 }
      const asked = { logGroupName: '/aws/lambda/greet', queryString, ...range }
      const ask = async () => {
        const started = await client.call('logs', 'StartQuery', asked, administrator)
        // The group is made with the first line.
        if (!started.ok && started.code === 'ResourceNotFoundException') return []
        const { queryId = '' } = allowed(started)
        const { value } = await until(
          msMax,
          async () => allowed(await client.call('logs', 'GetQueryResults', { queryId }, administrator)),
          ({ status }) => status === 'Complete',
        )
        return value.results?.[0]?.map(({ value: text }) => text) ?? []
      }
      await until(msMax, ask, ([count]) => count === '3')
    },
  ],
  [
    'a trail logs, the history tells what was done, and SQL counts it',
    async ({ client, administrator }) => {
      const trail = { Name: 'audit', S3BucketName: 'audit-files' }
      allowed(await client.call('cloudtrail', 'CreateTrail', trail, administrator))
      allowed(await client.call('cloudtrail', 'StartLogging', { Name: 'audit' }, administrator))
      const status = await client.call('cloudtrail', 'GetTrailStatus', { Name: 'audit' }, administrator)
      assert.equal(allowed(status).IsLogging, true)
      const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'PutRule' }] as const
      const found = await client.call('cloudtrail', 'LookupEvents', { LookupAttributes }, administrator)
      assert.equal(allowed(found).Events?.length, 1)
      const store = { Name: 'all', TerminationProtectionEnabled: false }
      const { EventDataStoreArn = '' } = allowed(
        await client.call('cloudtrail', 'CreateEventDataStore', store, administrator),
      )
      const QueryStatement = `SELECT count(*) AS n FROM ${EventDataStoreArn.slice(-36)} WHERE eventName = 'PutRule'`
      const { QueryId = '' } = allowed(
        await client.call('cloudtrail', 'StartQuery', { QueryStatement }, administrator),
      )
      const { value } = await until(
        msMax,
        async () => allowed(await client.call('cloudtrail', 'GetQueryResults', { QueryId }, administrator)),
        ({ QueryStatus }) => QueryStatus === 'FINISHED',
      )
      assert.deepEqual(
        value.QueryResultRows?.map((row) => row.map((cell) => ({ ...cell }))),
        [[{ n: '1' }]],
      )
    },
  ],
  [
    'what is in use stays, and goes when it no longer is',
    async ({ client, administrator }) => {
      const rule = await client.call('events', 'DeleteRule', { Name: 'dear' }, administrator)
      refused(rule, 'ValidationException', "Rule can't be deleted since it has targets.")
      const targets = { Rule: 'dear', Ids: ['queue'] }
      allowed(await client.call('events', 'RemoveTargets', targets, administrator))
      allowed(await client.call('events', 'DeleteRule', { Name: 'dear' }, administrator))
      allowed(await client.call('lambda', 'DeleteFunction', { FunctionName: 'greet' }, administrator))
      const gone = await client.call('lambda', 'GetFunction', { FunctionName: 'greet' }, administrator)
      assert.equal(gone.ok || gone.code, 'ResourceNotFoundException')
      allowed(await client.call('cloudtrail', 'DeleteTrail', { Name: 'audit' }, administrator))
    },
  ],
]

/** Receives the one message that comes, and deletes it. */
async function received({ client, administrator, queueUrl: QueueUrl }: ReactionsStage): Promise<string> {
  const asked = { QueueUrl, WaitTimeSeconds: 10, MaxNumberOfMessages: 10 }
  const { Messages: [message, ...others] = [] } = allowed(
    await client.call('sqs', 'ReceiveMessage', asked, administrator),
  )
  assert.ok(message?.Body !== undefined && others.length === 0, `${others.length} more came`)
  const { ReceiptHandle = '' } = message
  allowed(await client.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle }, administrator))
  return message.Body
}
