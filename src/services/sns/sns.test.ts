// Goal: what is published reaches every subscription that wants it, once each, in order where that is promised, and nobody whose policy
// does not let it. Method: the SDK's own clients over the whole way of a call, with real queues; deliveries are made when a test says so.
import assert from 'node:assert/strict'
import { verify, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { parseNetwork } from '#core/address-guard.ts'
import { CommitFailed, type Transaction } from '#core/store/index.ts'
import { refusal } from '../../../test/in-process.ts'
import { here, receiver, rig, startMs, there } from './rig.test.ts'

test('a message reaches each queue, in an envelope or raw, with its attributes', async () => {
  const { sns, sqs, topic, queue, subscribe, bodies, startRunner, waiting, store } = await rig()
  const TopicArn = await topic('news')
  const [one, raw] = [await queue('one', TopicArn), await queue('raw', TopicArn)]
  await subscribe(TopicArn, one.arn)
  await subscribe(TopicArn, raw.arn, { RawMessageDelivery: 'true' })
  const kind = { DataType: 'String', StringValue: 'storm' }
  const { MessageId } = await sns.publish({
    TopicArn,
    Message: 'p4yload',
    Subject: 'Rain',
    MessageAttributes: { kind },
  })
  assert.equal(JSON.stringify(store.snapshot()).includes('p4yload'), false, 'sealed while it waits')
  await startRunner().look()
  const { Signature, SigningCertURL, UnsubscribeURL, SignatureVersion, ...envelope } = JSON.parse(
    (await bodies(one.url))[0] ?? '',
  ) as Record<string, unknown>
  assert.ok(Signature !== '' && SignatureVersion === '1' && SigningCertURL !== '')
  assert.match(String(UnsubscribeURL), /\?Action=Unsubscribe&SubscriptionArn=arn.*&Token=[0-9a-f]{64}$/)
  assert.deepEqual(envelope, {
    Type: 'Notification',
    MessageId,
    TopicArn,
    Subject: 'Rain',
    Message: 'p4yload',
    Timestamp: new Date(startMs).toISOString(),
    MessageAttributes: { kind: { Type: 'String', Value: 'storm' } },
  })
  const { Messages: [message] = [] } = await sqs.receiveMessage({
    QueueUrl: raw.url,
    MessageAttributeNames: ['All'],
  })
  assert.equal(message?.Body, 'p4yload')
  assert.equal(message.MessageAttributes?.['kind']?.StringValue, 'storm')
  assert.equal(waiting(), 0)
})

test('filter policies, over attributes and bodies', async () => {
  const { sns, topic, queue, subscribe, startRunner, sqs } = await rig()
  const TopicArn = await topic('orders')
  const text = (StringValue: string) => ({ kind: { DataType: 'String', StringValue } })
  const number = (StringValue: string) => ({ price: { DataType: 'Number', StringValue } })
  const rows: readonly (readonly [string, object, string, object, boolean])[] = [
    ['an equal text', { kind: ['a'] }, 'x', text('a'), true],
    ['another text', { kind: ['a'] }, 'x', text('b'), false],
    ['no attribute', { kind: ['a'] }, 'x', {}, false],
    ['a prefix', { kind: [{ prefix: 'st' }] }, 'x', text('storm'), true],
    ['anything but it', { kind: [{ 'anything-but': ['a'] }] }, 'x', text('a'), false],
    ['that it exists', { kind: [{ exists: true }] }, 'x', text('a'), true],
    ['a number in its range', { price: [{ numeric: ['>', 5, '<=', 10] }] }, 'x', number('10'), true],
    ['a number out of it', { price: [{ numeric: ['>', 5, '<=', 10] }] }, 'x', number('10.1'), false],
    [
      'one of a list',
      { kind: ['b'] },
      'x',
      { kind: { DataType: 'String.Array', StringValue: '["a","b"]' } },
      true,
    ],
    ['either', { $or: [{ kind: ['a'] }, { price: [1] }] }, 'x', number('1'), true],
    ['a member of the body', { order: { kind: ['a'] } }, '{"order":{"kind":"a"}}', {}, true],
    ['a body that is no JSON', { order: { kind: ['a'] } }, 'order', {}, false],
  ]
  const queues = await Promise.all(rows.map((_, at) => queue(`q${at}`, TopicArn)))
  for (const [at, [title, policy, Message, MessageAttributes, want]] of rows.entries()) {
    const { arn, url } = queues[at] ?? { arn: '', url: '' }
    const scope = title.includes('body') ? { FilterPolicyScope: 'MessageBody' } : {}
    const { SubscriptionArn } = await sns.subscribe({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: arn,
      Attributes: { FilterPolicy: JSON.stringify(policy), ...scope },
    })
    await sns.publish({ TopicArn, Message, MessageAttributes: { ...MessageAttributes } })
    const runner = startRunner()
    await runner.look()
    await runner.close()
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: url })
    assert.equal(Messages.length === 1, want, title)
    await sns.unsubscribe({ SubscriptionArn })
  }
  assert.equal(rows.length, 12)
  const arn = queues[0]?.arn ?? ''
  const bad = (FilterPolicy: string) => refusal(subscribe(TopicArn, arn, { FilterPolicy }))
  assert.match(await bad('{'), /^InvalidParameterException.*FilterPolicy/)
  assert.match(await bad('{"kind":[{"like":"a"}]}'), /^InvalidParameterException.*FilterPolicy/)
  assert.match(
    await bad('{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}'),
    /^InvalidParameterException.*can not have more than 5 keys/,
  )
})

