// Goal: event data stores are made, changed, deleted and restored as AWS says; queries give the caller's account what it may see, survive
// a restart, can be cancelled, and nobody reads by them what policies keep from him.
// Method: the SDK's clients over the whole way of a call; queries run in real processes.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { flipOne } from '../../../../test/integrity/flipped-bits.ts'
import { here, refusal, rig, startMs, there } from './rig.test.ts'

const arnOf = (id: string) => `arn:aws:cloudtrail:us-east-1:${here}:eventdatastore/${id}`

test('event data stores: made, shown, changed, listed', async (t) => {
  const { cloudtrail, later, client } = await rig(t)
  const made = await cloudtrail.createEventDataStore({ Name: 'all', TagsList: [{ Key: 'a', Value: 'b' }] })
  const { $metadata: _, TagsList, ...store } = made
  assert.deepEqual(TagsList, [{ Key: 'a', Value: 'b' }])
  assert.deepEqual(store, {
    EventDataStoreArn: store.EventDataStoreArn,
    Name: 'all',
    Status: 'ENABLED',
    AdvancedEventSelectors: [
      {
        Name: 'Default management events',
        FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }],
      },
    ],
    MultiRegionEnabled: true,
    OrganizationEnabled: false,
    RetentionPeriod: 366,
    TerminationProtectionEnabled: true,
    CreatedTimestamp: new Date(startMs),
    UpdatedTimestamp: new Date(startMs),
    BillingMode: 'EXTENDABLE_RETENTION_PRICING',
  })
  const EventDataStore = store.EventDataStoreArn ?? ''
  assert.match(EventDataStore, /^arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore\/[0-9a-f-]{36}$/)
  later(1)
  await cloudtrail.updateEventDataStore({ EventDataStore, Name: 'every', RetentionPeriod: 30 })
  const { Name, RetentionPeriod, UpdatedTimestamp } = await cloudtrail.getEventDataStore({
    EventDataStore: EventDataStore.slice(-36),
  })
  assert.deepEqual([Name, RetentionPeriod, UpdatedTimestamp], ['every', 30, new Date(startMs + 1000)])
  await cloudtrail.createEventDataStore({ Name: 'two' })
  const first = await cloudtrail.listEventDataStores({ MaxResults: 1 })
  const second = await cloudtrail.listEventDataStores({ MaxResults: 1, NextToken: first.NextToken })
  const names = [...(first.EventDataStores ?? []), ...(second.EventDataStores ?? [])].map((one) => one.Name)
  assert.deepEqual([new Set(names), second.NextToken], [new Set(['every', 'two']), undefined])
  assert.deepEqual((await client('eu-west-1').listEventDataStores({})).EventDataStores, [])
})

test('event data stores: tags are set, shown and taken away, by whom they let', async (t) => {
  const { cloudtrail, dataStore, user, later, stranger } = await rig(t)
  const id = await dataStore('one', {
    TagsList: [{ Key: 'team', Value: 'red' }],
    TerminationProtectionEnabled: false,
  })
  const ResourceId = arnOf(id)
  const shown = async () =>
    (await cloudtrail.listTags({ ResourceIdList: [ResourceId] })).ResourceTagList?.[0]?.TagsList
  await cloudtrail.addTags({ ResourceId, TagsList: [{ Key: 'cost', Value: '1' }] })
  assert.deepEqual(await shown(), [
    { Key: 'cost', Value: '1' },
    { Key: 'team', Value: 'red' },
  ])
  const bob = await user('bob', {
    Effect: 'Allow',
    Action: ['cloudtrail:AddTags', 'cloudtrail:RemoveTags', 'cloudtrail:ListTags'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
  })
  await bob.addTags({ ResourceId, TagsList: [{ Key: 'by', Value: 'bob' }] })
  await cloudtrail.removeTags({ ResourceId, TagsList: [{ Key: 'team' }, { Key: 'cost' }] })
  assert.deepEqual(await shown(), [{ Key: 'by', Value: 'bob' }])
  const tooMany = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: 'v' }))
  const none = arnOf('00000000-0000-4000-8000-000000000000')
  const rows: readonly [name: string, call: Promise<unknown>, want: RegExp][] = [
    ['a tag lets in no more', bob.addTags({ ResourceId, TagsList: [{ Key: 'a' }] }), /^AccessDenied/],
    ['nor to take away', bob.removeTags({ ResourceId, TagsList: [{ Key: 'by' }] }), /^AccessDenied/],
    ['nor to look', bob.listTags({ ResourceIdList: [ResourceId] }), /^AccessDenied/],
    ['another account', stranger.listTags({ ResourceIdList: [ResourceId] }), /^EventDataStoreARNInvalid/],
    ['too many', cloudtrail.addTags({ ResourceId, TagsList: tooMany }), /^TagsLimitExceeded/],
    ['none such', cloudtrail.listTags({ ResourceIdList: [none] }), /^EventDataStoreNotFound/],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call), want, name)
  assert.equal(rows.length, 6)
  await cloudtrail.deleteEventDataStore({ EventDataStore: id })
  later(1)
  assert.match(
    await refusal(cloudtrail.addTags({ ResourceId, TagsList: [{ Key: 'a', Value: 'b' }] })),
    /^InactiveEventDataStoreException/,
  )
})

