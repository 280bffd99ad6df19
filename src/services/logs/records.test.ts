// Goal: groups are listed by AWS's patterns, an event that a query points at is shown whole, and what arrives is told live.
// Method: AWS's own client through the whole pipeline, which decodes the event stream by itself; the test lets a session's time pass.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs'
import type { World } from '#core/world.ts'
import { here, refusal, rig, startMs } from './rig.test.ts'

/** What leads to nothing here. */
const nothing = { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' } as const

/** A timer whose time passes when the test says so: what waits first goes on, or what will wait next. */
function heldTimer() {
  const waiting: (() => void)[] = []
  let passed = 0
  const after: World['after'] = (_ms, work) => {
    if (passed > 0) {
      passed -= 1
      setImmediate(work)
    } else waiting.push(work)
    return () => {}
  }
  const pass = (): void => {
    const work = waiting.shift()
    if (work) work()
    else passed += 1
  }
  return { after, pass }
}

const arnOf = (name: string) => `arn:aws:logs:us-east-1:${here}:log-group:${name}`

test('ListLogGroups takes parts of names, beginnings and alternatives, a page at a time', async (t) => {
  const { logs, user } = await rig(t)
  for (const logGroupName of ['/aws/lambda/one', '/aws/lambda/two', '/app/lambda', 'other'])
    await logs.createLogGroup({ logGroupName })
  const rows: readonly (readonly [string | undefined, readonly string[]])[] = [
    [undefined, ['/app/lambda', '/aws/lambda/one', '/aws/lambda/two', 'other']],
    ['lambda', ['/app/lambda', '/aws/lambda/one', '/aws/lambda/two']],
    ['^/aws', ['/aws/lambda/one', '/aws/lambda/two']],
    ['^/app|oth', ['/app/lambda', 'other']],
    ['Lambda', []],
  ]
  for (const [logGroupNamePattern, want] of rows) {
    const { logGroups = [] } = await logs.listLogGroups({ logGroupNamePattern })
    assert.deepEqual(
      logGroups.map(({ logGroupName }) => logGroupName),
      want,
      logGroupNamePattern,
    )
  }
  assert.equal(rows.length, 5)
  const first = await logs.listLogGroups({ limit: 3 })
  const second = await logs.listLogGroups({ limit: 3, nextToken: first.nextToken })
  assert.deepEqual(second.logGroups, [
    { logGroupName: 'other', logGroupArn: arnOf('other'), logGroupClass: 'STANDARD' },
  ])
  assert.equal(second.nextToken, undefined)
  assert.match(
    await refusal(logs.listLogGroups({ logGroupTags: [{ key: 'a', values: ['b'] }] })),
    /^InvalidParameterException/,
  )
  const nobody = await user('nobody', nothing)
  assert.match(await refusal(nobody.listLogGroups({})), /^AccessDenied.*logs:ListLogGroups/)
})

test('GetLogRecord shows what a query points at, to whom the group lets see it', async (t) => {
  const { logs, group, put, user, later: wait } = await rig(t)
  await group()
  await put(['{"a":{"b":1},"list":[true,"x"],"none":null,"@message":"forged","@log":"other"}', 'plain'])
  const { queryId } = await logs.startQuery({
    ...{ logGroupName: '/app', startTime: startMs / 1000 - 60, endTime: startMs / 1000 + 60 },
    queryString: 'fields @ptr | sort @timestamp asc',
  })
  const { results = [] } = await logs.getQueryResults({ queryId })
  const [first = '', second = ''] = results.map((row) => row.find(({ field }) => field === '@ptr')?.value)
  const { logRecord } = await logs.getLogRecord({ logRecordPointer: first })
  assert.deepEqual(logRecord, {
    '@timestamp': String(startMs),
    '@ingestionTime': String(startMs),
    '@message': '{"a":{"b":1},"list":[true,"x"],"none":null,"@message":"forged","@log":"other"}',
    '@logStream': 's',
    '@log': `${here}:/app`,
    'a.b': '1',
    'list.0': 'true',
    'list.1': 'x',
  })
  assert.deepEqual((await logs.listLogGroupsForQuery({ queryId })).logGroupIdentifiers, ['/app'])
  wait(10)
  const fields = await logs.getLogGroupFields({ logGroupName: '/app' })
  const percents = Object.fromEntries(
    (fields.logGroupFields ?? []).map(({ name, percent }) => [name, percent]),
  )
  assert.deepEqual([percents['@message'], percents['a.b'], percents['none']], [100, 50, undefined])
  const later = await logs.getLogGroupFields({ logGroupName: '/app', time: startMs / 1000 + 3_600 })
  assert.deepEqual(later.logGroupFields, [])

  const reader = await user('reader', {
    Effect: 'Allow',
    Action: 'logs:GetLogRecord',
    Resource: `${arnOf('/app')}:*`,
  })
  assert.equal((await reader.getLogRecord({ logRecordPointer: second })).logRecord?.['@message'], 'plain')
  const rows = [
    [
      'unmasking is a permission of its own',
      reader,
      { logRecordPointer: first, unmask: true },
      /logs:Unmask/,
    ],
    ['nobody', await user('nobody', nothing), { logRecordPointer: first }, /^AccessDenied/],
    ['no pointer', logs, { logRecordPointer: 'x' }, /^InvalidParameterException/],
  ] as const
  for (const [why, client, input, want] of rows)
    assert.match(await refusal(client.getLogRecord(input)), want, why)
  assert.equal(rows.length, 3)
  await logs.deleteLogStream({ logGroupName: '/app', logStreamName: 's' })
  assert.match(await refusal(logs.getLogRecord({ logRecordPointer: first })), /^ResourceNotFoundException/)
})

test('StartLiveTail tells what arrives, as it is chosen, and lets go of a client that is gone', async (t) => {
  const { after, pass } = heldTimer()
  const { logs, group, put, user } = await rig(t, [], after)
  await group()
  await logs.createLogStream({ logGroupName: '/app', logStreamName: 'other' })
  await put(['before'])
  const start = (more: object = {}, client = logs) =>
    client.startLiveTail({ logGroupIdentifiers: [arnOf('/app')], ...more })
  const { responseStream } = await start({ logStreamNamePrefixes: ['s'], logEventFilterPattern: 'wanted' })
  assert.ok(responseStream)
  const told: StartLiveTailResponseStream[] = []
  const messages: (string | undefined)[] = []
  for await (const event of responseStream) {
    if (told.push(event) === 2) {
      await put(['wanted one', 'ignored'])
      await put(['wanted too'], 'other')
      await put(Array.from({ length: 600 }, (_, n) => `wanted ${n}`))
    }
    messages.push(...(event.sessionUpdate?.sessionResults ?? []).map(({ message }) => message))
    if (messages.length >= 500 || told.length > 50) break
    pass()
  }
  const { sessionStart } = told[0] ?? {}
  assert.deepEqual(
    [
      sessionStart?.logGroupIdentifiers,
      sessionStart?.logStreamNamePrefixes,
      sessionStart?.logEventFilterPattern,
    ],
    [[arnOf('/app')], ['s'], 'wanted'],
  )
  const update = told.findLast(({ sessionUpdate }) => sessionUpdate?.sessionResults?.length)?.sessionUpdate
  assert.equal(update?.sessionMetadata?.sampled, true)
  assert.deepEqual(messages.slice(0, 2), ['wanted one', 'wanted 0'])
  assert.equal(messages.length, 500)
  assert.equal(update.sessionResults?.[0]?.logGroupIdentifier, `${here}:/app`)

  const nobody = await user('nobody', nothing)
  const rows = [
    ['names of groups', () => start({ logGroupIdentifiers: ['/app'] }), /^InvalidParameterException/],
    ['no such group', () => start({ logGroupIdentifiers: [arnOf('/none')] }), /^ResourceNotFoundException/],
    [
      'names and prefixes',
      () => start({ logStreamNames: ['a'], logStreamNamePrefixes: ['b'] }),
      /^InvalidParameterException/,
    ],
    ['nobody', () => start({}, nobody), /^AccessDenied.*logs:StartLiveTail/],
  ] as const
  for (const [why, call, want] of rows) assert.match(await refusal(call()), want, why)
  assert.equal(rows.length, 4)
})

test('a session ends with its group, and says so; no more than fifteen go on at once', async (t) => {
  const { after, pass } = heldTimer()
  const { logs, group } = await rig(t, [], after)
  await group()
  const start = () => logs.startLiveTail({ logGroupIdentifiers: [arnOf('/app')] })
  let started = 0
  const all = Promise.withResolvers<undefined>()
  const read = async (): Promise<string> => {
    const { responseStream = [] as never } = await start()
    try {
      for await (const { sessionStart } of responseStream)
        if (sessionStart && ++started === 15) all.resolve(undefined)
      return 'ended'
    } catch (error) {
      return error instanceof Error ? error.name : 'unknown'
    }
  }
  const sessions = Array.from({ length: 15 }, read)
  await all.promise
  assert.match(await refusal(start()), /^LimitExceededException/)
  await logs.deleteLogGroup({ logGroupName: '/app' })
  sessions.forEach(pass)
  assert.deepEqual(new Set(await Promise.all(sessions)), new Set(['SessionStreamingException']))
})
