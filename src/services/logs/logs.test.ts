// Goal: groups, streams and events do what AWS says: what is put is found in order, by page and pattern, by whom policies let; what is
// encrypted needs its key. Method: the SDK's client over the whole way of a call.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Arn } from '#core/arn.ts'
import { groups } from './documents.ts'
import { here, refusal, rig, startMs } from './rig.test.ts'

const dayMs = 86_400_000
const logGroupName = '/app'
const logStreamName = 's'
const messagesOf = (events: readonly { message?: string | undefined }[] | undefined) =>
  events?.map(({ message }) => message)

test('logs: groups and streams are made, listed by page and prefix, and deleted', async (t) => {
  const { logs, group, put } = await rig(t)
  for (const name of ['/app', '/app2', '/web']) await group(name)
  assert.match(await refusal(group('/app')), /^ResourceAlreadyExistsException/)
  const names = async (asked: object) =>
    (await logs.describeLogGroups(asked)).logGroups?.map((one) => one.logGroupName)
  assert.deepEqual(await names({ logGroupNamePrefix: '/app' }), ['/app', '/app2'])
  assert.deepEqual(await names({ logGroupNamePattern: 'EB' }), ['/web'])
  const { nextToken } = await logs.describeLogGroups({ limit: 2 })
  assert.deepEqual(await names({ limit: 2, nextToken }), ['/web'])
  await put(['one'])
  const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: '/app', limit: 1 })
  assert.equal(logGroups?.[0]?.arn, `arn:aws:logs:us-east-1:${here}:log-group:/app:*`)
  assert.equal(logGroups[0].storedBytes, 29)

  for (const name of ['a', 'b']) await logs.createLogStream({ logGroupName, logStreamName: name })
  const { logStreams } = await logs.describeLogStreams({
    logGroupName,
    orderBy: 'LastEventTime',
    descending: true,
  })
  assert.deepEqual(
    logStreams?.map((one) => [one.logStreamName, one.lastEventTimestamp]),
    [
      ['s', startMs],
      ['b', undefined],
      ['a', undefined],
    ],
  )
  const first = await logs.describeLogStreams({ logGroupName, limit: 2 })
  const second = await logs.describeLogStreams({ logGroupName, limit: 2, nextToken: first.nextToken })
  assert.deepEqual(
    second.logStreams?.map((one) => one.logStreamName),
    ['s'],
  )
  assert.equal(second.nextToken, undefined)

  await logs.deleteLogGroup({ logGroupName })
  await group()
  assert.deepEqual(
    (await logs.getLogEvents({ logGroupName, logStreamName })).events,
    [],
    'a namesake has nothing',
  )
  await logs.putLogGroupDeletionProtection({
    logGroupIdentifier: logGroupName,
    deletionProtectionEnabled: true,
  })
  assert.match(await refusal(logs.deleteLogGroup({ logGroupName })), /^OperationAbortedException/)
})

test('logs: a stream has no name that could not be kept as it is', async (t) => {
  const { logs, group } = await rig(t)
  await group()
  for (const name of ['\0', 'a\0b'])
    assert.match(
      await refusal(logs.createLogStream({ logGroupName, logStreamName: name })),
      /^InvalidParameterException/,
      JSON.stringify(name),
    )
})

