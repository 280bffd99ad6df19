// Goal: what waits for a topic that has a KMS key is readable by nobody whom the key's policy does not let: neither a publisher nor SNS.
// Method: the whole way of a call with real keys, whose policies change in between.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNetwork } from '#core/address-guard.ts'
import { refusal } from '../../../test/in-process.ts'
import { here, receiver, rig } from './rig.test.ts'

/** A key that the account's users may use as far as their policies say, and SNS if it is said. */
function keyPolicy({ letsSns }: { readonly letsSns: boolean }): string {
  const root = `arn:aws:iam::${here}:root`
  const statements = [
    { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
    letsSns && {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:news' } },
    },
  ]
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.filter(Boolean) })
}

test('keys: a message waits under the data key that its publisher may make, and SNS may open', async () => {
  const { sns, kms, topic, queue, subscribe, bodies, startRunner, store, waiting, audited } = await rig()
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({ Policy: keyPolicy({ letsSns: true }) })
  const TopicArn = await topic('news', { KmsMasterKeyId: KeyId })
  const { arn, url } = await queue('one', TopicArn)
  await subscribe(TopicArn, arn, { RawMessageDelivery: 'true' })
  const { MessageId = '' } = await sns.publish({ TopicArn, Message: 'p4yload' })
  const kept = store.snapshot().filter(({ type }) => type === 'publication')
  assert.match(JSON.stringify(kept), /"kind":"kms"/)
  assert.equal(JSON.stringify(kept).includes('p4yload'), false)
  assert.ok(MessageId)
  await startRunner().look()
  assert.deepEqual([await bodies(url), waiting()], [['p4yload'], 0])
  const uses = audited
    .filter(({ envelope }) => envelope.service === 'kms')
    .map(({ envelope }) => envelope.operation)
  assert.deepEqual(uses.slice(-2), ['GenerateDataKey', 'Decrypt'])
  await sns.setTopicAttributes({ TopicArn, AttributeName: 'KmsMasterKeyId', AttributeValue: '' })
  assert.equal((await sns.getTopicAttributes({ TopicArn })).Attributes?.['KmsMasterKeyId'], undefined)
})

test('keys: who may publish and not use the key publishes nothing', async () => {
  const { sns, kms, topic, user, waiting } = await rig()
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({ Policy: keyPolicy({ letsSns: true }) })
  const TopicArn = await topic('news', { KmsMasterKeyId: KeyId })
  const publisher = await user('publisher', 'sns:Publish')
  assert.match(await refusal(publisher.publish({ TopicArn, Message: 'x' })), /^KMSAccessDenied/)
  const { Failed } = await publisher.publishBatch({
    TopicArn,
    PublishBatchRequestEntries: [{ Id: 'a', Message: 'x' }],
  })
  assert.deepEqual(
    Failed?.map(({ Code }) => Code),
    ['KMSAccessDenied'],
  )
  await kms.disableKey({ KeyId })
  assert.match(await refusal(sns.publish({ TopicArn, Message: 'x' })), /^KMSDisabled/)
  await sns.setTopicAttributes({
    TopicArn,
    AttributeName: 'KmsMasterKeyId',
    AttributeValue: 'f0e1d2c3-0000-4000-8000-000000000000',
  })
  assert.match(await refusal(sns.publish({ TopicArn, Message: 'x' })), /^KMSNotFound/)
  assert.equal(waiting(), 0)
})

test('keys: while the policy does not let SNS open them, messages wait; none is lost, and none is read', async () => {
  const { sns, kms, topic, queue, subscribe, bodies, startRunner, waiting, clock } = await rig()
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({ Policy: keyPolicy({ letsSns: false }) })
  const TopicArn = await topic('news', { KmsMasterKeyId: KeyId })
  const { arn, url } = await queue('one', TopicArn)
  await subscribe(TopicArn, arn, { RawMessageDelivery: 'true' })
  await sns.publish({ TopicArn, Message: 'secret' })
  const runner = startRunner()
  await runner.look()
  assert.deepEqual([await bodies(url), waiting()], [[], 2])
  await kms.putKeyPolicy({ KeyId, Policy: keyPolicy({ letsSns: true }) })
  clock.nowMs += 1_000
  await runner.look()
  assert.deepEqual([await bodies(url), waiting()], [['secret'], 0])
})

test('keys: who waits for a turn asks for no key', async (t) => {
  const { sns, kms, topic, startRunner, callAsService, follow, clock, audited } = await rig()
  const loopback = parseNetwork('127.0.0.0/8')
  assert.ok(loopback)
  const web = await receiver()
  const runner = startRunner(callAsService, [loopback])
  t.after(async () => {
    await runner.close()
    web.close()
  })
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({ Policy: keyPolicy({ letsSns: true }) })
  const TopicArn = await topic('news', { KmsMasterKeyId: KeyId })
  const DeliveryPolicy = JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: 1 } })
  await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: web.url, Attributes: { DeliveryPolicy } })
  await runner.look()
  const { SubscribeURL = '' } = JSON.parse(web.got[0]?.body ?? '') as Record<string, string> // As SNS writes it.
  await follow(SubscribeURL)
  const decrypted = () => audited.filter(({ envelope }) => envelope.operation === 'Decrypt').length
  const before = decrypted()
  for (const Message of '12345') await sns.publish({ TopicArn, Message })
  for (let second = 0; second < 6; second += 1) {
    clock.nowMs += 1_000
    await runner.look()
  }
  assert.deepEqual([web.got.length - 1, decrypted() - before], [5, 5])
})
