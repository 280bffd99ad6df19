// Goal: a message goes to one receiver at a time, in order where that is promised, and never gets lost. Method: the SDK's own client (it
// verifies the digests) over the whole way of a call; the clock is the test's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import { bodies, here, refusal, rig } from './rig.test.ts'

const second = 1000

test('a message is hidden once it is received, shows again, and is gone when it is deleted', async () => {
  const { sqs, queue, clock } = await rig()
  const QueueUrl = await queue()
  await sqs.sendMessage({
    QueueUrl,
    MessageBody: 'one',
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'a' },
      count: { DataType: 'Number', StringValue: '7' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.of(0, 1, 2) },
    },
  })
  const { Messages: [first] = [] } = await sqs.receiveMessage({
    QueueUrl,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  })
  assert.equal(first?.Body, 'one')
  assert.deepEqual(Object.keys(first.MessageAttributes ?? {}).sort(), ['count', 'kind', 'raw'])
  assert.equal(first.Attributes?.ApproximateReceiveCount, '1')
  assert.deepEqual(await bodies(sqs, QueueUrl), [], 'hidden')
  clock.nowMs += 30 * second
  const { Messages: [again] = [] } = await sqs.receiveMessage({ QueueUrl })
  assert.equal(again?.Body, 'one')
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: first.ReceiptHandle })
  clock.nowMs += 30 * second
  const { Messages: [third] = [] } = await sqs.receiveMessage({ QueueUrl })
  assert.equal(third?.Body, 'one', 'a stale handle deletes nothing')
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: third.ReceiptHandle })
  clock.nowMs += 60 * second
  assert.deepEqual(await bodies(sqs, QueueUrl), [])
})

test('a delay, a changed visibility and the counts of a queue', async () => {
  const { sqs, queue, clock } = await rig()
  const QueueUrl = await queue('delayed', { VisibilityTimeout: '10' })
  await sqs.sendMessage({ QueueUrl, MessageBody: 'later', DelaySeconds: 5 })
  await sqs.sendMessage({ QueueUrl, MessageBody: 'now' })
  const counts = async () => {
    const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] })
    const {
      ApproximateNumberOfMessages: a,
      ApproximateNumberOfMessagesDelayed: d,
      ApproximateNumberOfMessagesNotVisible: n,
    } = Attributes
    return [a, d, n].join(' ')
  }
  assert.equal(await counts(), '1 1 0')
  const { Messages: [now] = [] } = await sqs.receiveMessage({ QueueUrl })
  assert.equal(await counts(), '0 1 1')
  await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: now?.ReceiptHandle, VisibilityTimeout: 0 })
  assert.equal(await counts(), '1 1 0')
  clock.nowMs += 5 * second
  assert.deepEqual([...(await bodies(sqs, QueueUrl))].sort(), ['later', 'now'])
})

test('a FIFO queue keeps the order of each group, and closes a group while one of its messages is out', async () => {
  const { sqs, queue, clock } = await rig()
  const QueueUrl = await queue('line.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
  const send = (MessageGroupId: string, MessageBody: string) =>
    sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId })
  const one = await send('a', 'a1')
  await send('a', 'a2')
  await send('b', 'b1')
  const twice = await send('a', 'a1')
  assert.deepEqual(twice.MessageId, one.MessageId, 'the same content within five minutes')
  assert.equal(twice.SequenceNumber, one.SequenceNumber)
  assert.deepEqual(await bodies(sqs, QueueUrl, 1), ['a1'])
  assert.deepEqual(await bodies(sqs, QueueUrl, 10), ['b1'])
  assert.deepEqual(await bodies(sqs, QueueUrl, 10), [])
  clock.nowMs += 30 * second
  assert.deepEqual(await bodies(sqs, QueueUrl, 10), ['a1', 'a2', 'b1'])
  clock.nowMs += 300 * second
  const { Messages = [] } = await sqs.receiveMessage({
    QueueUrl,
    MaxNumberOfMessages: 10,
    ReceiveRequestAttemptId: 'try',
  })
  const { Messages: same = [] } = await sqs.receiveMessage({
    QueueUrl,
    MaxNumberOfMessages: 10,
    ReceiveRequestAttemptId: 'try',
  })
  assert.deepEqual(
    same.map(({ Body }) => Body),
    Messages.map(({ Body }) => Body),
    'the attempt is answered again',
  )
  for (const { ReceiptHandle } of same) await sqs.deleteMessage({ QueueUrl, ReceiptHandle })
  await send('a', 'a1')
  assert.deepEqual(await bodies(sqs, QueueUrl), ['a1'], 'after five minutes it is a new one')
})