test('logs: events are put by the rules', async (t) => {
  const { logs, group } = await rig(t)
  await group()
  const at = (...times: readonly number[]) =>
    logs.putLogEvents({
      logGroupName,
      logStreamName,
      logEvents: times.map((time) => ({ timestamp: startMs + time, message: `at ${time}` })),
    })
  const sifted = [
    ['too old', await at(-15 * dayMs), { tooOldLogEventEndIndex: 1 }],
    ['too new', await at(0, 7_200_000, 7_200_001), { tooNewLogEventStartIndex: 2 }],
    ['all well', await at(1, 2), undefined],
  ] as const
  for (const [name, answer, want] of sifted) assert.deepEqual(answer.rejectedLogEventsInfo, want, name)
  await logs.putRetentionPolicy({ logGroupName, retentionInDays: 3 })
  const { rejectedLogEventsInfo } = await at(-4 * dayMs, -3 * dayMs)
  assert.deepEqual(rejectedLogEventsInfo, { expiredLogEventEndIndex: 1 })
  const { events } = await logs.getLogEvents({ logGroupName, logStreamName, startFromHead: true })
  assert.deepEqual(messagesOf(events), [`at ${-3 * dayMs}`, 'at 0', 'at 1', 'at 2', 'at 7200000'])

  const large = (bytes: number, count: number) =>
    logs.putLogEvents({
      logGroupName,
      logStreamName,
      logEvents: Array.from({ length: count }, () => ({ timestamp: startMs, message: 'x'.repeat(bytes) })),
    })
  const refusals: readonly [name: string, call: () => Promise<unknown>, want: RegExp][] = [
    ['out of order', () => at(2, 1), /^InvalidParameterException: .*chronological/],
    ['longer than a day', () => at(-dayMs - 1, 0), /^InvalidParameterException: .*24 hours/],
    ['too large together', () => large(600_000, 2), /^InvalidParameterException: Upload too large/],
    ['too large alone', () => large(1_048_570, 1), /^InvalidParameterException: Log event too large/],
    [
      'no group',
      () =>
        logs.putLogEvents({ logGroupName: 'x', logStreamName, logEvents: [{ timestamp: 1, message: 'm' }] }),
      /^ResourceNotFoundException: .*log group/,
    ],
    [
      'no stream',
      () =>
        logs.putLogEvents({ logGroupName, logStreamName: 'x', logEvents: [{ timestamp: 1, message: 'm' }] }),
      /^ResourceNotFoundException: .*log stream/,
    ],
    [
      'a retention of two days',
      () => logs.putRetentionPolicy({ logGroupName, retentionInDays: 2 }),
      /^InvalidParameterException/,
    ],
    [
      'an infrequent class',
      () => logs.createLogGroup({ logGroupName: 'i', logGroupClass: 'INFREQUENT_ACCESS' }),
      /^InvalidParameterException/,
    ],
    [
      'a wrong token',
      () => logs.getLogEvents({ logGroupName, logStreamName, nextToken: 'f/1' }),
      /^InvalidParameterException/,
    ],
    [
      'a wrong pattern',
      () => logs.filterLogEvents({ logGroupName, filterPattern: '{ a' }),
      /^InvalidParameterException: Invalid filter pattern/,
    ],
  ]
  for (const [name, call, want] of refusals) assert.match(await refusal(call()), want, name)
  assert.equal(refusals.length, 10)
})

test('logs: a stream is read in both directions, and behind its end the token stays', async (t) => {
  const { logs, group, put, clock } = await rig(t)
  await group()
  await put(['1', '2', '3', '4', '5'])
  const read = (more: object) => logs.getLogEvents({ logGroupName, logStreamName, limit: 2, ...more })
  const newest = await read({})
  assert.deepEqual(messagesOf(newest.events), ['4', '5'])
  const before = await read({ nextToken: newest.nextBackwardToken })
  assert.deepEqual(messagesOf(before.events), ['2', '3'])
  const after = await read({ nextToken: before.nextForwardToken })
  assert.deepEqual(messagesOf(after.events), ['4', '5'])
  const end = await read({ nextToken: after.nextForwardToken })
  assert.deepEqual([messagesOf(end.events), end.nextForwardToken], [[], after.nextForwardToken])
  clock.nowMs += 1_000
  await put(['6'])
  assert.deepEqual(messagesOf((await read({ nextToken: end.nextForwardToken })).events), ['6'])
  assert.deepEqual(
    messagesOf((await read({ startFromHead: true, startTime: startMs + 1, endTime: startMs + 2 })).events),
    ['2'],
  )
})

