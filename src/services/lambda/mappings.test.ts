// Goal: a mapping works off its queue by the function's role: filtered, in batches, with partial failures; what failed stays.
// Method: the rig with a stub in the place of SQS.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import type { Outcome } from '#functions/index.ts'
import { WireFault } from '#wire/index.ts'
import { functions } from './documents.ts'
import { createQueuePoller } from './queue-poller.ts'
import { here, refusal, rig, there } from './rig.test.ts'

const queue = `arn:aws:sqs:us-east-1:${here}:work`

/** A queue whose messages stay until they are deleted, and are received once. */
function stubQueue() {
  const bodies = new Map<string, string>()
  const attributes = new Map<string, object>()
  const received = new Set<string>()
  const asked: { operation: string; roleArn: string | undefined; input: { QueueUrl: string } }[] = []
  let denied = false
  const stub: NonNullable<Parameters<typeof rig>[1]>['stub'] = ({ service, operation, input, as }) => {
    if (service !== 'sqs') return undefined
    asked.push({
      operation,
      roleArn: as.kind === 'role' ? as.roleArn : undefined,
      input: input as { QueueUrl: string },
    }) // As SQS's model has it.
    if (denied) return Promise.resolve({ ok: false, fault: new WireFault('AccessDenied', 'no') })
    if (operation === 'DeleteMessageBatch') {
      for (const { ReceiptHandle } of (input as { Entries: { ReceiptHandle: string }[] }).Entries)
        bodies.delete(ReceiptHandle) // As above.
      return Promise.resolve({ ok: true, output: {} })
    }
    const { MaxNumberOfMessages } = input as { MaxNumberOfMessages: number } // As above.
    const fresh = [...bodies.keys()].filter((id) => !received.has(id)).slice(0, MaxNumberOfMessages)
    for (const id of fresh) received.add(id)
    const Messages = fresh.map((id) => ({
      ...{ MessageId: id, ReceiptHandle: id, Body: bodies.get(id) ?? '' },
      MessageAttributes: attributes.get(id) ?? {},
    }))
    return Promise.resolve({ ok: true, output: { Messages } })
  }
  return { bodies, attributes, asked, stub, deny: () => (denied = true) }
}

const source = `export const handler = async ({ Records }) => {
  console.log('SAW ' + Records.map(({ body }) => body).join())
  if (Records.some(({ body }) => body === '"crash"')) process.exit(1)
  return { batchItemFailures: Records.filter(({ body }) => body.includes('bad')).map(({ messageId }) => ({ itemIdentifier: messageId })) }
}`

test('messages are taken in batches, and deleted where they are done', async (t) => {
  const { bodies, asked, stub, deny } = stubQueue()
  const cloud = await rig(t, { stub })
  await cloud.make('work', source)
  const made = await cloud.lambda.createEventSourceMapping({
    FunctionName: 'work',
    EventSourceArn: queue,
    BatchSize: 2,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["good","bad"]}}' }] },
    ScalingConfig: { MaximumConcurrency: 2 },
  })
  const logged: string[] = []
  const poller = createQueuePoller({
    ...cloud,
    callAsService: (call) => stub(call) ?? cloud.callAsService(call),
    writeLogs: () => Promise.resolve(),
    log: ({ event }) => logged.push(event),
  })
  for (const [id, body] of [
    ['1', '{"kind":"good"}'],
    ['2', '{"kind":"bad"}'],
    ['3', '{"kind":"other"}'],
    ['4', 'text'],
    ['5', '{"kind":"good"}'],
  ] as const)
    bodies.set(id, body)
  for (let round = 0; round < 3; round += 1) await poller.look()
  assert.deepEqual([...bodies.keys()], ['2'], 'what failed stays, what is filtered out goes')
  const saw = cloud.logged.filter(({ message }) => message.includes('SAW')).length
  assert.equal(saw, 2)
  assert.ok(
    asked.every(({ roleArn, input }) => roleArn === cloud.role && input.QueueUrl.endsWith(`/${here}/work`)),
  )

  await cloud.lambda.updateEventSourceMapping({ UUID: made.UUID ?? '', FilterCriteria: { Filters: [] } })
  bodies.set('6', '"crash"')
  await poller.look()
  assert.deepEqual([...bodies.keys()], ['2', '6'], 'a batch that fails stays whole')

  await cloud.lambda.updateEventSourceMapping({ UUID: made.UUID ?? '', Enabled: false })
  const before = asked.length
  await poller.look()
  assert.equal(asked.length, before, 'a mapping that is disabled asks nothing')
  await cloud.lambda.updateEventSourceMapping({ UUID: made.UUID ?? '', Enabled: true })
  deny()
  await poller.look()
  const refused = asked.length
  await poller.look()
  assert.equal(asked.length, refused, 'after a refusal it waits')
  assert.deepEqual(logged, ['queue-not-polled'])
  await poller.close()
})