test('who waits is answered by a send, and at the end of the time by nothing', async () => {
  const { sqs, queue, clock, tick } = await rig()
  const QueueUrl = await queue()
  const turn = () => new Promise((resolve) => void setTimeout(resolve, 20))
  const polling = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 })
  await turn()
  await sqs.sendMessage({ QueueUrl, MessageBody: 'awaited' })
  assert.deepEqual(
    (await polling).Messages?.map(({ Body }) => Body),
    ['awaited'],
  )
  const fifo = await queue('line.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
  const byAttempt = { QueueUrl: fifo, WaitTimeSeconds: 20, ReceiveRequestAttemptId: 'try' }
  const first = sqs.receiveMessage(byAttempt)
  await turn()
  await sqs.sendMessage({ QueueUrl: fifo, MessageBody: 'in line', MessageGroupId: 'g' })
  assert.deepEqual(
    (await first).Messages?.map(({ Body }) => Body),
    ['in line'],
    'an attempt that is not known yet waits too',
  )
  assert.equal(
    (await sqs.receiveMessage(byAttempt)).Messages?.length,
    1,
    'one that is known is answered at once',
  )
  const inVain = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 1 })
  await turn()
  clock.nowMs += second
  tick()
  assert.equal((await inVain).Messages, undefined)
  const overtaken = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 })
  await turn()
  clock.nowMs -= 3600 * second
  tick()
  assert.equal((await overtaken).Messages, undefined, 'a clock that is set back lets nobody wait for as long')
})

test('what was received too often goes to the dead-letter queue, and a task brings it back', async () => {
  const { sqs, queue, clock, runner } = await rig()
  const dead = await queue('dead')
  const arn = `arn:aws:sqs:us-east-1:${here}:dead`
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 })
  const QueueUrl = await queue('alive', { RedrivePolicy })
  await sqs.sendMessage({ QueueUrl, MessageBody: 'poison' })
  const { Messages: [{ Body, ReceiptHandle: early } = {}] = [] } = await sqs.receiveMessage({ QueueUrl })
  assert.equal(Body, 'poison')
  clock.nowMs += 30 * second
  assert.deepEqual(await bodies(sqs, QueueUrl), [])
  const { Messages: [moved] = [] } = await sqs.receiveMessage({
    QueueUrl: dead,
    MessageSystemAttributeNames: ['All'],
  })
  assert.equal(moved?.Attributes?.DeadLetterQueueSourceArn, `arn:aws:sqs:us-east-1:${here}:alive`)
  const { queueUrls = [] } = await sqs.listDeadLetterSourceQueues({ QueueUrl: dead })
  assert.deepEqual(queueUrls, [QueueUrl])
  clock.nowMs += 30 * second
  const { TaskHandle } = await sqs.startMessageMoveTask({ SourceArn: arn })
  assert.match(
    await refusal(sqs.startMessageMoveTask({ SourceArn: arn })),
    /^UnsupportedOperation: There is already/,
  )
  await runner.tend()
  await runner.tend()
  const { Results: [task] = [] } = await sqs.listMessageMoveTasks({ SourceArn: arn })
  assert.deepEqual([task?.Status, task?.ApproximateNumberOfMessagesMoved], ['COMPLETED', 1])
  assert.match(await refusal(sqs.cancelMessageMoveTask({ TaskHandle })), /^UnsupportedOperation/)
  assert.deepEqual(await bodies(sqs, dead), [])
  const { Messages: [back] = [] } = await sqs.receiveMessage({
    QueueUrl,
    MessageSystemAttributeNames: ['All'],
  })
  assert.equal(back?.Body, 'poison')
  const { ApproximateReceiveCount, SentTimestamp } = back.Attributes ?? {}
  assert.deepEqual([ApproximateReceiveCount, SentTimestamp], ['1', String(clock.nowMs)], 'a new message')
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: early })
  clock.nowMs += 30 * second
  assert.deepEqual(
    await bodies(sqs, QueueUrl),
    [],
    'a handle of before deletes nothing: it is a dead letter again',
  )
  assert.deepEqual(await bodies(sqs, dead), ['poison'])
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: '' } })
  assert.match(
    await refusal(sqs.startMessageMoveTask({ SourceArn: arn })),
    /must be configured as a Dead Letter Queue/,
  )
})