test('a filter policy that looks into members is about bodies: of attributes it is refused', async () => {
  const { sns, topic, queue, subscribe } = await rig()
  const TopicArn = await topic('orders')
  const { arn } = await queue('one', TopicArn)
  const [flat, nested] = ['{"kind":["a"]}', '{"order":{"kind":["a"]}}']
  const either = '{"$or":[{"kind":["a"]},{"order":{"kind":["a"]}}]}'
  const body = { FilterPolicyScope: 'MessageBody' }
  for (const FilterPolicy of [nested, either]) {
    const said = await refusal(subscribe(TopicArn, arn, { FilterPolicy }))
    assert.match(said, /^InvalidParameterException.*does not support nested/)
  }
  const SubscriptionArn = await subscribe(TopicArn, arn, { FilterPolicy: nested, ...body })
  const set = (AttributeName: string, AttributeValue: string) =>
    sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue })
  assert.match(await refusal(set('FilterPolicyScope', 'MessageAttributes')), /does not support nested/)
  await set('FilterPolicy', flat)
  await set('FilterPolicyScope', 'MessageAttributes')
  assert.match(await refusal(set('FilterPolicy', nested)), /does not support nested/)
})

test('a FIFO topic keeps its order, and takes a message once', async () => {
  const { sns, topic, queue, subscribe, bodies, startRunner } = await rig()
  const TopicArn = await topic('line.fifo', { FifoTopic: 'true', ContentBasedDeduplication: 'true' })
  const { arn, url } = await queue('line.fifo', TopicArn, { FifoQueue: 'true' })
  await subscribe(TopicArn, arn, { RawMessageDelivery: 'true' })
  for (const Message of ['1', '2', '3', '2']) await sns.publish({ TopicArn, Message, MessageGroupId: 'g' })
  await startRunner().look()
  assert.deepEqual(await bodies(url), ['1', '2', '3'])
  assert.match(await refusal(sns.publish({ TopicArn, Message: 'x' })), /MessageGroupId parameter is required/)
})

test('a queue that does not let the topic in gets nothing; the dead-letter queue does', async () => {
  const { sns, topic, queue, subscribe, bodies, startRunner, waiting, logged, sqs } = await rig()
  const TopicArn = await topic('news')
  const closed = await queue('closed', `${TopicArn}-of-others`)
  const dead = await queue('dead', TopicArn)
  const subscription = await subscribe(TopicArn, closed.arn, { RawMessageDelivery: 'true' })
  const runner = startRunner()
  await sns.publish({ TopicArn, Message: 'lost' })
  await runner.look()
  assert.deepEqual([waiting(), logged], [0, ['notification-not-delivered']])
  await sns.setSubscriptionAttributes({
    SubscriptionArn: subscription,
    AttributeName: 'RedrivePolicy',
    AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.arn }),
  })
  await sns.publish({ TopicArn, Message: 'kept' })
  await runner.look()
  assert.deepEqual(await bodies(dead.url), ['kept'])
  assert.equal((await sqs.receiveMessage({ QueueUrl: closed.url })).Messages, undefined)
})

