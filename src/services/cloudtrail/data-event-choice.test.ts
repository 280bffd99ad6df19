// Goal: data events are recorded for whom selects them, as long as that lasts, and delivered by the same selectors; for nobody else.
// Method: messages sent by AWS's own client to queues over a real audit trail; what is in the trail, and what is delivered.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { here, home, rig } from './rig.test.ts'

const queueArn = (name: string) => `arn:aws:sqs:${home}:${here}:${name}`
const data = { Field: 'eventCategory', Equals: ['Data'] }
const queues = { Field: 'resources.type', Equals: ['AWS::SQS::Queue'] }
const ofA = { Field: 'resources.ARN', Equals: [queueArn('a')] }
const ofB = { Field: 'resources.ARN', Equals: [queueArn('b')] }

async function ground(t: TestContext) {
  const made = await rig(t)
  const { sqs, audit } = made
  for (const QueueName of ['a', 'b']) await sqs.createQueue({ QueueName })
  const urlOf = (name: string) => `https://sqs.${home}.amazonaws.com/${here}/${name}`
  return {
    ...made,
    urlOf,
    /** What is recorded of messages that are sent to both queues meanwhile: the names of queues. */
    recorded: async (sender = sqs): Promise<readonly string[]> => {
      const cursor = await audit.end()
      for (const name of ['a', 'b']) await sender.sendMessage({ QueueUrl: urlOf(name), MessageBody: name })
      const { lines } = await audit.arrivals(cursor, 1_000_000)
      return lines.flatMap((line) => {
        const { eventCategory, eventName, resources, recipientAccountId } = JSON.parse(line) as {
          readonly eventCategory: string
          readonly eventName: string
          readonly resources: readonly { readonly ARN: string; readonly type: string }[]
          readonly recipientAccountId: string
        } // Our own record.
        if (eventName !== 'SendMessage') return []
        assert.equal(eventCategory, 'Data')
        assert.equal(resources[0]?.type, 'AWS::SQS::Queue')
        return [`${recipientAccountId === here ? '' : 'elsewhere '}${resources[0]?.ARN.split(':').at(-1)}`]
      })
    },
  }
}

test('data events: recorded while a trail selects them, and delivered', async (t) => {
  const { cloudtrail, recorded, trail, delivered, later } = await ground(t)
  assert.deepEqual(await recorded(), [], 'nobody selects any')
  await trail('main')
  assert.deepEqual(await recorded(), [], 'a new trail does not')
  await cloudtrail.putEventSelectors({
    TrailName: 'main',
    AdvancedEventSelectors: [{ FieldSelectors: [data, queues, ofA] }],
  })
  later(2_000)
  assert.deepEqual(await recorded(), ['a'])
  later(2_000)
  const sent = (await delivered()).filter(({ eventName }) => eventName === 'SendMessage')
  assert.equal(sent.length, 1)
  await cloudtrail.putEventSelectors({
    TrailName: 'main',
    AdvancedEventSelectors: [{ FieldSelectors: [data, queues, ofB] }],
  })
  assert.deepEqual(await recorded(), ['b'], 'it selects others')
  await cloudtrail.stopLogging({ Name: 'main' })
  assert.deepEqual(await recorded(), [], 'it logs no more')
  await cloudtrail.startLogging({ Name: 'main' })
  assert.deepEqual(await recorded(), ['b'], 'it logs again')
  await cloudtrail.deleteTrail({ Name: 'main' })
  assert.deepEqual(await recorded(), [], 'it is gone')
})

test('data events: recorded while an event data store collects them', async (t) => {
  const { cloudtrail, trailClient, recorded } = await ground(t)
  const wish = {
    AdvancedEventSelectors: [{ FieldSelectors: [data, queues] }],
    MultiRegionEnabled: false,
  }
  await trailClient('us-west-2').createEventDataStore({ Name: 'far', ...wish })
  assert.deepEqual(await recorded(), [], 'of another region')
  const { EventDataStoreArn: EventDataStore = '' } = await cloudtrail.createEventDataStore({
    Name: 'near',
    ...wish,
  })
  assert.deepEqual(await recorded(), ['a', 'b'])
  await cloudtrail.stopEventDataStoreIngestion({ EventDataStore })
  assert.deepEqual(await recorded(), [])
})

test('data events: those of others who use what is one’s own are selected, and nothing else of theirs', async (t) => {
  const { cloudtrail, elsewhere, sqs, foreignSqs, recorded, urlOf } = await ground(t)
  const wish = { AdvancedEventSelectors: [{ FieldSelectors: [data, queues] }] }
  await elsewhere.createEventDataStore({ Name: 'all', ...wish })
  assert.deepEqual(await recorded(), [], 'whose queues and calls are not theirs')
  for (const name of ['a', 'b'])
    await sqs.addPermission({
      QueueUrl: urlOf(name),
      Label: 'all',
      AWSAccountIds: ['444455556666'],
      Actions: ['SendMessage'],
    })
  assert.deepEqual((await recorded(foreignSqs)).toSorted(), ['a', 'b', 'elsewhere a', 'elsewhere b'])
  await cloudtrail.createEventDataStore({ Name: 'all', ...wish })
  assert.deepEqual((await recorded()).toSorted(), ['a', 'b'])
})

test('data events: what messages say is not in their records', async (t) => {
  const { cloudtrail, sqs, audit, urlOf } = await ground(t)
  await cloudtrail.createEventDataStore({
    Name: 'all',
    AdvancedEventSelectors: [{ FieldSelectors: [data, queues] }],
  })
  const cursor = await audit.end()
  const QueueUrl = urlOf('a')
  await sqs.sendMessage({ QueueUrl, MessageBody: 'between us' })
  await sqs.sendMessageBatch({ QueueUrl, Entries: [{ Id: 'one', MessageBody: 'between us' }] })
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
  assert.deepEqual(
    Messages.map(({ Body }) => Body),
    ['between us', 'between us'],
  )
  const { ReceiptHandle = '' } = Messages[0] ?? {}
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle })
  const { lines } = await audit.arrivals(cursor, 1_000_000)
  assert.equal(lines.length, 4)
  for (const line of lines) assert.ok(!line.includes('between us') && !line.includes(ReceiptHandle), line)
})