test('a task brings dead letters back whole, whatever they say and however it is kept, and leaves nothing behind', async () => {
  const { sqs, kms, queue, clock, runner, store } = await rig()
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.createKey({})
  const kinds = [{ SqsManagedSseEnabled: 'false' }, {}, { KmsMasterKeyId: KeyId }]
  for (const [at, attributes] of kinds.entries()) {
    const dead = await queue(`dead${at}`)
    const SourceArn = `arn:aws:sqs:us-east-1:${here}:dead${at}`
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 })
    const QueueUrl = await queue(`alive${at}`, { ...attributes, RedrivePolicy })
    const said = ['small', 'x'.repeat(10_000)] // The long one is kept beside its message.
    for (const MessageBody of said) await sqs.sendMessage({ QueueUrl, MessageBody })
    assert.equal((await bodies(sqs, QueueUrl)).length, 2)
    clock.nowMs += 30 * second
    assert.deepEqual(await bodies(sqs, QueueUrl), [])
    await sqs.startMessageMoveTask({ SourceArn })
    await runner.tend()
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
    assert.deepEqual(Messages.map(({ Body = '' }) => Body).sort(), said)
    for (const { ReceiptHandle } of Messages) await sqs.deleteMessage({ QueueUrl, ReceiptHandle })
    assert.deepEqual(await bodies(sqs, dead), [])
  }
  await runner.tend()
  assert.deepEqual(
    store.snapshot().filter(({ type }) => type === 'message' || type === 'content'),
    [],
  )
})

test('a task keeps the order of groups, and takes nothing of one of which a message is out', async () => {
  const { sqs, queue, clock, runner } = await rig()
  const dead = await queue('dead.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
  const SourceArn = `arn:aws:sqs:us-east-1:${here}:dead.fifo`
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 })
  const QueueUrl = await queue('alive.fifo', { FifoQueue: 'true', RedrivePolicy })
  for (const MessageGroupId of ['a', 'b'])
    for (const body of ['1', '2', '3']) {
      const MessageDeduplicationId = `${MessageGroupId}${body}`
      await sqs.sendMessage({
        QueueUrl,
        MessageBody: MessageDeduplicationId,
        MessageGroupId,
        MessageDeduplicationId,
      })
    }
  await bodies(sqs, QueueUrl)
  clock.nowMs += 30 * second
  assert.deepEqual(await bodies(sqs, QueueUrl), [])
  const { Messages: [out] = [] } = await sqs.receiveMessage({
    ...{ QueueUrl: dead, MaxNumberOfMessages: 1, MessageSystemAttributeNames: ['All'] },
  })
  assert.equal(out?.Body, 'a1')
  assert.equal(out.Attributes?.MessageDeduplicationId, out.MessageId, 'as AWS has it of dead letters')
  await sqs.startMessageMoveTask({ SourceArn })
  await runner.tend()
  assert.deepEqual(await bodies(sqs, QueueUrl), ['b1', 'b2', 'b3'])
  clock.nowMs += 30 * second
  assert.deepEqual(await bodies(sqs, dead), ['a1', 'a2', 'a3'])
})