test('logs: events are found by pattern and stream, page by page', async (t) => {
  const { logs, group, put } = await rig(t)
  await group()
  await logs.createLogStream({ logGroupName, logStreamName: 't' })
  await put(['{"a":1}', 'ERROR one', 'fine', 'ERROR two'])
  await put(['ERROR three'], 't')
  const found = async (more: object) => {
    const all: (string | undefined)[] = []
    let nextToken: string | undefined
    do {
      const page = await logs.filterLogEvents({ logGroupName, limit: 1, ...more, nextToken })
      all.push(...(messagesOf(page.events) ?? []))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    return all
  }
  assert.deepEqual(await found({ filterPattern: 'ERROR' }), ['ERROR three', 'ERROR one', 'ERROR two'])
  assert.deepEqual(await found({ filterPattern: 'ERROR', logStreamNames: ['s'] }), ['ERROR one', 'ERROR two'])
  assert.deepEqual(await found({ filterPattern: '{ $.a = 1 }', logStreamNamePrefix: 's' }), ['{"a":1}'])
  assert.match(await refusal(found({ logStreamNames: ['x'] })), /^ResourceNotFoundException/)
  await logs.deleteLogStream({ logGroupName, logStreamName: 't' })
  assert.deepEqual(
    await found({ filterPattern: 'ERROR' }),
    ['ERROR one', 'ERROR two'],
    'a stream that is gone',
  )
})

test('logs: an encrypted group needs its key, which must let the service in', async (t) => {
  const { logs, kms, group, put, store } = await rig(t)
  const { KeyMetadata } = await kms.createKey({})
  const kmsKeyId = KeyMetadata?.Arn ?? ''
  assert.match(await refusal(group('/app', { kmsKeyId })), /^AccessDeniedException: .*not allowed to be used/)
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${here}:root` }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { Service: 'logs.us-east-1.amazonaws.com' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: {
        ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:us-east-1:${here}:log-group:/app` },
      },
    },
  ]
  await kms.putKeyPolicy({ KeyId: kmsKeyId, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) })
  await group('/app', { kmsKeyId })
  assert.match(await refusal(group('/other', { kmsKeyId })), /^AccessDeniedException/, 'another context')
  await put(['secret'])
  const read = async () => messagesOf((await logs.getLogEvents({ logGroupName, logStreamName })).events)
  assert.deepEqual(await read(), ['secret'])
  await kms.disableKey({ KeyId: kmsKeyId })
  assert.match(await refusal(read()), /^AccessDeniedException/)
  assert.match(await refusal(put(['more'])), /^AccessDeniedException/)
  await logs.disassociateKmsKey({ logGroupName })
  await put(['in the clear'])
  assert.match(await refusal(read()), /^AccessDeniedException/, 'the old ones need it still')
  await kms.enableKey({ KeyId: kmsKeyId })
  assert.deepEqual(await read(), ['secret', 'in the clear'])
  for (const message of ['again', 'and again']) {
    await logs.associateKmsKey({ logGroupName, kmsKeyId })
    await put([message])
  }
  assert.equal((await read())?.length, 4)
  const [{ document } = assert.fail()] = store.read.findAnywhere(groups, 'everywhere', 'all')
  assert.equal(document.dataKeys.length, 1, 'each reader opens all that a group has')
})

test('logs: tags by both APIs', async (t) => {
  const { logs, group } = await rig(t)
  await group('/app', { tags: { a: '1' } })
  const resourceArn = `arn:aws:logs:us-east-1:${here}:log-group:/app`
  await logs.tagResource({ resourceArn, tags: { b: '2' } })
  await logs.tagLogGroup({ logGroupName, tags: { c: '3' } })
  await logs.untagResource({ resourceArn, tagKeys: ['a'] })
  assert.deepEqual((await logs.listTagsForResource({ resourceArn })).tags, { b: '2', c: '3' })
  await logs.untagLogGroup({ logGroupName, tags: ['b'] })
  assert.deepEqual((await logs.listTagsLogGroup({ logGroupName })).tags, { c: '3' })
  assert.match(
    await refusal(logs.tagResource({ resourceArn, tags: { 'aws:x': '1' } })),
    /^InvalidParameterException/,
  )
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']))
  assert.match(await refusal(logs.tagResource({ resourceArn, tags: many })), /^TooManyTagsException/)
})

test('logs: who may do what', async (t) => {
  const { user, group, put } = await rig(t)
  await group()
  await put(['one'])
  const all = `arn:aws:logs:us-east-1:${here}:log-group:/app:*`
  const reader = await user('reader', {
    Effect: 'Allow',
    Action: ['logs:GetLogEvents', 'logs:FilterLogEvents'],
    Resource: all,
  })
  const elsewhere = await user('elsewhere', {
    Effect: 'Allow',
    Action: 'logs:*',
    Resource: all.replace('/app', '/web'),
  })
  const one = await user('one', {
    Effect: 'Allow',
    Action: 'logs:PutLogEvents',
    Resource: `${all.slice(0, -1)}log-stream:s`,
  })
  const logEvents = [{ timestamp: startMs, message: 'm' }]
  const tagged = await user('tagged', {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:StartQuery', 'logs:GetQueryResults'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
  })
  await group('/red', { tags: { team: 'red' } })
  const asked = { startTime: 0, endTime: 1, queryString: 'fields a' }
  const { queryId } = await tagged.startQuery({ ...asked, logGroupName: '/red' })
  const rows: readonly [name: string, call: () => Promise<unknown>, isLetIn: boolean][] = [
    ['reader reads', () => reader.getLogEvents({ logGroupName, logStreamName }), true],
    ['reader filters', () => reader.filterLogEvents({ logGroupName }), true],
    ['reader puts', () => reader.putLogEvents({ logGroupName, logStreamName, logEvents }), false],
    ['elsewhere reads', () => elsewhere.getLogEvents({ logGroupName, logStreamName }), false],
    [
      'elsewhere asks for what is not there',
      () => elsewhere.filterLogEvents({ logGroupName: '/app2' }),
      false,
    ],
    ['elsewhere makes its own', () => elsewhere.createLogGroup({ logGroupName: '/web' }), true],
    ['one puts to its stream', () => one.putLogEvents({ logGroupName, logStreamName, logEvents }), true],
    ['one puts to another', () => one.putLogEvents({ logGroupName, logStreamName: 'x', logEvents }), false],
    [
      'a stream of a tagged group',
      () => tagged.createLogStream({ logGroupName: '/red', logStreamName: 'n' }),
      true,
    ],
    ['a stream of another', () => tagged.createLogStream({ logGroupName, logStreamName: 'n' }), false],
    ['results of a tagged group', () => tagged.getQueryResults({ queryId }), true],
    ['a query of another', () => tagged.startQuery({ ...asked, logGroupName }), false],
    ['one lists', () => one.describeLogGroups({}), false],
  ]
  for (const [name, call, isLetIn] of rows)
    assert.match(await refusal(call()), isLetIn ? /^no refusal$/ : /^AccessDenied/, name)
  assert.equal(rows.length, 13)
})