test('event data stores: deleted with a wait, restored, gone after seven days', async (t) => {
  const { cloudtrail, client, dataStore, later } = await rig(t)
  const EventDataStore = await dataStore('one', { TerminationProtectionEnabled: true })
  assert.match(
    await refusal(cloudtrail.deleteEventDataStore({ EventDataStore })),
    /^EventDataStoreTerminationProtectedException/,
  )
  await cloudtrail.updateEventDataStore({ EventDataStore, TerminationProtectionEnabled: false })
  await cloudtrail.deleteEventDataStore({ EventDataStore })
  assert.equal((await cloudtrail.getEventDataStore({ EventDataStore })).Status, 'PENDING_DELETION')
  assert.match(
    await refusal(cloudtrail.startQuery({ QueryStatement: `SELECT 1 FROM ${EventDataStore}` })),
    /^InactiveEventDataStoreException/,
  )
  later(6 * 86_400)
  const soon = client('us-east-1')
  assert.equal((await soon.restoreEventDataStore({ EventDataStore })).Status, 'ENABLED')
  assert.match(
    await refusal(soon.restoreEventDataStore({ EventDataStore })),
    /^InvalidEventDataStoreStatusException/,
  )
  await soon.deleteEventDataStore({ EventDataStore })
  later(7 * 86_400)
  assert.match(
    await refusal(client('us-east-1').restoreEventDataStore({ EventDataStore })),
    /^EventDataStoreNotFoundException/,
  )
  assert.equal((await client('us-east-1').createEventDataStore({ Name: 'one' })).Status, 'ENABLED')
})

test('event data stores: refusals', async (t) => {
  const { cloudtrail, dataStore } = await rig(t)
  await dataStore('taken')
  const make = (wish: object) => refusal(cloudtrail.createEventDataStore({ Name: 'new', ...wish }))
  const select = (...FieldSelectors: readonly object[]) =>
    make({ AdvancedEventSelectors: [{ FieldSelectors }] })
  const management = { Field: 'eventCategory', Equals: ['Management'] }
  const rows: readonly [name: string, answer: Promise<string>, want: RegExp][] = [
    ['the name of another', make({ Name: 'taken' }), /^EventDataStoreAlreadyExistsException/],
    ['an organization', make({ OrganizationEnabled: true }), /^OrganizationsNotInUseException/],
    ['a key', make({ KmsKeyId: 'alias/a' }), /^UnsupportedOperationException/],
    [
      'too long',
      make({ RetentionPeriod: 3000, BillingMode: 'FIXED_RETENTION_PRICING' }),
      /^InvalidParameterException/,
    ],
    ['too short', make({ RetentionPeriod: 6 }), /greater than or equal to 7/],
    ['data events', select({ Field: 'eventCategory', Equals: ['Data'] }), /^InvalidEventSelectorsException/],
    ['no category', select({ Field: 'readOnly', Equals: ['true'] }), /^InvalidEventSelectorsException/],
    [
      'an unknown field',
      select(management, { Field: 'constructor', Equals: ['x'] }),
      /^InvalidEventSelectorsException/,
    ],
    ['a field twice', select(management, management), /^InvalidEventSelectorsException/],
    ['a field without a value', select(management, { Field: 'readOnly' }), /^InvalidEventSelectorsException/],
    [
      'no such store',
      refusal(
        cloudtrail.getEventDataStore({ EventDataStore: arnOf('0a1b2c3d-0000-4000-8000-0123456789ab') }),
      ),
      /^EventDataStoreNotFoundException/,
    ],
    [
      'no ARN',
      refusal(cloudtrail.getEventDataStore({ EventDataStore: 'x/y' })),
      /^EventDataStoreARNInvalidException/,
    ],
    ['a tag of AWS', make({ TagsList: [{ Key: 'aws:x', Value: 'y' }] }), /^InvalidTagParameterException/],
  ]
  for (const [name, answer, want] of rows) assert.match(await answer, want, name)
  assert.equal(rows.length, 13)
  for (let n = 1; n < 10; n += 1) await dataStore(`store-${n}`)
  assert.match(await make({}), /^EventDataStoreMaxLimitExceededException/)
})

