/**
 * How many messages a second a queue takes, gives and forgets: each step is a signed call over HTTP that is on disk when it is answered.
 * Method: `clients` clients, each sending, receiving and deleting one message after another, at the endpoint of a server that runs
 * (`REDOUBT_ENDPOINT`, with AWS's usual variables for credentials). A peer is measured by the same lines at its own endpoint.
 */
import { SQS } from '@aws-sdk/client-sqs'

const endpoint = process.env['REDOUBT_ENDPOINT'] ?? 'http://127.0.0.1:4566'
const [clients, rounds] = [Number(process.env['CLIENTS'] ?? 32), Number(process.env['ROUNDS'] ?? 100)]

async function turn(sqs: SQS, QueueUrl: string): Promise<number> {
  let done = 0
  for (let round = 0; round < rounds; round += 1) {
    await sqs.sendMessage({ QueueUrl, MessageBody: `message ${round}` })
    const { Messages: [message] = [] } = await sqs.receiveMessage({ QueueUrl })
    if (!message) continue
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message.ReceiptHandle })
    done += 1
  }
  return done
}

const sqs = new SQS({ endpoint, region: process.env['AWS_REGION'] ?? 'us-east-1' })
const { QueueUrl = '' } = await sqs.createQueue({ QueueName: `bench-${process.pid}` })
const startedMs = performance.now()
const counts = await Promise.all(Array.from({ length: clients }, () => turn(sqs, QueueUrl)))
const seconds = (performance.now() - startedMs) / 1000
const done = counts.reduce((sum, count) => sum + count, 0)
await sqs.deleteQueue({ QueueUrl })
process.stdout.write(
  `${JSON.stringify({ endpoint, clients, done, perSecond: Math.round(done / seconds) })}\n`,
)
