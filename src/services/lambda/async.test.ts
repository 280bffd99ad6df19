// Goal: what was accepted is run, retried, dead-lettered or sent on, also by a runner that starts after a crash; versions, aliases,
// policies and concurrency decide who runs what. Method: the rig; real functions; a stub in the place of queues.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import type { ServiceCall } from '#core/service-calls.ts'
import type { Outcome } from '#functions/index.ts'
import { createAsyncRunner } from './async-runner.ts'
import { asyncEvents } from './documents.ts'
import { here, refusal, rig, there } from './rig.test.ts'

const queue = `arn:aws:sqs:us-east-1:${here}:dead`
const arn = `arn:aws:lambda:us-east-1:${here}:function:work`

type Rig = Awaited<ReturnType<typeof rig>>

function queues(
  sent: { QueueUrl: string; MessageBody: string; MessageAttributes: object }[],
): Parameters<typeof rig>[1] {
  return {
    stub: ({ service, input }) => {
      if (service !== 'sqs') return undefined
      sent.push(input as (typeof sent)[number]) // What the runner sends.
      return Promise.resolve({ ok: true, output: {} })
    },
  }
}

function runner(
  { store, world, clock, callAsService, host }: Rig,
  stubbed: Rig['callAsService'] = callAsService,
  writeLogs = () => Promise.resolve(),
) {
  return createAsyncRunner({
    store,
    world: { ...world, nowMs: () => clock.nowMs },
    callAsService: stubbed,
    host,
    writeLogs,
    log: ({ level, ...entry }) => assert.notEqual(level, 'error', JSON.stringify(entry)),
  })
}

const waiting = ({ store }: Rig) => store.read.findAnywhere(asyncEvents, 'everywhere', 'all')
const event = (cloud: Rig, payload: string, more = {}) =>
  cloud.lambda.invoke({
    FunctionName: 'work',
    InvocationType: 'Event',
    Payload: Buffer.from(payload),
    ...more,
  })

test('what crashes, hangs, forks, fills its disk, opens sockets or answers 100 MB is ended, retried and dead-lettered', async (t) => {
  const rows: readonly [string, string, RegExp][] = [
    ['crashes', 'process.exit(3)', /Runtime exited with error: exit status 3/],
    ['throws', "throw new Error('no')", /^no$/],
    ['hangs', 'for (;;);', /Task timed out after 1.00 seconds/],
    [
      'forks',
      "const { spawn } = await import('node:child_process'); for (let i = 0; i < 300; i += 1) await new Promise((done, fail) => spawn('/bin/sleep', ['99'], { detached: true, stdio: 'ignore' }).on('spawn', done).on('error', fail)); return 'never refused'",
      // Not as root: Node's permission model starts nothing.
      process.getuid?.() === 0 ? /spawn \/bin\/sleep EAGAIN/ : /Access to this API has been restricted/,
    ],
    [
      'fills its disk',
      "const fs = await import('node:fs'); for (let i = 0; ; i += 1) { fs.writeFileSync('/tmp/' + i, Buffer.alloc(20e6, 1)); await new Promise((done) => setTimeout(done, 1)) }",
      /Runtime exited with error: signal: killed/,
    ],
    [
      'opens sockets',
      "const net = await import('node:net'); await new Promise((_, fail) => { for (let i = 0; i < 3000; i += 1) net.createServer().on('error', fail).listen(0) })",
      /EMFILE/,
    ],
    [
      'takes memory',
      'const kept = []; for (;;) { kept.push(Buffer.alloc(10e6, 1)); await new Promise((done) => setTimeout(done, 20)) }',
      /Runtime exited with error|Failed to allocate memory/,
    ],
    [
      'answers 100 MB',
      "return 'x'.repeat(100e6)",
      /Response payload size exceeded maximum allowed payload size/,
    ],
  ]
  for (const [name, body, want] of rows) {
    await t.test(name, async (row) => {
      const sent: {
        QueueUrl: string
        MessageBody: string
        MessageAttributes: { ErrorMessage?: { StringValue: string } }
      }[] = []
      const cloud = await rig(row, queues(sent))
      const hungry = name === 'answers 100 MB'
      await cloud.make('work', `export const handler = async () => { ${body} }`, {
        DeadLetterConfig: { TargetArn: queue },
        MemorySize: hungry ? 1024 : 128,
        Timeout: name === 'hangs' ? 1 : 20,
      })
      await event(cloud, '{"n":1}')
      const asked = cloud.calls
      const running = runner(cloud, (call) =>
        call.service === 'sqs'
          ? (sent.push(call.input as never), Promise.resolve({ ok: true, output: {} }))
          : cloud.callAsService(call),
      )
      for (const [failures, waitMs] of [
        [1, 60_000],
        [2, 120_000],
      ] as const) {
        await running.look()
        assert.equal(waiting(cloud)[0]?.document.failures, failures)
        await running.look()
        assert.equal(waiting(cloud)[0]?.document.failures, failures, 'not before its time')
        cloud.clock.nowMs += waitMs
      }
      await running.look()
      assert.equal(waiting(cloud).length, 0)
      assert.equal(sent.length, 1)
      assert.equal(sent[0]?.MessageBody, '{"n":1}')
      assert.match(sent[0]?.MessageAttributes.ErrorMessage?.StringValue ?? '', want)
      assert.ok(asked.length > 0)
      await running.close()
    })
  }
  assert.equal(rows.length, 8)
})