test('what a target cannot take now is delivered later, by another runner too', async () => {
  const { sns, topic, queue, subscribe, bodies, startRunner, waiting, clock, callAsService } = await rig()
  const TopicArn = await topic('news')
  const { arn, url } = await queue('busy', TopicArn)
  await subscribe(TopicArn, arn, { RawMessageDelivery: 'true' })
  let failures = 0
  const first = startRunner(async (call) => {
    failures += 1
    const answer = await callAsService({ ...call, operation: 'GetQueueUrl', input: { QueueName: 'none' } })
    assert.equal(answer.ok, false)
    return { ok: false, fault: Object.assign(answer.fault, { code: 'InternalFailure' }) }
  })
  await sns.publish({ TopicArn, Message: 'again' })
  await first.look()
  await first.close()
  assert.deepEqual([failures, waiting()], [4, 2], 'three retries at once, then it waits')
  const second = startRunner()
  await second.look()
  assert.deepEqual(await bodies(url), [])
  clock.nowMs += 1_000
  await second.look()
  assert.deepEqual(await bodies(url), ['again'])
  assert.equal(waiting(), 0)
})

test('policies of topics, and what is refused', async () => {
  const { sns, iam, foreign, topic, queue, subscribe, user } = await rig()
  const TopicArn = await topic('news')
  const { arn } = await queue('one', TopicArn)
  assert.match(await refusal(foreign.publish({ TopicArn, Message: 'x' })), /AuthorizationError|AccessDenied/)
  await sns.addPermission({ TopicArn, Label: 'them', AWSAccountId: [there], ActionName: ['Publish'] })
  await foreign.publish({ TopicArn, Message: 'x' })
  assert.match(await refusal(foreign.getTopicAttributes({ TopicArn })), /AuthorizationError|AccessDenied/)
  await sns.removePermission({ TopicArn, Label: 'them' })
  assert.match(await refusal(foreign.publish({ TopicArn, Message: 'x' })), /AuthorizationError|AccessDenied/)
  await iam.createUser({ UserName: 'gone' })
  const { Attributes: { Policy: kept = '' } = {} } = await sns.getTopicAttributes({ TopicArn })
  const { Statement, ...rest } = JSON.parse(kept) as { readonly Statement: object[] } // SNS's own answer.
  const AWS = `arn:aws:iam::${here}:user/gone`
  const gone = { Effect: 'Allow', Principal: { AWS }, Action: 'SNS:Publish', Resource: TopicArn }
  const AttributeValue = JSON.stringify({ ...rest, Statement: [...Statement, gone] })
  await sns.setTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue })
  await iam.deleteUser({ UserName: 'gone' })
  await sns.addPermission({ TopicArn, Label: 'more', AWSAccountId: [there], ActionName: ['Publish'] })
  await sns.removePermission({ TopicArn, Label: 'more' })
  const publisher = await user('publisher', 'sns:Publish')
  await publisher.publish({ TopicArn, Message: 'x' })
  assert.match(await refusal(publisher.listTopics({})), /AuthorizationError|AccessDenied/)
  const set = (AttributeName: string, AttributeValue: string) =>
    sns.setTopicAttributes({ TopicArn, AttributeName, AttributeValue })
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['no such topic', () => sns.publish({ TopicArn: `${TopicArn}x`, Message: 'x' }), /^NotFound/],
    ['an empty message', () => sns.publish({ TopicArn, Message: '' }), /Empty message/],
    ['a long message', () => sns.publish({ TopicArn, Message: 'x'.repeat(262_145) }), /Message too long/],
    ['a line break in a subject', () => sns.publish({ TopicArn, Message: 'x', Subject: 'a\nb' }), /Subject/],
    ['a phone', () => sns.publish({ PhoneNumber: '+15555550100', Message: 'x' }), /not supported/],
    [
      'a web address of another protocol',
      () => sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: 'https://example.com/' }),
      /no http URL/,
    ],
    [
      "another account's function",
      () =>
        sns.subscribe({
          TopicArn,
          Protocol: 'lambda',
          Endpoint: `arn:aws:lambda:us-east-1:${there}:function:f`,
        }),
      /another account/,
    ],
    [
      'mail, without a server for it',
      () => sns.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'ann@example.com' }),
      /email needs an SMTP server/,
    ],
    [
      'a FIFO queue',
      () => sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: `${arn}.fifo` }),
      /can not be subscribed/,
    ],
    ['a name that no topic has', () => sns.createTopic({ Name: 'a b' }), /Topic Name/],
    ['deliveries whose status is logged', () => set('SQSSuccessFeedbackSampleRate', '5'), /Invalid value: 5/],
    ['a role to log it', () => set('LambdaFailureFeedbackRoleArn', 'arn:aws:iam::1:role/x'), /Invalid value/],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 12)
  await set('SQSSuccessFeedbackSampleRate', '0')
  await set('LambdaFailureFeedbackRoleArn', '')
  const { Attributes } = await sns.getTopicAttributes({ TopicArn })
  assert.deepEqual(
    Object.entries(Attributes ?? {}).filter(([name]) => name.includes('Feedback')),
    [['SQSSuccessFeedbackSampleRate', '0']],
  )
  const { Successful, Failed } = await sns.publishBatch({
    TopicArn,
    PublishBatchRequestEntries: [
      { Id: 'a', Message: 'x' },
      { Id: 'b', Message: 'x', MessageGroupId: 'g' },
    ],
  })
  assert.deepEqual(
    [Successful?.map(({ Id }) => Id), Failed?.map(({ Id, Code }) => `${Id} ${Code}`)],
    [['a'], ['b InvalidParameter']],
  )
  assert.equal(await subscribe(TopicArn, arn), await subscribe(TopicArn, arn), 'the same endpoint once')
  const { Subscriptions = [] } = await sns.listSubscriptions({})
  assert.equal(Subscriptions.length, 1)
  await sns.tagResource({ ResourceArn: TopicArn, Tags: [{ Key: 'team', Value: 'red' }] })
  assert.deepEqual((await sns.listTagsForResource({ ResourceArn: TopicArn })).Tags, [
    { Key: 'team', Value: 'red' },
  ])
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: TopicArn },
  })
  const again = { Name: TopicArn.slice(TopicArn.lastIndexOf(':') + 1), Attributes: { Policy } }
  assert.match(await refusal(sns.createTopic(again)), /already exists with different attributes \(Policy\)/)
  await sns.setTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue: Policy })
  assert.equal((await sns.createTopic(again)).TopicArn, TopicArn, 'the policy that it has')
  await sns.deleteTopic({ TopicArn })
  assert.equal((await sns.listSubscriptions({})).Subscriptions?.length ?? 0, 0)
  assert.match(await refusal(sns.listTagsForResource({ ResourceArn: TopicArn })), /^ResourceNotFound/)
})