test('a batch ends where its payload is as large as one may be', async (t) => {
  const { bodies, asked, stub } = stubQueue()
  const cloud = await rig(t, { stub })
  await cloud.make('work', 'export const handler = async () => null')
  await cloud.lambda.createEventSourceMapping({
    ...{ FunctionName: 'work', EventSourceArn: queue, BatchSize: 100, MaximumBatchingWindowInSeconds: 300 },
    ScalingConfig: { MaximumConcurrency: 2 },
  })
  const payloads: number[] = []
  const ended: Outcome = { kind: 'success', payload: Buffer.from('null'), logTail: '' }
  const poller = createQueuePoller({
    ...cloud,
    callAsService: (call) => stub(call) ?? cloud.callAsService(call),
    host: {
      ...cloud.host,
      invoke: (_spec, { payload }) => (payloads.push(payload.length), Promise.resolve(ended)),
    },
    writeLogs: () => Promise.resolve(),
    log: ({ event }) => assert.fail(event),
  })
  for (let id = 0; id < 20; id += 1) bodies.set(String(id), '"'.repeat(1_000_000))
  await poller.look()
  await poller.close()
  assert.equal(bodies.size, 0)
  assert.ok(
    payloads.every((bytes) => bytes <= 6 * 1024 * 1024),
    payloads.join(),
  )
  const receives = asked.filter(({ operation }) => operation === 'ReceiveMessage').length
  assert.ok(receives >= 2, 'not all were received before the first was handed on')
})

test('filters see a message as its function does, and an answer that is no JSON means that all failed', async (t) => {
  const { bodies, attributes, stub } = stubQueue()
  const cloud = await rig(t, { stub })
  await cloud.make('work', source)
  await cloud.lambda.createEventSourceMapping({
    ...{ FunctionName: 'work', EventSourceArn: queue, FunctionResponseTypes: ['ReportBatchItemFailures'] },
    FilterCriteria: { Filters: [{ Pattern: '{"messageAttributes":{"kind":{"stringValue":["good"]}}}' }] },
  })
  let payload = '<html>'
  const seen: string[] = []
  const poller = createQueuePoller({
    ...cloud,
    callAsService: (call) => stub(call) ?? cloud.callAsService(call),
    host: {
      ...cloud.host,
      invoke(_spec, { payload: given }) {
        const { Records } = JSON.parse(Buffer.from(given).toString('utf8')) as { Records: { body: string }[] } // What the poller gives.
        seen.push(...Records.map(({ body }) => body))
        return Promise.resolve({ kind: 'success', payload: Buffer.from(payload), logTail: '' })
      },
    },
    writeLogs: () => Promise.resolve(),
    log: ({ event }) => assert.fail(event),
  })
  for (const kind of ['good', 'other']) {
    bodies.set(kind, kind)
    attributes.set(kind, { kind: { DataType: 'String', StringValue: kind } })
  }
  await poller.look()
  assert.deepEqual([seen, [...bodies.keys()]], [['good'], ['good']])
  for (const answer of ['', 'null', '{"batchItemFailures":[]}']) {
    payload = answer
    bodies.set(`good ${answer}`, 'good')
    attributes.set(`good ${answer}`, { kind: { DataType: 'String', StringValue: 'good' } })
    await poller.look()
  }
  await poller.close()
  assert.deepEqual([...bodies.keys()], ['good'])
})

