// Goal: the tests of SNS go the whole way of a call, with real queues and keys beside it.
// Method: the SDK's own clients, whose requests go to a pipeline in the same process, on a clock that the test holds; deliveries are made when a
// test says so.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { SNS } from '@aws-sdk/client-sns'
import { SQS } from '@aws-sdk/client-sqs'
import type { Network } from '#core/address-guard.ts'
import type { AccountId } from '#core/arn.ts'
import type { LogEntry } from '#core/log.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { kmsOn } from '../../../test/kms-in-process.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { iamService } from '../iam/service.ts'
import { createSqsService } from '../sqs/service.ts'
import { createDeliveryRunner } from './delivery-runner.ts'
import { createSubscriberDoor } from './door.ts'
import type { MailServer } from './mail-delivery.ts'
import { createSnsService } from './service.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
export const there = '444455556666' as AccountId
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)

export async function rig({
  sendsMail = false,
  publicUrl,
}: { readonly sendsMail?: boolean; readonly publicUrl?: string } = {}) {
  const ground = layGround(startMs)
  const { clock, store, seal, world } = ground
  const { audited, configuration, callAsService } = inProcess(ground, {
    services: [
      iamService,
      kmsOn(ground),
      createSqsService({ store, world, principals: principalNames }),
      createSnsService({ principals: principalNames, sendsMail, publicUrl }),
    ],
    identities,
  })
  const administrators = await found(ground, [here, there])
  const [mine, theirs] = [configuration(administrators[0]), configuration(administrators[1])]
  const iam = new IAM(mine)
  const sns = new SNS(mine)
  const sqs = new SQS(mine)
  const logged: string[] = []
  const log = (entry: LogEntry) => {
    assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
    logged.push(entry.event)
  }
  const startRunner = (
    call: CallAsService = callAsService,
    networks: readonly Network[] = [],
    smtp?: MailServer,
    reachedAt = publicUrl,
    through: Pick<typeof store, 'read' | 'transact' | 'tail'> = store,
  ) =>
    createDeliveryRunner({
      store: through,
      world,
      seal,
      callAsService: call,
      http: { trust: [], resolve: assert.fail, networks },
      smtp,
      publicUrl: reachedAt,
      log,
    })
  const door = createSubscriberDoor({ read: store.read, seal, callAsService })(() =>
    Promise.resolve({ status: 403, headers: {}, body: 'not for the door' }),
  )
  /** Follows a link that somebody was sent. */
  const follow = async (link: string, method = 'GET') => {
    const { pathname, search } = new URL(link)
    const { status, headers, body } = await door({
      ...{ method, path: pathname, query: search.slice(1), headers: {}, rawHeaders: [] },
      ...{ body: new Uint8Array(), sourceIp: '192.0.2.7', secureTransport: false },
    })
    return { status, headers, body: String(body) }
  }
  const topic = async (Name: string, Attributes: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { TopicArn = '' } = await sns.createTopic({ Name, Attributes })
    return TopicArn
  }
  /** A queue that lets a topic send to it. */
  const queue = async (
    QueueName: string,
    topicArn: string,
    Attributes: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly url: string; readonly arn: string }> => {
    const arn = `arn:aws:sqs:us-east-1:${here}:${QueueName}`
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    })
    const { QueueUrl = '' } = await sqs.createQueue({ QueueName, Attributes: { ...Attributes, Policy } })
    return { url: QueueUrl, arn }
  }
  const subscribe = async (
    TopicArn: string,
    Endpoint: string,
    Attributes: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const { SubscriptionArn = '' } = await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint, Attributes })
    return SubscriptionArn
  }
  const bodies = async (QueueUrl: string): Promise<readonly string[]> => {
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
    return Messages.map(({ Body = '' }) => Body)
  }
  const user = async (UserName: string, Action: string): Promise<SNS> => {
    const credentials = await newUser(iam, UserName, [{ Effect: 'Allow', Action, Resource: '*' }])
    return new SNS(configuration(credentials))
  }
  const waiting = () =>
    store.snapshot().filter(({ type }) => type === 'delivery' || type === 'publication').length
  const foreign = new SNS(theirs)
  return {
    ...{ clock, store, seal, iam, sns, sqs, foreign, logged, startRunner, callAsService, audited, follow },
    ...{ topic, queue, subscribe, bodies, user, waiting },
    kms: new KMS(mine),
    foreignQueues: new SQS(theirs),
  }
}

/** A web server that keeps what it is sent. */
export async function receiver() {
  const got: { readonly type: string; readonly contentType: string; readonly body: string }[] = []
  /** Answers with this status; nothing for as long as it holds. */
  const answers = { status: 200, holds: false }
  const held: (() => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { 'x-amz-sns-message-type': type, 'content-type': contentType = '' } = request.headers
      got.push({ type: String(type), contentType, body: Buffer.concat(chunks).toString() })
      const answer = (): void =>
        void response.writeHead(answers.status, { location: 'http://169.254.169.254/' }).end()
      if (answers.holds) held.push(answer)
      else answer()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  /** Answers what was held. */
  const release = (): void => {
    for (const answer of held.splice(0)) answer()
  }
  return { got, answers, url: `http://127.0.0.1:${port}/hook`, release, close: () => server.close() }
}