const loopback = parseNetwork('127.0.0.0/8')

test('a web address confirms by its link, and is sent signed messages', async () => {
  const { sns, topic, startRunner, callAsService, follow, waiting, clock } = await rig()
  const { got, answers, url, close } = await receiver()
  assert.ok(loopback)
  const runner = startRunner(callAsService, [loopback])
  const get = async (link: string): Promise<readonly [number, string]> => {
    const { status, body } = await follow(link)
    return [status, body]
  }
  try {
    const TopicArn = await topic('news')
    const { SubscriptionArn } = await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: url })
    assert.equal(SubscriptionArn, 'pending confirmation')
    await sns.publish({ TopicArn, Message: 'too early' })
    await runner.look()
    assert.deepEqual(
      got.map(({ type }) => type),
      ['SubscriptionConfirmation'],
    )
    const asked = JSON.parse(got[0]?.body ?? '') as Record<string, string> // As SNS writes it.
    assert.equal((await get(`${asked['SubscribeURL'] ?? ''}0`))[0], 400)
    assert.match(await refusal(sns.confirmSubscription({ TopicArn, Token: 'x' })), /Invalid token/)
    const [status, confirmed] = await get(asked['SubscribeURL'] ?? '')
    assert.equal(status, 200)
    assert.match(confirmed, /<SubscriptionArn>arn:aws:sns:us-east-1:111122223333:news:/)
    assert.equal((await get(asked['SubscribeURL'] ?? ''))[0], 400, 'once')
    for (const SignatureVersion of ['1', '2']) {
      await sns.setTopicAttributes({
        TopicArn,
        AttributeName: 'SignatureVersion',
        AttributeValue: SignatureVersion,
      })
      await sns.publish({ TopicArn, Message: 'hello', Subject: 'Hi' })
      await runner.look()
      const sent = JSON.parse(got.at(-1)?.body ?? '') as Record<string, string> // As above.
      const names = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      const text = names.map((name) => `${name}\n${sent[name] ?? ''}\n`).join('')
      const { publicKey } = new X509Certificate((await get(sent['SigningCertURL'] ?? ''))[1])
      const algorithm = SignatureVersion === '1' ? 'sha1' : 'sha256'
      const isSigned = (said: string) =>
        verify(algorithm, Buffer.from(said), publicKey, Buffer.from(sent['Signature'] ?? '', 'base64'))
      assert.deepEqual(
        [sent['SignatureVersion'], isSigned(text), isSigned(`${text}x`)],
        [SignatureVersion, true, false],
      )
    }
    assert.equal(waiting(), 0)
    await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: `${url}/2` })
    await runner.look()
    const second = JSON.parse(got.at(-1)?.body ?? '') as Record<string, string> // As above.
    assert.deepEqual([second['Type'], second['SignatureVersion']], ['SubscriptionConfirmation', '2'])
    answers.status = 302
    await sns.publish({ TopicArn, Message: 'elsewhere' })
    await runner.look()
    assert.equal(waiting(), 0, 'a redirect is not followed, and no success')
    answers.status = 503
    await sns.publish({ TopicArn, Message: 'later' })
    await runner.look()
    assert.equal(waiting(), 2)
    answers.status = 200
    clock.nowMs += 20_000
    await runner.look()
    assert.equal(waiting(), 0)
  } finally {
    await runner.close()
    close()
  }
})

