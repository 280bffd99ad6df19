import assert from 'node:assert/strict'
import type { Credentials, TestServer } from '../server.ts'
import { asAdministrator } from './administrator.ts'
import type { Client } from './client.ts'
import { allowed, denied, policy } from './expect.ts'

/** Who plays, and what the steps so far have made. */
export interface MessagesStage {
  readonly client: Client
  readonly account: string
  readonly administrator: Credentials
  queueUrl: string
  topicArn: string
  receiptHandle: string
}

type Step = readonly [name: string, play: (stage: MessagesStage) => Promise<void>]

const body = 'straße & <ünïcode> 😀'
const waitSeconds = 10

/** Sets the stage: asks who the administrator is. */
export async function setMessagesStage(client: Client, server: TestServer): Promise<MessagesStage> {
  return { ...(await asAdministrator(client, server)), queueUrl: '', topicArn: '', receiptHandle: '' }
}

/** The life of messages and of log events, in order; each step stands on those before it. */
export const messagesSteps: readonly Step[] = [
  [
    'a queue is made with attributes and tags',
    async (stage) => {
      const { client, administrator, account } = stage
      const input = { QueueName: 'orders', Attributes: { VisibilityTimeout: '60' }, tags: { team: 'blue' } }
      const { QueueUrl = '' } = allowed(await client.call('sqs', 'CreateQueue', input, administrator))
      assert.match(QueueUrl, new RegExp(`^http://[^/]+/${account}/orders$`))
      stage.queueUrl = QueueUrl
      const asked = { QueueUrl, AttributeNames: ['VisibilityTimeout', 'QueueArn'] as const }
      const { Attributes } = allowed(await client.call('sqs', 'GetQueueAttributes', asked, administrator))
      const QueueArn = `arn:aws:sqs:us-east-1:${account}:orders`
      assert.deepEqual({ ...Attributes }, { VisibilityTimeout: '60', QueueArn })
      const { Tags } = allowed(await client.call('sqs', 'ListQueueTags', { QueueUrl }, administrator))
      assert.deepEqual({ ...Tags }, { team: 'blue' })
    },
  ],
  [
    'a message comes as it was sent, with its attributes',
    async (stage) => {
      const { client, administrator, queueUrl: QueueUrl } = stage
      const MessageAttributes = {
        weight: { DataType: 'Number', StringValue: '12.5' },
        colour: { DataType: 'String', StringValue: 'blue' },
      }
      const sent = allowed(
        await client.call(
          'sqs',
          'SendMessage',
          { QueueUrl, MessageBody: body, MessageAttributes },
          administrator,
        ),
      )
      const { Messages: [message] = [] } = allowed(
        await client.call(
          'sqs',
          'ReceiveMessage',
          { QueueUrl, MessageAttributeNames: ['All'], AttributeNames: ['All'] },
          administrator,
        ),
      )
      assert.equal(message?.Body, body)
      assert.equal(message.MessageId, sent.MessageId)
      assert.equal(message.MD5OfBody, sent.MD5OfMessageBody)
      assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes)
      assert.equal(message.MessageAttributes?.['weight']?.StringValue, '12.5')
      assert.equal(message.Attributes?.ApproximateReceiveCount, '1')
      stage.receiptHandle = message.ReceiptHandle ?? ''
    },
  ],
  [
    'it is hidden until its time is over, then shown again, then deleted',
    async ({ client, administrator, queueUrl: QueueUrl, receiptHandle: ReceiptHandle }) => {
      const receive = async () =>
        allowed(await client.call('sqs', 'ReceiveMessage', { QueueUrl }, administrator)).Messages ?? []
      assert.deepEqual(await receive(), [])
      const shown = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }
      allowed(await client.call('sqs', 'ChangeMessageVisibility', shown, administrator))
      const [again] = await receive()
      assert.equal(again?.Body, body)
      const last = { QueueUrl, ReceiptHandle: again.ReceiptHandle ?? '' }
      allowed(await client.call('sqs', 'DeleteMessage', last, administrator))
      const asked = { QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] as const }
      const { Attributes } = allowed(await client.call('sqs', 'GetQueueAttributes', asked, administrator))
      assert.equal(Attributes?.ApproximateNumberOfMessagesNotVisible, '0')
    },
  ],
  [
    'a batch tells what is wrong with one entry',
    async ({ client, administrator, queueUrl: QueueUrl }) => {
      const Entries = [
        { Id: 'good', MessageBody: 'one' },
        { Id: 'bad', MessageBody: 'two', DelaySeconds: 901 },
      ]
      const { Successful, Failed } = allowed(
        await client.call('sqs', 'SendMessageBatch', { QueueUrl, Entries }, administrator),
      )
      assert.deepEqual(
        Successful.map(({ Id }) => Id),
        ['good'],
      )
      assert.deepEqual(
        Failed.map(({ Id, Code }) => [Id, Code]),
        [['bad', 'InvalidParameterValue']],
      )
      allowed(await client.call('sqs', 'PurgeQueue', { QueueUrl }, administrator))
    },
  ],
  [
    'a FIFO queue keeps the order, and takes what is said twice once',
    async ({ client, administrator }) => {
      const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
      const made = await client.call('sqs', 'CreateQueue', { QueueName: 'o.fifo', Attributes }, administrator)
      const { QueueUrl = '' } = allowed(made)
      for (const MessageBody of ['one', 'two', 'one', 'three']) {
        const input = { QueueUrl, MessageBody, MessageGroupId: 'g' }
        allowed(await client.call('sqs', 'SendMessage', input, administrator))
      }
      const asked = { QueueUrl, MaxNumberOfMessages: 10 }
      const { Messages = [] } = allowed(await client.call('sqs', 'ReceiveMessage', asked, administrator))
      assert.deepEqual(
        Messages.map(({ Body }) => Body),
        ['one', 'two', 'three'],
      )
    },
  ],
  [
    'what is published to a topic comes to the queue that lets the topic in',
    async (stage) => {
      const { client, administrator, account, queueUrl: QueueUrl } = stage
      const { TopicArn = '' } = allowed(
        await client.call('sns', 'CreateTopic', { Name: 'news' }, administrator),
      )
      stage.topicArn = TopicArn
      const Policy = policy({
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:us-east-1:${account}:orders`,
        Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
      })
      const attributes = { QueueUrl, Attributes: { Policy } }
      allowed(await client.call('sqs', 'SetQueueAttributes', attributes, administrator))
      const Endpoint = `arn:aws:sqs:us-east-1:${account}:orders`
      const subscription = { TopicArn, Protocol: 'sqs', Endpoint }
      allowed(await client.call('sns', 'Subscribe', subscription, administrator))
      const message = { TopicArn, Subject: 'hello', Message: body }
      const { MessageId } = allowed(await client.call('sns', 'Publish', message, administrator))
      const asked = { QueueUrl, WaitTimeSeconds: waitSeconds }
      const { Messages: [delivered] = [] } = allowed(
        await client.call('sqs', 'ReceiveMessage', asked, administrator),
      )
      const notification = JSON.parse(delivered?.Body ?? '{}') as Readonly<Record<string, unknown>> // Compared in the next line.
      const { Type, Message, Subject } = notification
      assert.deepEqual(
        { Type, Message, Subject, MessageId: notification['MessageId'] },
        { Type: 'Notification', Message: body, Subject: 'hello', MessageId },
      )
    },
  ],
  [
    'a user without a policy is kept out of queue and topic',
    async ({ client, administrator, account, queueUrl: QueueUrl, topicArn: TopicArn }) => {
      allowed(await client.call('iam', 'CreateUser', { UserName: 'mallory' }, administrator))
      const made = await client.call('iam', 'CreateAccessKey', { UserName: 'mallory' }, administrator)
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = allowed(made).AccessKey
      const mallory = { accessKeyId, secretAccessKey }
      const who = `arn:aws:iam::${account}:user/mallory`
      const queueArn = `arn:aws:sqs:us-east-1:${account}:orders`
      const sent = await client.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'psst' }, mallory)
      denied(sent, who, 'sqs:SendMessage', queueArn, 'identity-based policy')
      const published = await client.call('sns', 'Publish', { TopicArn, Message: 'psst' }, mallory)
      denied(published, who, 'sns:Publish', TopicArn, 'identity-based policy')
    },
  ],
  [
    'log events are read in their order, and found by a pattern',
    async ({ client, administrator }) => {
      const [logGroupName, logStreamName] = ['/app/orders', 'host/1']
      allowed(await client.call('logs', 'CreateLogGroup', { logGroupName }, administrator))
      allowed(await client.call('logs', 'CreateLogStream', { logGroupName, logStreamName }, administrator))
      const nowMs = Date.now()
      const messages = ['{"level":"info","at":1}', '{"level":"error","at":2}', `plain ${body}`]
      const logEvents = messages.map((message, at) => ({ timestamp: nowMs - 3000 + at, message }))
      const batch = { logGroupName, logStreamName, logEvents }
      const { rejectedLogEventsInfo } = allowed(
        await client.call('logs', 'PutLogEvents', batch, administrator),
      )
      assert.equal(rejectedLogEventsInfo, undefined)
      const asked = { logGroupName, logStreamName, startFromHead: true }
      const { events = [] } = allowed(await client.call('logs', 'GetLogEvents', asked, administrator))
      assert.deepEqual(
        events.map(({ message }) => message),
        messages,
      )
      const filter = { logGroupName, filterPattern: '{ $.level = "error" }' }
      const found = allowed(await client.call('logs', 'FilterLogEvents', filter, administrator))
      assert.deepEqual(
        found.events?.map(({ message }) => message),
        [messages[1]],
      )
    },
  ],
  [
    'the event history has what was made, and no message',
    async ({ client, administrator }) => {
      const named = async (AttributeValue: string): Promise<number> => {
        const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue }] as const
        const found = await client.call('cloudtrail', 'LookupEvents', { LookupAttributes }, administrator)
        return allowed(found).Events?.length ?? 0
      }
      assert.deepEqual(
        [await named('CreateQueue'), await named('CreateTopic'), await named('CreateLogGroup')],
        [2, 1, 1],
      )
      for (const name of ['SendMessage', 'ReceiveMessage', 'Publish', 'PutLogEvents', 'GetLogEvents'])
        assert.equal(await named(name), 0, name)
    },
  ],
]