test('an event survives the runner, and its destination hears of it', async (t) => {
  const cloud = await rig(t)
  await cloud.make('work', 'export const handler = async (event) => ({ saw: event.n })')
  await cloud.lambda.putFunctionEventInvokeConfig({
    FunctionName: 'work',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnSuccess: { Destination: queue } },
  })
  const answer = await event(cloud, '{"n":7}')
  assert.equal(answer.StatusCode, 202)
  assert.equal(waiting(cloud).length, 1, 'nobody ran it yet')
  const sent: { MessageBody: string }[] = []
  let works = false
  const running = runner(cloud, (call) => {
    if (call.service !== 'sqs') return cloud.callAsService(call)
    if (works) sent.push(call.input as { MessageBody: string }) // What the runner sends.
    return Promise.resolve(
      works ? { ok: true, output: {} } : { ok: false, fault: { code: 'InternalFailure' } as never },
    )
  })
  await running.look()
  assert.equal(waiting(cloud).length, 1, 'it is done, but nobody was told')
  works = true
  cloud.clock.nowMs += 1_000
  await running.look()
  assert.equal(waiting(cloud).length, 0)
  const told = JSON.parse(sent[0]?.MessageBody ?? '') as {
    requestContext: { condition: string; functionArn: string }
    responsePayload: unknown
  }
  assert.deepEqual(
    [told.requestContext.condition, told.requestContext.functionArn, told.responsePayload],
    ['Success', `${arn}:$LATEST`, { saw: 7 }],
  )
  await event(cloud, '{"n":8}') // A runner that follows the store begins at once.
  await running.look()
  assert.equal(sent.length, 2)
  await running.close()
})

test('a destination that takes the call and not the record hears of it later, and any message can be told', async (t) => {
  const cloud = await rig(t)
  await cloud.make(
    'work',
    "export const handler = async () => { throw new Error('\\u001b[31mred \\uD83D') }",
    {
      DeadLetterConfig: { TargetArn: queue },
    },
  )
  const bus = `arn:aws:events:us-east-1:${here}:event-bus/default`
  await cloud.lambda.putFunctionEventInvokeConfig({
    ...{ FunctionName: 'work', MaximumRetryAttempts: 0 },
    DestinationConfig: { OnFailure: { Destination: bus } },
  })
  const asked: ServiceCall[] = []
  let ErrorCode: string | undefined = 'ThrottlingException'
  const running = runner(cloud, (call) => {
    if (call.service !== 'events' && call.service !== 'sqs') return cloud.callAsService(call)
    asked.push(call)
    return Promise.resolve({ ok: true, output: { Entries: [{ ErrorCode }] } })
  })
  await event(cloud, '{}')
  await running.look()
  assert.equal(waiting(cloud).length, 1, 'the bus did not take it')
  ErrorCode = undefined
  cloud.clock.nowMs += 1_000
  await running.look()
  assert.deepEqual([waiting(cloud).length, asked.length], [0, 2])

  await cloud.lambda.deleteFunctionEventInvokeConfig({ FunctionName: 'work' })
  await event(cloud, '{}')
  for (const waitMs of [60_000, 120_000, 0]) {
    await running.look()
    cloud.clock.nowMs += waitMs
  }
  await running.close()
  const { MessageAttributes = {} } = (asked.at(-1)?.input ?? {}) as {
    MessageAttributes?: Record<string, unknown>
  } // What the runner sends.
  assert.deepEqual(MessageAttributes['ErrorCode'], { DataType: 'Number', StringValue: '200' })
  assert.deepEqual(MessageAttributes['ErrorMessage'], {
    DataType: 'String',
    StringValue: '\uFFFD[31mred \uFFFD',
  })
})