test('purged, expired and deleted: given to nobody at once, and cleared away', async () => {
  const { sqs, queue, clock, runner, store } = await rig()
  const QueueUrl = await queue('short', { MessageRetentionPeriod: '60' })
  const big = 'x'.repeat(10_000) // Kept beside its message.
  const kept = () =>
    store.snapshot().filter(({ service, type }) => service === 'sqs' && type !== 'queue').length
  await sqs.sendMessage({ QueueUrl, MessageBody: big })
  await sqs.purgeQueue({ QueueUrl })
  assert.deepEqual(await bodies(sqs, QueueUrl), [])
  assert.match(await refusal(sqs.purgeQueue({ QueueUrl })), /^PurgeQueueInProgress/)
  await sqs.sendMessage({ QueueUrl, MessageBody: 'new' })
  await runner.tend()
  assert.equal(kept(), 1)
  const other = await queue('other')
  await sqs.purgeQueue({ QueueUrl: other })
  clock.nowMs -= 3600 * second
  await sqs.purgeQueue({ QueueUrl: other }) // A clock that is set back forbids it for no longer than a minute.
  clock.nowMs += 3600 * second
  await sqs.deleteQueue({ QueueUrl: other })
  await runner.tend()
  clock.nowMs += 61 * second
  assert.deepEqual(await bodies(sqs, QueueUrl), [])
  await sqs.sendMessage({ QueueUrl, MessageBody: 'left' })
  await sqs.deleteQueue({ QueueUrl })
  await runner.tend()
  assert.equal(kept(), 0)
  await queue('short')
  assert.deepEqual(await bodies(sqs, QueueUrl), [], 'a namesake has nothing of it')
})

test('a batch tells what is wrong of each entry', async () => {
  const { sqs, queue } = await rig()
  const QueueUrl = await queue('sized', { MaximumMessageSize: '1024' })
  const { Successful, Failed } = await sqs.sendMessageBatch({
    QueueUrl,
    Entries: [
      { Id: 'a', MessageBody: 'fits' },
      { Id: 'b', MessageBody: 'x'.repeat(1025) },
      { Id: 'c', MessageBody: 'fits', DelaySeconds: 901 },
    ],
  })
  assert.deepEqual(
    Successful?.map(({ Id }) => Id),
    ['a'],
  )
  assert.deepEqual(
    Failed?.map(({ Id, Code }) => `${Id} ${Code}`),
    ['b InvalidParameterValue', 'c InvalidParameterValue'],
  )
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
  const handle = Messages[0]?.ReceiptHandle
  const deleted = await sqs.deleteMessageBatch({
    QueueUrl,
    Entries: [
      { Id: 'a', ReceiptHandle: handle },
      { Id: 'b', ReceiptHandle: 'made-up' },
    ],
  })
  assert.deepEqual(
    deleted.Failed?.map(({ Id, Code }) => `${Id} ${Code}`),
    ['b ReceiptHandleIsInvalid'],
  )
  const Entries = Array.from({ length: 11 }, (_, at) => ({ Id: `e${at}`, MessageBody: 'x' }))
  assert.match(
    await refusal(sqs.sendMessageBatch({ QueueUrl, Entries })),
    /Maximum number of entries per request are 10/,
  )
})

test("what is wrong is refused in AWS's words", async () => {
  const { sqs, queue } = await rig()
  const QueueUrl = await queue()
  const fifo = await queue('line.fifo', { FifoQueue: 'true' })
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'no such queue',
      () => sqs.sendMessage({ QueueUrl: `${QueueUrl}x`, MessageBody: 'x' }),
      /^QueueDoesNotExist/,
    ],
    ['a NUL', () => sqs.sendMessage({ QueueUrl, MessageBody: 'a\0' }), /^InvalidMessageContents/],
    [
      'a group in a standard queue',
      () => sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' }),
      /not valid for this queue type/,
    ],
    [
      'no group in a FIFO queue',
      () => sqs.sendMessage({ QueueUrl: fifo, MessageBody: 'x' }),
      /MessageGroupId/,
    ],
    [
      'no deduplication id',
      () => sqs.sendMessage({ QueueUrl: fifo, MessageBody: 'x', MessageGroupId: 'g' }),
      /ContentBasedDeduplication/,
    ],
    [
      'eleven messages',
      () => sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 11 }),
      /Must be between 1 and 10/,
    ],
    [
      'an attribute of FIFO queues',
      () => sqs.setQueueAttributes({ QueueUrl, Attributes: { ContentBasedDeduplication: 'true' } }),
      /^InvalidAttributeName/,
    ],
    [
      'a bad value',
      () => sqs.setQueueAttributes({ QueueUrl, Attributes: { DelaySeconds: '901' } }),
      /^InvalidAttributeValue/,
    ],
    [
      'a queue made otherwise',
      () => sqs.createQueue({ QueueName: 'orders', Attributes: { DelaySeconds: '9' } }),
      /^QueueNameExists|^QueueAlreadyExists/,
    ],
    [
      'a handle of nobody',
      () => sqs.deleteMessage({ QueueUrl, ReceiptHandle: 'x' }),
      /^ReceiptHandleIsInvalid/,
    ],
    [
      'a dead-letter queue that is not there',
      () =>
        sqs.setQueueAttributes({
          QueueUrl,
          Attributes: {
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: `arn:aws:sqs:us-east-1:${here}:no`,
              maxReceiveCount: 3,
            }),
          },
        }),
      /Dead letter target does not exist/,
    ],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 11)
})