test('queries: what was called a moment ago, of this account alone', async (t) => {
  const { dataStore, ask, iam, strangerIam, stranger, look, later } = await rig(t)
  await iam.createUser({ UserName: 'before' })
  const id = await dataStore()
  await iam.createUser({ UserName: 'after' })
  await strangerIam.createUser({ UserName: 'secret' })
  later(1)
  assert.deepEqual(
    await ask(
      `SELECT element_at(requestParameters, 'userName') AS name, count(*) AS n FROM ${id}
        WHERE eventName = ? AND eventTime > '2026-01-01' GROUP BY 1 ORDER BY 1`,
      ['CreateUser'],
    ),
    [
      { name: 'after', n: '1' },
      { name: 'before', n: '1' },
    ],
  )
  assert.deepEqual(await ask(`SELECT DISTINCT recipientAccountId AS account FROM ${id}`), [{ account: here }])
  assert.deepEqual(
    await ask(`SELECT eventJson FROM ${id} WHERE eventJson LIKE '%secret%' AND eventName = 'CreateUser'`),
    [],
  )
  assert.deepEqual(
    await ask(`SELECT errorCode, eventName FROM ${id} WHERE eventName = 'CreateUser' LIMIT 1`),
    [{ eventName: 'CreateUser' }],
  )
  // The other account has stores of its own, and cannot name this one.
  assert.match(
    await refusal(stranger.startQuery({ QueryStatement: `SELECT 1 FROM ${id}` })),
    /^EventDataStoreNotFoundException/,
  )
  const { EventDataStoreArn = '' } = await stranger.createEventDataStore({ Name: 'theirs' })
  const { QueryId = '' } = await stranger.startQuery({
    QueryStatement: `SELECT DISTINCT recipientAccountId AS a FROM ${EventDataStoreArn.slice(-36)}`,
  })
  await look()
  const { QueryResultRows } = await stranger.getQueryResults({ QueryId })
  assert.deepEqual(QueryResultRows, [[{ a: there }]])
})

test('queries: selectors and stopped ingestion', async (t) => {
  const { dataStore, ask, iam, cloudtrail, later } = await rig(t)
  const management = { Field: 'eventCategory', Equals: ['Management'] }
  const writes = [{ FieldSelectors: [management, { Field: 'readOnly', Equals: ['false'] }] }]
  const id = await dataStore('writes', { AdvancedEventSelectors: writes })
  const call = async (UserName: string) => {
    later(10)
    await iam.createUser({ UserName })
    await iam.listUsers({})
    later(10)
  }
  await call('one')
  await cloudtrail.stopEventDataStoreIngestion({ EventDataStore: id })
  await call('two')
  await cloudtrail.startEventDataStoreIngestion({ EventDataStore: id })
  await call('three')
  assert.deepEqual(
    await ask(
      `SELECT element_at(requestParameters, 'userName') AS u FROM ${id} WHERE eventSource = 'iam.amazonaws.com' ORDER BY eventTime`,
    ),
    [{ u: 'one' }, { u: 'three' }],
  )
})