test('a clock that is set back lengthens neither a batching window nor a pause', async (t) => {
  const { bodies, asked, stub, deny } = stubQueue()
  const cloud = await rig(t, { stub })
  await cloud.make('work', source)
  await cloud.lambda.createEventSourceMapping({
    ...{ FunctionName: 'work', EventSourceArn: queue, BatchSize: 10, MaximumBatchingWindowInSeconds: 60 },
  })
  let nowMs = cloud.world.nowMs()
  const poller = createQueuePoller({
    ...cloud,
    world: { ...cloud.world, nowMs: () => nowMs },
    callAsService(call) {
      const answer = stub(call)
      if (answer && asked.length === 3) nowMs -= 3_600_000
      assert.ok(asked.length < 50, 'it goes on asking')
      return answer ?? cloud.callAsService(call)
    },
    writeLogs: () => Promise.resolve(),
    log: () => undefined,
  })
  bodies.set('1', 'good')
  await poller.look()
  assert.deepEqual([...bodies.keys()], [])
  deny()
  await poller.look()
  const refused = asked.length
  await poller.look()
  assert.equal(asked.length, refused, 'it waits')
  nowMs -= 3_600_000
  await poller.look()
  assert.ok(asked.length > refused)
  await poller.close()
})

test('mappings: refusals', async (t) => {
  const { make, lambda, user, store } = await rig(t)
  await make('work', source)
  const makeThere = async (): Promise<void> => {
    const [mine] = store.read.findAnywhere(functions, 'everywhere', 'all')
    assert.ok(mine)
    const arn = mine.document.arn.replace(here, there).replace(/work$|other$/, 'other') as Arn // Another one's.
    await store.transact((tx) =>
      tx.put(functions, { account: there, region: 'us-east-1' }, 'other', {
        ...mine.document,
        account: there,
        name: 'other',
        arn,
      }),
    )
  }
  type Wish = Partial<Parameters<typeof lambda.createEventSourceMapping>[0]>
  const create = (wish: Wish) =>
    refusal(lambda.createEventSourceMapping({ FunctionName: 'work', EventSourceArn: queue, ...wish }))
  const rows: readonly [string, Wish, RegExp][] = [
    [
      'a stream',
      { EventSourceArn: `arn:aws:kinesis:us-east-1:${here}:stream/x` },
      /Unrecognized event source/,
    ],
    ['no such function', { FunctionName: 'none' }, /^ResourceNotFoundException/],
    [
      'a large batch without a window',
      { BatchSize: 11 },
      /Maximum batch window in seconds must be greater than 0/,
    ],
    [
      'a window for a FIFO queue',
      { EventSourceArn: `${queue}.fifo`, MaximumBatchingWindowInSeconds: 1 },
      /no batching window/,
    ],
    [
      'a pattern that is none',
      { FilterCriteria: { Filters: [{ Pattern: '{"body":1}' }] } },
      /Invalid filter pattern definition/,
    ],
    ['what is of streams', { MaximumRetryAttempts: 3 }, /MaximumRetryAttempts is not supported for queues/],
    ['nothing wrong', {}, /^no refusal$/],
    ['the same again', {}, /^ResourceConflictException/],
  ]
  for (const [name, wish, want] of rows) assert.match(await create(wish), want, name)
  assert.equal(rows.length, 8)
  await make('other', source)
  await create({ FunctionName: 'other' })
  const all = (await lambda.listEventSourceMappings({})).EventSourceMappings ?? []
  const mine = all.find(({ FunctionArn }) => FunctionArn?.endsWith(':work'))?.UUID ?? ''
  const moved = (FunctionName: string) =>
    refusal(lambda.updateEventSourceMapping({ UUID: mine, FunctionName }))
  const theirs = `arn:aws:lambda:us-east-1:${there}:function:other`
  assert.match(await moved(theirs), /^AccessDenied|^ResourceNotFoundException/)
  await makeThere()
  assert.match(await moved(theirs), /^ResourceNotFoundException/, "another account's function")
  assert.match(await moved('other'), /^ResourceConflictException/)
  const nobody = await user('nobody')
  const { EventSourceMappings = [] } = await lambda.listEventSourceMappings({ FunctionName: 'work' })
  const UUID = EventSourceMappings[0]?.UUID ?? ''
  assert.match(
    await refusal(nobody.getEventSourceMapping({ UUID })),
    /^AccessDenied.*lambda:GetEventSourceMapping/,
  )
  assert.match(
    await refusal(nobody.deleteEventSourceMapping({ UUID })),
    /^AccessDenied.*lambda:DeleteEventSourceMapping/,
  )
  await lambda.deleteEventSourceMapping({ UUID })
  assert.match(await refusal(lambda.getEventSourceMapping({ UUID })), /^ResourceNotFoundException/)
})