test('a policy lets in whom it names: accounts, services from their source, nobody else', async () => {
  const { sqs, iam, foreign, queue, user, callAsService } = await rig()
  const QueueUrl = await queue()
  const Resource = `arn:aws:sqs:us-east-1:${here}:orders`
  const source = `arn:aws:sns:us-east-1:${here}:news` as Arn
  assert.match(await refusal(foreign.sendMessage({ QueueUrl, MessageBody: 'x' })), /^AccessDenied/)
  const deliver = (sourceArn: Arn) =>
    callAsService({
      service: 'sqs',
      operation: 'SendMessage',
      input: { QueueUrl, MessageBody: 'from a topic' },
      account: here,
      region: 'us-east-1',
      as: { kind: 'service', principal: 'sns.amazonaws.com', sourceArn },
    })
  assert.equal((await deliver(source)).ok, false)
  await sqs.setQueueAttributes({
    QueueUrl,
    Attributes: {
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource,
          Condition: { ArnEquals: { 'aws:SourceArn': source } },
        },
      }),
    },
  })
  assert.equal((await deliver(source)).ok, true)
  assert.equal((await deliver(`${source}2` as Arn)).ok, false)
  await sqs.addPermission({
    QueueUrl,
    Label: 'them',
    AWSAccountIds: ['444455556666'],
    Actions: ['SendMessage'],
  })
  await foreign.sendMessage({ QueueUrl, MessageBody: 'x' })
  assert.match(await refusal(foreign.receiveMessage({ QueueUrl })), /^AccessDenied/)
  const allow = (Label: string, ...Actions: readonly string[]) =>
    sqs.addPermission({ QueueUrl, Label, AWSAccountIds: ['444455556666'], Actions: [...Actions] })
  const eight =
    'ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl PurgeQueue ReceiveMessage SendMessage *'
  assert.match(await refusal(allow('eight', ...eight.split(' '))), /^OverLimit/)
  const labels = Array.from({ length: 18 }, (_, at) => `label${at}`)
  for (const label of labels) await allow(label, 'GetQueueUrl')
  assert.match(await refusal(allow('more', 'GetQueueUrl')), /^OverLimit/)
  for (const Label of labels) await sqs.removePermission({ QueueUrl, Label })
  await user('gone')
  const Statement = [
    {
      Sid: 'gone',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${here}:user/gone` },
      Action: 'sqs:*',
      Resource,
    },
    { Sid: 'them', Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'sqs:SendMessage', Resource },
  ]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } })
  const { AccessKeyMetadata = [] } = await iam.listAccessKeys({ UserName: 'gone' })
  for (const { AccessKeyId } of AccessKeyMetadata)
    await iam.deleteAccessKey({ UserName: 'gone', AccessKeyId })
  for (const PolicyName of (await iam.listUserPolicies({ UserName: 'gone' })).PolicyNames ?? [])
    await iam.deleteUserPolicy({ UserName: 'gone', PolicyName })
  await iam.deleteUser({ UserName: 'gone' })
  await sqs.removePermission({ QueueUrl, Label: 'them' })
  assert.match(await refusal(foreign.sendMessage({ QueueUrl, MessageBody: 'x' })), /^AccessDenied/)
  const reader = await user('reader', { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource })
  assert.equal((await bodies(reader, QueueUrl)).length, 2)
  assert.match(await refusal(reader.sendMessage({ QueueUrl, MessageBody: 'x' })), /^AccessDenied/)
  assert.match(await refusal(reader.listQueues({})), /^AccessDenied/)
})

test('bodies are encrypted, under the key that the queue names, and whoever may not use it gets none', async () => {
  const { sqs, kms, queue, user, store } = await rig()
  const { KeyMetadata } = await kms.createKey({})
  const encrypted = await queue('secret', { KmsMasterKeyId: KeyMetadata?.KeyId ?? '' })
  const plain = await queue('plain', { SqsManagedSseEnabled: 'false' })
  const sealed = await queue('sealed')
  for (const QueueUrl of [encrypted, plain, sealed])
    await sqs.sendMessage({ QueueUrl, MessageBody: 'p4yload' })
  const readable = store.snapshot().filter((one) => JSON.stringify(one.document).includes('p4yload'))
  assert.equal(readable.length, 1, 'only where encryption was switched off')
  const other = await user('other', { Effect: 'Allow', Action: 'sqs:*', Resource: '*' })
  assert.match(await refusal(other.receiveMessage({ QueueUrl: encrypted })), /^KmsAccessDenied/)
  assert.match(
    await refusal(other.sendMessage({ QueueUrl: encrypted, MessageBody: 'x' })),
    /^KmsAccessDenied/,
  )
  assert.deepEqual(await bodies(sqs, encrypted), ['p4yload'])
  assert.deepEqual(await bodies(sqs, sealed), ['p4yload'])
  await kms.disableKey({ KeyId: KeyMetadata?.KeyId })
  assert.match(await refusal(sqs.sendMessage({ QueueUrl: encrypted, MessageBody: 'x' })), /^KmsDisabled/)
})

test('names, tags and pages of queues', async () => {
  const { sqs, queue } = await rig()
  for (const name of ['c', 'a', 'b']) await queue(name)
  const { QueueUrls = [], NextToken } = await sqs.listQueues({ MaxResults: 2 })
  const rest = await sqs.listQueues({ MaxResults: 2, NextToken })
  assert.deepEqual(
    [...QueueUrls, ...(rest.QueueUrls ?? [])].map((url) => url.at(-1)),
    ['a', 'b', 'c'],
  )
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName: 'a' })
  await sqs.tagQueue({ QueueUrl, Tags: { team: 'red' } })
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl })).Tags, { team: 'red' })
  await sqs.untagQueue({ QueueUrl, TagKeys: ['team'] })
  assert.equal((await sqs.listQueueTags({ QueueUrl })).Tags, undefined)
})

test('the query protocol, signed by hand, is answered as XML', async () => {
  const { query, queue, sqs } = await rig()
  const QueueUrl = await queue()
  const sent = await query({ Action: 'SendMessage', QueueUrl, MessageBody: 'by form' })
  assert.match(sent, /<SendMessageResponse[^]*<MD5OfMessageBody>/)
  assert.deepEqual(await bodies(sqs, QueueUrl), ['by form'])
  const refused = await query({ Action: 'SendMessage', QueueUrl: `${QueueUrl}x`, MessageBody: 'x' })
  assert.match(refused, /<Code>AWS.SimpleQueueService.NonExistentQueue<\/Code>/)
})

test('queues: their URLs are public for whom came to the public address, and for nobody else', async () => {
  const rows = [
    [undefined, 'https://in.process/'],
    ['http://in.process', 'http://in.process/'],
    ['http://elsewhere.example', 'https://in.process/'],
  ] as const
  for (const [publicUrl, want] of rows) {
    const { query } = await rig(publicUrl === undefined ? {} : { publicUrl })
    const answer = await query({ Action: 'CreateQueue', QueueName: 'q' })
    assert.equal(/<QueueUrl>(.*?)<\/QueueUrl>/.exec(answer)?.[1], `${want}111122223333/q`)
  }
  assert.equal(rows.length, 3)
})