test('an event of which the disk does not take what became of it is not run again at once', async (t) => {
  const cloud = await rig(t)
  await cloud.make('work', 'export const handler = async () => 1')
  await event(cloud, '{}')
  let begun = 0
  const host: Rig['host'] = {
    ...cloud.host,
    invoke: (...given) => ((begun += 1), cloud.host.invoke(...given)),
  }
  const transact = t.mock.method(cloud.store, 'transact', () => Promise.reject(new Error('the disk is full')))
  const running = createAsyncRunner({
    ...{ store: cloud.store, host, world: { ...cloud.world, nowMs: () => cloud.clock.nowMs } },
    ...{ callAsService: cloud.callAsService, writeLogs: () => Promise.resolve() },
    log: ({ event: name }) => assert.equal(name, 'function-event-failed'),
  })
  await running.look()
  cloud.clock.nowMs += 1_000
  await running.look()
  assert.equal(begun, 1)
  transact.mock.restore()
  cloud.clock.nowMs += 30_000
  await running.look()
  assert.deepEqual([begun, waiting(cloud).length], [2, 0])
  await running.close()
})

test('an event that grows too old is not run', async (t) => {
  const cloud = await rig(t)
  await cloud.make('work', "export const handler = async () => { console.log('ran') }")
  await cloud.lambda.putFunctionEventInvokeConfig({ FunctionName: 'work', MaximumEventAgeInSeconds: 60 })
  await event(cloud, '{}')
  cloud.clock.nowMs += 61_000
  const running = runner(cloud)
  await running.look()
  await running.close()
  assert.equal(waiting(cloud).length, 0)
  assert.deepEqual(cloud.logged, [])
})