test('queries: pages, descriptions, lists', async (t) => {
  const { dataStore, cloudtrail, look, iam, later } = await rig(t)
  const id = await dataStore()
  for (let n = 0; n < 5; n += 1) await iam.listUsers({})
  const { QueryId = '' } = await cloudtrail.startQuery({
    QueryStatement: `SELECT eventID FROM ${id} WHERE eventName = 'ListUsers'`,
  })
  assert.match((await cloudtrail.describeQuery({ QueryId })).QueryStatus ?? '', /^(?:QUEUED|RUNNING)$/)
  await look()
  const found: string[] = []
  for (let NextToken: string | undefined; ;) {
    const page = await cloudtrail.getQueryResults({
      QueryId,
      EventDataStore: id,
      MaxQueryResults: 2,
      NextToken,
    })
    assert.equal(page.QueryStatistics?.TotalResultsCount, 5)
    found.push(...(page.QueryResultRows ?? []).flatMap((row) => row.map((one) => one['eventID'] ?? '')))
    if (page.NextToken === undefined) break
    NextToken = page.NextToken
  }
  assert.equal(new Set(found).size, 5)
  const { QueryStatus, QueryStatistics } = await cloudtrail.describeQuery({ QueryId })
  assert.deepEqual([QueryStatus, QueryStatistics?.EventsMatched], ['FINISHED', 5])
  later(1)
  const { QueryId: later2 } = await cloudtrail.startQuery({ QueryStatement: `SELECT 1 AS one FROM ${id}` })
  await look()
  const { Queries = [] } = await cloudtrail.listQueries({ EventDataStore: id })
  assert.deepEqual(
    Queries.map((one) => one.QueryId),
    [later2, QueryId],
  )
})

test('queries: one that was under way when the server died runs again; one that was cancelled does not', async (t) => {
  const { dataStore, cloudtrail, stop, restart, look } = await rig(t)
  const id = await dataStore()
  await stop()
  const start = async () =>
    (await cloudtrail.startQuery({ QueryStatement: `SELECT count(*) AS n FROM ${id}` })).QueryId ?? ''
  const [one, other] = [await start(), await start()]
  assert.equal((await cloudtrail.cancelQuery({ QueryId: other })).QueryStatus, 'CANCELLED')
  await restart()
  await look()
  assert.equal((await cloudtrail.getQueryResults({ QueryId: one })).QueryStatus, 'FINISHED')
  assert.equal((await cloudtrail.getQueryResults({ QueryId: other })).QueryStatus, 'CANCELLED')
  assert.match(await refusal(cloudtrail.cancelQuery({ QueryId: one })), /^InactiveQueryException/)
})

test('queries: results that the disk damaged are not shown, and their caller is told', async (t) => {
  const { dataStore, cloudtrail, look, directory } = await rig(t)
  const { QueryId = '' } = await cloudtrail.startQuery({
    QueryStatement: `SELECT count(*) AS n FROM ${await dataStore()}`,
  })
  await look()
  assert.equal((await cloudtrail.getQueryResults({ QueryId })).QueryStatus, 'FINISHED')
  flipOne(join(directory, 'telemetry', 'lake', 'results', QueryId, '0.summed.jsonl'), 12, 3)
  const { QueryStatus, ErrorMessage, QueryResultRows = [] } = await cloudtrail.getQueryResults({ QueryId })
  assert.deepEqual(
    [QueryStatus, ErrorMessage, QueryResultRows],
    ['FAILED', 'The results of the query are damaged on the disk: start it again.', []],
  )
})

test('queries: results go after seven days', async (t) => {
  const { dataStore, cloudtrail, client, look, sweep, later, ask } = await rig(t)
  const id = await dataStore()
  const { QueryId = '' } = await cloudtrail.startQuery({ QueryStatement: `SELECT count(*) AS n FROM ${id}` })
  await look()
  await sweep()
  assert.equal((await cloudtrail.getQueryResults({ QueryId })).QueryResultRows?.length, 1)
  later(8 * 86_400)
  await sweep()
  const then = client('us-east-1')
  assert.match(await refusal(then.getQueryResults({ QueryId })), /^QueryIdNotFoundException/)
  assert.equal((await ask(`SELECT count(*) AS n FROM ${id}`, undefined, then)).length, 1)
})

