// Goal: AWS's own clients, unmodified, send, publish and log, and are kept out where they may not; clients of the query protocol too.
// Method: one scenario, played once by each client, against a server of its own; requests of the query protocol, signed by hand, as
// clients sent them before SQS spoke JSON.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administratorOf, type ServerOptions, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { errorOf, type HttpAnswer, send, signedQuery } from '../signed-call.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import type { ClientMaker } from './client.ts'
import { messagesSteps, setMessagesStage } from './messages-scenario.ts'
import { sdk } from './sdk.ts'

const python = findPython(pythonClients)
const withoutPython = python.ready ? false : python.why

const rows: readonly [name: string, client: ClientMaker, server: ServerOptions, skip: false | string][] = [
  ['AWS SDK for JavaScript v3, with two workers', sdk, { workers: 2 }, false],
  ['boto3, with two workers', boto3, { workers: 2 }, withoutPython],
  ['AWS CLI', awsCli, {}, withoutPython],
]

for (const [name, client, options, skip] of rows) {
  test(`messages: ${name}`, { skip }, async (t) => {
    const server = await serverFor(t, options)
    const stage = await setMessagesStage(client(t, server.url), server)
    let played = 0
    for (const [step, play] of messagesSteps) {
      await t.test(step, async () => {
        await play(stage)
        played += 1
      })
    }
    assert.equal(played, 9)
  })
}

test('messages: the query protocol of SQS', async (t) => {
  const server = await serverFor(t)
  const ask = (parameters: Readonly<Record<string, string>>, path = '/'): Promise<HttpAnswer> =>
    send(server, signedQuery(server, 'sqs', parameters, administratorOf(server), { path }))
  const one = ({ body }: HttpAnswer, name: string): string =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? ''

  const made = await ask({
    Action: 'CreateQueue',
    QueueName: 'old',
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '45',
  })
  const QueueUrl = one(made, 'QueueUrl')
  assert.match(QueueUrl, /^http:\/\/[^/]+\/\d{12}\/old$/)
  // Old clients post to the queue's own address.
  const { pathname } = new URL(QueueUrl)
  const attribute = {
    'MessageAttribute.1.Name': 'colour',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': 'blue',
  }
  const sent = await ask({ Action: 'SendMessage', QueueUrl, MessageBody: 'a & b', ...attribute }, pathname)
  assert.equal(sent.status, 200)
  assert.match(one(sent, 'MD5OfMessageBody'), /^[0-9a-f]{32}$/)
  const received = await ask(
    { Action: 'ReceiveMessage', QueueUrl, 'MessageAttributeName.1': 'All', 'AttributeName.1': 'All' },
    pathname,
  )
  assert.equal(one(received, 'Body'), 'a &amp; b')
  assert.equal(one(received, 'MessageId'), one(sent, 'MessageId'))
  assert.equal(one(received, 'StringValue'), 'blue')
  const ReceiptHandle = one(received, 'ReceiptHandle')
  const deleted = await ask({ Action: 'DeleteMessage', QueueUrl, ReceiptHandle }, pathname)
  assert.equal(deleted.status, 200)
  const attributes = await ask({
    Action: 'GetQueueAttributes',
    QueueUrl,
    'AttributeName.1': 'VisibilityTimeout',
  })
  assert.equal(one(attributes, 'Value'), '45')

  const batch = await ask({
    Action: 'SendMessageBatch',
    QueueUrl,
    'SendMessageBatchRequestEntry.1.Id': 'one',
    'SendMessageBatchRequestEntry.1.MessageBody': 'first',
    'SendMessageBatchRequestEntry.2.Id': 'two',
    'SendMessageBatchRequestEntry.2.MessageBody': 'second',
  })
  assert.deepEqual(
    [...batch.body.matchAll(/<Id>(\w+)<\/Id>/g)].map(([, id]) => id),
    ['one', 'two'],
  )

  const missing = errorOf(await ask({ Action: 'SendMessage', QueueUrl: `${QueueUrl}-not`, MessageBody: 'x' }))
  assert.deepEqual(missing, {
    status: 400,
    code: 'AWS.SimpleQueueService.NonExistentQueue',
    message: 'The specified queue does not exist.',
  })
})