test('versions are frozen, aliases point to them, weights share', async (t) => {
  const { make, invoke, lambda } = await rig(t)
  await make('work', "export const handler = async () => 'one'", { Publish: true })
  assert.equal((await lambda.publishVersion({ FunctionName: 'work' })).Version, '1', 'nothing changed')
  await lambda.updateFunctionConfiguration({ FunctionName: 'work', Timeout: 9 })
  assert.equal((await lambda.publishVersion({ FunctionName: 'work' })).Version, '2')
  await lambda.createAlias({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' })
  assert.equal((await invoke('work:live')).ExecutedVersion, '1')
  await lambda.updateAlias({
    FunctionName: 'work',
    Name: 'live',
    RoutingConfig: { AdditionalVersionWeights: { 2: 1 } },
  })
  assert.equal((await invoke('work', {}, { Qualifier: 'live' })).ExecutedVersion, '2')
  assert.match(
    await refusal(lambda.deleteFunction({ FunctionName: 'work', Qualifier: '1' })),
    /^ResourceConflictException: /,
  )
  assert.match(
    await refusal(lambda.createAlias({ FunctionName: 'work', Name: 'x', FunctionVersion: '9' })),
    /^ResourceNotFoundException: /,
  )
  const moved = (FunctionVersion: string) =>
    refusal(lambda.updateAlias({ FunctionName: 'work', Name: 'live', FunctionVersion }))
  assert.match(await moved('2'), /already included in routing configuration/, 'its weights stay')
  assert.match(
    await moved('$LATEST'),
    /\$LATEST is not supported for an alias pointing to more than 1 version/,
  )
  await lambda.deleteAlias({ FunctionName: 'work', Name: 'live' })
  await lambda.putFunctionEventInvokeConfig({ FunctionName: 'work', Qualifier: '1', MaximumRetryAttempts: 0 })
  await lambda.deleteFunction({ FunctionName: 'work', Qualifier: '1' })
  const { FunctionEventInvokeConfigs } = await lambda.listFunctionEventInvokeConfigs({ FunctionName: 'work' })
  assert.deepEqual(FunctionEventInvokeConfigs, [], 'what hung on the version goes with it')
  assert.deepEqual(
    (await lambda.listVersionsByFunction({ FunctionName: 'work' })).Versions?.map(({ Version }) => Version),
    ['$LATEST', '2'],
  )
})

test('a service is let in by the policy of what it calls, from the source that is named', async (t) => {
  const { make, lambda, callAsService } = await rig(t)
  await make('work', 'export const handler = async () => 1', { Publish: true })
  const rule = `arn:aws:events:us-east-1:${here}:rule/watch` as Arn
  const call = async (
    sourceArn = rule,
    principal = 'events.amazonaws.com',
    FunctionName = 'work',
    account = here,
  ) => {
    const input = { FunctionName, InvocationType: 'Event', Payload: Buffer.from('{}') }
    const answer = await callAsService({
      service: 'lambda',
      operation: 'Invoke',
      input,
      account,
      region: 'us-east-1',
      as: { kind: 'service', principal, sourceArn },
    })
    return answer.ok ? 'ok' : answer.fault.code
  }
  assert.equal(await call(), 'AccessDenied')
  const permission = {
    FunctionName: 'work',
    StatementId: 'rule',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: rule,
    SourceAccount: here,
  }
  await lambda.addPermission(permission)
  assert.match(await refusal(lambda.addPermission(permission)), /^ResourceConflictException: /)
  const rows: readonly [string, string, string][] = [
    ['the rule that is named', await call(), 'ok'],
    ['another rule', await call(`${rule}-2` as Arn), 'AccessDenied'],
    ['another service', await call(rule, 'sns.amazonaws.com'), 'AccessDenied'],
    [
      'a version, which has a policy of its own',
      await call(rule, 'events.amazonaws.com', 'work:1'),
      'AccessDenied',
    ],
    ["another account's rule", await call(rule, 'events.amazonaws.com', arn, there), 'AccessDenied'],
  ]
  for (const [name, got, want] of rows) assert.equal(got, want, name)
  assert.equal(rows.length, 5)
  await lambda.removePermission({ FunctionName: 'work', StatementId: 'rule' })
  assert.equal(await call(), 'AccessDenied')
  assert.match(await refusal(lambda.getPolicy({ FunctionName: 'work' })), /^ResourceNotFoundException: /)
})

test('no more run at a time than is reserved', async (t) => {
  const { make, invoke, lambda } = await rig(t)
  await make(
    'work',
    'export const handler = async () => { await new Promise((done) => setTimeout(done, 500)) }',
  )
  await lambda.putFunctionConcurrency({ FunctionName: 'work', ReservedConcurrentExecutions: 1 })
  const both = await Promise.all([refusal(invoke('work')), refusal(invoke('work'))])
  assert.deepEqual(
    new Set(both.map((one) => one.split(':')[0])),
    new Set(['TooManyRequestsException', 'no refusal']),
  )
  await lambda.deleteFunctionConcurrency({ FunctionName: 'work' })
  assert.deepEqual(await Promise.all([refusal(invoke('work')), refusal(invoke('work'))]), [
    'no refusal',
    'no refusal',
  ])
})

test('an event waits until what its run logged is written', async (t) => {
  const cloud = await rig(t)
  await cloud.make('work', 'export const handler = async () => { console.log("ran") }')
  await event(cloud, '{}')
  const seen: [logged: boolean, waits: number][] = []
  const writeLogs = (): Promise<void> => {
    seen.push([cloud.logged.some(({ message }) => message.includes('ran')), waiting(cloud).length])
    return Promise.resolve()
  }
  await runner(cloud, undefined, writeLogs).look()
  assert.deepEqual(seen, [[true, 1]])
  assert.equal(waiting(cloud).length, 0)
})

test('however many events of one slow function wait, those of another are run', async (t) => {
  const cloud = await rig(t)
  for (const name of ['slow', 'work']) await cloud.make(name, 'export const handler = async () => undefined')
  for (let left = 60; left > 0; left -= 1) await event(cloud, '{}', { FunctionName: 'slow' })
  cloud.clock.nowMs += 1
  await event(cloud, '{}')
  const begun: string[] = []
  const ended = Promise.withResolvers<Outcome>()
  const host: Rig['host'] = {
    ...cloud.host,
    invoke({ functionArn }) {
      begun.push(functionArn.replace(/.*:/, ''))
      return ended.promise
    },
  }
  const busy = runner({ ...cloud, host })
  const looked = busy.look()
  assert.equal(begun.filter((name) => name === 'slow').length, 40)
  assert.equal(begun.filter((name) => name === 'work').length, 1)
  ended.resolve({ kind: 'unavailable', message: 'The test is over.' })
  await looked
  await busy.close()
})
