// Goal: what happens has consequences: a call that is denied becomes an event, a rule finds it, a function acts on it by its role alone, and
// all of it stands in the trail. What was accepted is not lost by kill -9.
// Method: a server of two workers; the caller types with the AWS CLI, the function is what a developer packs with an ordinary tool, with the
// published SDK in it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { SQS } from '@aws-sdk/client-sqs'
import { packed } from '../functions/packed.ts'
import { administratorOf, type Credentials, directoryFor, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { awsCli } from './aws-cli.ts'
import { until } from './edge-rig.ts'
import { policy, refused } from './expect.ts'

const python = findPython(pythonClients)
const region = 'us-east-1'
const msMax = 30_000

const handler = `
const { IAMClient, TagUserCommand } = require('@aws-sdk/client-iam')
const { SQSClient, SendMessageCommand, CreateQueueCommand } = require('@aws-sdk/client-sqs')
exports.handler = async ({ detail }) => {
  const { userName } = detail.userIdentity
  await new IAMClient({}).send(
    new TagUserCommand({ UserName: userName, Tags: [{ Key: 'suspect', Value: detail.eventName }] }),
  )
  // Its role does not allow this.
  const refused = await new SQSClient({}).send(new CreateQueueCommand({ QueueName: 'own' })).then(
    () => 'nothing',
    ({ name }) => name,
  )
  await new SQSClient({}).send(
    new SendMessageCommand({
      QueueUrl: process.env.QUEUE_URL,
      MessageBody: JSON.stringify({ userName, eventName: detail.eventName, errorCode: detail.errorCode, refused }),
    }),
  )
}
`

/** Packs files with Python's zip tool, as anybody may. */
function archive(t: TestContext, files: readonly { name: string; content: string | Buffer }[]): Buffer {
  const folder = join(directoryFor(t), 'function')
  for (const { name, content } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  execFileSync('python3', ['-m', 'zipfile', '-c', '../function.zip', 'index.js', 'node_modules'], {
    cwd: folder,
  })
  return readFileSync(join(folder, '../function.zip'))
}

function clients(url: string, credentials: Credentials) {
  const options = { endpoint: url, region, credentials: { ...credentials } }
  return {
    cloudTrail: new CloudTrail(options),
    events: new EventBridge(options),
    iam: new IAM(options),
    lambda: new Lambda(options),
    sqs: new SQS(options),
  }
}

test(
  'events: a denied call starts a function, which acts by its role, and all of it is recorded',
  { skip: !python.ready && python.why },
  async (t) => {
    const server = await serverFor(t, {
      workers: 2,
      flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
    })
    const { cloudTrail, events, iam, lambda, sqs } = clients(server.url, administratorOf(server))

    const { User } = await iam.createUser({ UserName: 'mallory' })
    const { AccessKey } = await iam.createAccessKey({ UserName: 'mallory' })
    assert.ok(User?.Arn && AccessKey?.AccessKeyId && AccessKey.SecretAccessKey)
    const account = User.Arn.split(':')[4] ?? ''

    const { QueueUrl } = await sqs.createQueue({ QueueName: 'alerts' })
    const queueArn = `arn:aws:sqs:${region}:${account}:alerts`
    const { Role } = await iam.createRole({
      RoleName: 'responder',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    })
    await iam.putRolePolicy({
      RoleName: 'responder',
      PolicyName: 'respond',
      PolicyDocument: policy(
        { Effect: 'Allow', Action: 'iam:TagUser', Resource: User.Arn },
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn },
      ),
    })
    const ZipFile = archive(t, [
      { name: 'index.js', content: handler },
      ...packed('@aws-sdk/client-iam', '@aws-sdk/client-sqs'),
    ])
    const { FunctionArn } = await lambda.createFunction({
      FunctionName: 'respond',
      Runtime: 'nodejs24.x',
      Role: Role?.Arn,
      Handler: 'index.handler',
      Code: { ZipFile },
      Timeout: 20,
      MemorySize: 256,
      Environment: { Variables: { QUEUE_URL: QueueUrl ?? '' } },
    })

    const { RuleArn } = await events.putRule({
      Name: 'denied',
      EventPattern: JSON.stringify({
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { errorCode: [{ prefix: 'AccessDenied' }], userIdentity: { userName: ['mallory'] } },
      }),
    })
    await lambda.addPermission({
      FunctionName: 'respond',
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    })
    const { FailedEntryCount } = await events.putTargets({
      Rule: 'denied',
      Targets: [{ Id: 'respond', Arn: FunctionArn }],
    })
    assert.equal(FailedEntryCount, 0)

    const answer = await awsCli(t, server.url).call(
      'iam',
      'CreateUser',
      { UserName: 'helper' },
      { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey },
    )
    refused(
      answer,
      'AccessDenied',
      `User: ${User.Arn} is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${account}:user/helper because no identity-based policy allows the iam:CreateUser action`,
    )

    const { Messages } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 })
    assert.deepEqual(JSON.parse(Messages?.[0]?.Body ?? '{}'), {
      userName: 'mallory',
      eventName: 'CreateUser',
      errorCode: 'AccessDenied',
      refused: 'AccessDeniedException',
    })
    assert.deepEqual((await iam.listUserTags({ UserName: 'mallory' })).Tags, [
      { Key: 'suspect', Value: 'CreateUser' },
    ])

    const { value: recorded } = await until(
      msMax,
      async () => {
        const { Events = [] } = await cloudTrail.lookupEvents({ MaxResults: 50 })
        return Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? '{}') as Recorded).filter(
          ({ eventName, errorCode }) =>
            eventName === 'TagUser' || (eventName === 'CreateUser' && errorCode !== undefined),
        )
      },
      (found) => found.length === 2,
    )
    const [tagged, attempted] = recorded.toSorted((one) => (one.eventName === 'TagUser' ? -1 : 1))
    assert.equal(attempted?.userIdentity.userName, 'mallory')
    assert.equal(tagged?.errorCode, undefined)
    assert.equal(tagged?.userIdentity.sessionContext?.sessionIssuer?.userName, 'responder')
  },
)