test('queries: refusals, and who may', async (t) => {
  const { dataStore, cloudtrail, user, stop } = await rig(t)
  const [id, other] = [await dataStore('one'), await dataStore('two')]
  await stop()
  const may = await user('may', { Effect: 'Allow', Action: 'cloudtrail:StartQuery', Resource: arnOf(id) })
  const start = (QueryStatement: string, more: object = {}) =>
    cloudtrail.startQuery({ QueryStatement, ...more })
  const { QueryId = '' } = await start(`SELECT 1 FROM ${id}`)
  const rows: readonly [name: string, call: () => Promise<unknown>, want: RegExp][] = [
    ['no table', () => start('SELECT 1'), /^InvalidQueryStatementException/],
    ['no SQL', () => start(`SELEC 1 FROM ${id}`), /^InvalidQueryStatementException/],
    [
      'a file',
      () => start(`SELECT * FROM read_csv('/etc/passwd'), ${id}`),
      /^InvalidQueryStatementException/,
    ],
    ['another statement', () => start(`SELECT 1 FROM ${id}; DROP VIEW x`), /^InvalidQueryStatementException/],
    ['a store hidden in a text', () => start(`SELECT '${id}'`), /^InvalidQueryStatementException/],
    [
      'a store that is not there',
      () => start('SELECT 1 FROM 0a1b2c3d-0000-4000-8000-0123456789ab'),
      /^EventDataStoreNotFoundException/,
    ],
    [
      'a bucket',
      () => start(`SELECT 1 FROM ${id}`, { DeliveryS3Uri: 's3://bucket/x' }),
      /^InvalidParameterException/,
    ],
    [
      'another account',
      () => start(`SELECT 1 FROM ${id}`, { EventDataStoreOwnerAccountId: there }),
      /^InvalidParameterException/,
    ],
    [
      'an unknown query',
      () => cloudtrail.getQueryResults({ QueryId: '0a1b2c3d-0000-4000-8000-0123456789ab' }),
      /^QueryIdNotFoundException/,
    ],
    [
      'a query of another store',
      () => cloudtrail.getQueryResults({ QueryId, EventDataStore: other }),
      /^QueryIdNotFoundException/,
    ],
    [
      'a token of nobody',
      () => cloudtrail.getQueryResults({ QueryId, NextToken: 'abcd' }),
      /^InvalidNextTokenException/,
    ],
    [
      'an end before the start',
      () => cloudtrail.listQueries({ EventDataStore: id, StartTime: new Date(2), EndTime: new Date(1) }),
      /^InvalidDateRangeException/,
    ],
    ['may start', () => may.startQuery({ QueryStatement: `SELECT 1 FROM ${id}` }), /^no refusal/],
    [
      'may not on another',
      () => may.startQuery({ QueryStatement: `SELECT 1 FROM ${other}` }),
      /^AccessDenied/,
    ],
    [
      'may not on another beside it',
      () => may.startQuery({ QueryStatement: `SELECT 1 FROM ${id}, ${other}` }),
      /^AccessDenied/,
    ],
    ['may not see', () => may.getQueryResults({ QueryId }), /^AccessDenied/],
    ['may not list', () => may.listQueries({ EventDataStore: id }), /^AccessDenied/],
    ['may not cancel', () => may.cancelQuery({ QueryId }), /^AccessDenied/],
    ['may not make', () => may.createEventDataStore({ Name: 'mine' }), /^AccessDenied/],
    [
      'may not learn what is there',
      () => may.getEventDataStore({ EventDataStore: '0a1b2c3d-0000-4000-8000-0123456789ab' }),
      /^AccessDenied/,
    ],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call()), want, name)
  assert.equal(rows.length, 20)
  for (let n = 2; n < 10; n += 1) await start(`SELECT 1 FROM ${id}`)
  assert.match(await refusal(start(`SELECT 1 FROM ${id}`)), /^MaxConcurrentQueriesException/)
})