test('logs: a resource policy lets a service in, from the source that it names', async (t) => {
  const { logs, group, callAsService, audited } = await rig(t)
  await group()
  const source = `arn:aws:logs:us-east-1:${here}:*`
  const put = (principal = 'delivery.logs.amazonaws.com') =>
    callAsService({
      service: 'logs',
      operation: 'PutLogEvents',
      input: { logGroupName, logStreamName, logEvents: [{ timestamp: startMs, message: 'delivered' }] },
      account: here,
      region: 'us-east-1',
      as: { kind: 'service', principal, sourceArn: `arn:aws:logs:us-east-1:${here}:delivery` as Arn },
    })
  assert.equal((await put()).ok, false)
  const policy = (more: object) => ({
    policyName: 'p',
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `arn:aws:logs:us-east-1:${here}:log-group:/app:log-stream:*`,
        Condition: { ArnLike: { 'aws:SourceArn': source }, StringEquals: { 'aws:SourceAccount': here } },
        ...more,
      },
    }),
  })
  await logs.putResourcePolicy(policy({}))
  assert.equal((await put()).ok, true)
  assert.equal((await put('events.amazonaws.com')).ok, false)
  const { resourcePolicies } = await logs.describeResourcePolicies({})
  assert.deepEqual(
    resourcePolicies?.map(({ policyName }) => policyName),
    ['p'],
  )
  assert.match(
    await refusal(logs.putResourcePolicy(policy({ Effect: 'Perhaps' }))),
    /^InvalidParameterException/,
  )
  await logs.deleteResourcePolicy({ policyName: 'p' })
  assert.equal((await put()).ok, false)
  assert.match(await refusal(logs.deleteResourcePolicy({ policyName: 'p' })), /^ResourceNotFoundException/)
  assert.ok(audited.some(({ caller }) => caller.kind === 'service'))
})

test('logs: an agent may compress what it puts', async (t) => {
  const { logs, group } = await rig(t)
  await group()
  logs.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { body: unknown; headers: Record<string, string> } } // An HTTP request.
      request.body = gzipSync(Buffer.from(request.body as string))
      Object.assign(request.headers, {
        'content-encoding': 'gzip',
        'content-length': String((request.body as Buffer).length),
      })
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'compress' },
  )
  const message = 'x'.repeat(100_000)
  await logs.putLogEvents({ logGroupName, logStreamName, logEvents: [{ timestamp: startMs, message }] })
  logs.middlewareStack.remove('compress')
  const { events } = await logs.getLogEvents({ logGroupName, logStreamName })
  assert.equal(events?.[0]?.message?.length, 100_000)
})

test('logs: what is older than the retention is shown no more, at once', async (t) => {
  const { logs, group, put, later } = await rig(t)
  await group()
  await put(['old'])
  later(2 * dayMs)
  await put(['new'])
  const read = async () => messagesOf((await logs.filterLogEvents({ logGroupName })).events)
  assert.deepEqual(await read(), ['old', 'new'])
  await logs.putRetentionPolicy({ logGroupName, retentionInDays: 1 })
  assert.deepEqual(await read(), ['new'])
  await logs.deleteRetentionPolicy({ logGroupName })
  assert.deepEqual(await read(), ['old', 'new'], 'as long as nothing was swept')
})
