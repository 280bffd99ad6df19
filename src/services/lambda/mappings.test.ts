// Goal: a mapping works off its queue by the function's role: filtered, in batches, with partial failures; what failed stays.
// Method: the rig with a stub in the place of SQS.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WireFault } from '#wire/index.ts'
import { createQueuePoller } from './queue-poller.ts'
import { here, refusal, rig } from './rig.test.ts'

const queue = `arn:aws:sqs:us-east-1:${here}:work`

/** A queue whose messages stay until they are deleted, and are received once. */
function stubQueue() {
  const bodies = new Map<string, string>()
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
    const Messages = fresh.map((id) => ({ MessageId: id, ReceiptHandle: id, Body: bodies.get(id) ?? '' }))
    return Promise.resolve({ ok: true, output: { Messages } })
  }
  return { bodies, asked, stub, deny: () => (denied = true) }
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
  const { make, lambda, user } = await rig(t)
  await make('work', source)
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