interface Recorded {
  readonly eventName: string
  readonly errorCode?: string
  readonly userIdentity: {
    readonly userName?: string
    readonly sessionContext?: { readonly sessionIssuer?: { readonly userName: string } }
  }
}

test('events: what PutEvents accepted is delivered, though the server is killed in the middle', async (t) => {
  const directory = directoryFor(t)
  const options = {
    directory,
    workers: 2,
    flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
  }
  const before = await serverFor(t, options)
  const administrator = administratorOf(before)
  const { events, sqs } = clients(before.url, administrator)

  const { QueueUrl = '' } = await sqs.createQueue({ QueueName: 'all' })
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] })
  const Arn = Attributes?.['QueueArn'] ?? ''
  const { RuleArn } = await events.putRule({
    Name: 'all',
    EventPattern: JSON.stringify({ source: ['shop'] }),
  })
  await sqs.setQueueAttributes({
    QueueUrl,
    Attributes: {
      Policy: policy({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Arn,
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      }),
    },
  })
  await events.putTargets({ Rule: 'all', Targets: [{ Id: 'queue', Arn }] })

  const accepted: number[] = []
  const put = async (from: number): Promise<void> => {
    const numbers = Array.from({ length: 10 }, (_, at) => from + at)
    const { FailedEntryCount } = await events.putEvents({
      Entries: numbers.map((number) => ({
        Source: 'shop',
        DetailType: 'sold',
        Detail: JSON.stringify({ number }),
      })),
    })
    if (FailedEntryCount === 0) accepted.push(...numbers)
  }
  // Calls that the kill cuts off were not accepted.
  const puts = Array.from({ length: 60 }, (_, at) => put(at * 10).catch(() => {}))
  await until(
    msMax,
    () => Promise.resolve(accepted.length),
    (count) => count >= 100,
  )
  await before.kill()
  await Promise.all(puts)

  const after = await serverFor(t, options)
  const { sqs: queues } = clients(after.url, administrator)
  const delivered = new Set<number>()
  await until(
    msMax,
    async () => {
      const { Messages = [] } = await queues.receiveMessage({
        QueueUrl: QueueUrl.replace(before.url, after.url),
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
      })
      for (const { Body } of Messages)
        delivered.add((JSON.parse(Body ?? '{}') as { detail: { number: number } }).detail.number)
      return accepted.filter((number) => !delivered.has(number)).length
    },
    (missing) => missing === 0,
  )
  assert.ok(accepted.length >= 100, `${accepted.length} were accepted`)
})