test('no web address within is reached, unless the operator says so', async () => {
  const { sns, topic, startRunner, logged, waiting } = await rig()
  const { got, url, close } = await receiver()
  const runner = startRunner()
  try {
    const TopicArn = await topic('news')
    const rows = [
      url,
      'http://169.254.169.254/latest/',
      'http://[::1]:80/',
      'http://10.0.0.1/',
      'http://2130706433/',
    ]
    for (const Endpoint of rows) await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint })
    await runner.look()
    assert.equal(logged.length, rows.length)
    assert.deepEqual([got.length, waiting()], [0, 0])
  } finally {
    await runner.close()
    close()
  }
})

test('a web address that answers nothing holds up no other target, however much waits for it', async () => {
  const { sns, topic, queue, subscribe, bodies, startRunner, callAsService, follow, waiting } = await rig()
  const { got, answers, url, release, close } = await receiver()
  assert.ok(loopback)
  const runner = startRunner(callAsService, [loopback])
  try {
    const slow = await topic('slow')
    await sns.subscribe({ TopicArn: slow, Protocol: 'http', Endpoint: url })
    await runner.look()
    const asked = JSON.parse(got[0]?.body ?? '') as Record<string, string> // As SNS writes it.
    await follow(asked['SubscribeURL'] ?? '')
    const news = await topic('news')
    const target = await queue('target', news)
    await subscribe(news, target.arn, { RawMessageDelivery: 'true' })
    answers.holds = true
    for (let left = 70; left > 0; left -= 1) await sns.publish({ TopicArn: slow, Message: 'slow' })
    await sns.publish({ TopicArn: news, Message: 'quick' })
    const looked = runner.look()
    let found: readonly string[] = []
    for (let left = 500; left > 0 && found.length === 0; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      found = await bodies(target.url)
    }
    assert.deepEqual(found, ['quick'])
    answers.holds = false
    release()
    await looked
    for (let left = 10; left > 0 && waiting() > 0; left -= 1) await runner.look()
    assert.equal(waiting(), 0)
  } finally {
    release()
    await runner.close()
    close()
  }
})

test('while the disk takes nothing, what was delivered is not delivered again, and goes on when it does', async (t) => {
  const { sns, store, topic, startRunner, callAsService, follow, waiting, clock } = await rig()
  const loopback = parseNetwork('127.0.0.0/8')
  assert.ok(loopback)
  const web = await receiver()
  t.after(() => web.close())
  const disk = { isFull: true }
  const through = {
    read: store.read,
    tail: store.tail.bind(store),
    transact: <T>(run: (tx: Transaction) => T): Promise<T> =>
      disk.isFull ? Promise.reject(new CommitFailed(new Error('disk full'))) : store.transact(run),
  }
  const runner = startRunner(callAsService, [loopback], undefined, undefined, through)
  t.after(() => runner.close())
  const look = async (times: number) => {
    for (let left = times; left > 0; left -= 1) {
      await runner.look()
      clock.nowMs += 1_000
    }
  }
  const TopicArn = await topic('news')
  await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: web.url })
  await look(3)
  assert.equal(web.got.length, 0, 'there is no key yet to sign by')
  disk.isFull = false
  await look(2)
  assert.equal(web.got.length, 1, 'a key that could not be made is made later')
  const { SubscribeURL = '' } = JSON.parse(web.got[0]?.body ?? '') as Record<string, string> // As SNS writes it.
  assert.equal((await follow(SubscribeURL)).status, 200)

  disk.isFull = true
  await sns.publish({ TopicArn, Message: 'once' })
  await look(5)
  assert.deepEqual([web.got.length, waiting()], [2, 2])
  web.answers.status = 503
  await sns.publish({ TopicArn, Message: 'refused' })
  for (let at = 0; at < 20; at += 1) {
    await runner.look()
    clock.nowMs += 50
  }
  assert.ok(web.got.length <= 4, 'who refuses is asked once a second at most')
  disk.isFull = false
  web.answers.status = 200
  await look(60)
  assert.equal(waiting(), 0)
})
