// Goal: a query of Insights finds what it asks for in all its groups, and nobody reads by it what policies keep from him.
// Method: the SDK's client over the whole way of a call.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueryOutcome } from './query-run.ts'
import { QueryRuns } from './query-runs.ts'
import { here, refusal, rig, startMs } from './rig.test.ts'

const range = { startTime: Math.floor(startMs / 1000) - 60, endTime: Math.floor(startMs / 1000) + 60 }

test('queries: over groups, latest first, and by statistics', async (t) => {
  const { logs, group, put, later } = await rig(t)
  for (const name of ['/app', '/web']) await group(name)
  await put(['{"level":"ERROR","http":{"ms":12}}', '{"level":"INFO","http":{"ms":2}}', 'plain'])
  await put(['{"level":"ERROR","http":{"ms":30}}'], 's', '/web')
  const ask = async (queryString: string, logGroupNames = ['/app', '/web']) => {
    const { queryId } = await logs.startQuery({ ...range, logGroupNames, queryString })
    later(1)
    await put(['later'])
    const { results = [], status, statistics } = await logs.getQueryResults({ queryId })
    const rows = results.map((row) =>
      Object.fromEntries(
        row.filter(({ field }) => field !== '@ptr').map(({ field, value }) => [field ?? '', value]),
      ),
    )
    return { rows, status, statistics }
  }
  const byLevel = await ask('filter level = "ERROR" | stats count(*) as n, max(http.ms) as most by level')
  assert.deepEqual([byLevel.rows, byLevel.status], [[{ level: 'ERROR', n: '2', most: '30' }], 'Complete'])
  assert.deepEqual([byLevel.statistics?.recordsMatched, byLevel.statistics?.recordsScanned], [2, 4])
  const found = await ask('fields @timestamp, @log, http.ms | filter ispresent(http.ms) | limit 2')
  assert.deepEqual(found.rows, [
    { '@timestamp': '2026-01-20 03:04:05.001', '@log': `${here}:/app`, 'http.ms': '2' },
    { '@timestamp': '2026-01-20 03:04:05.000', '@log': `${here}:/web`, 'http.ms': '30' },
  ])
  assert.deepEqual((await ask('filter @message != "later" | stats count(*) by bin(1m)', ['/web'])).rows, [
    { 'bin(1m)': '2026-01-20 03:04:00.000', 'count(*)': '1' },
  ])
  const { queries = [] } = await logs.describeQueries({ logGroupName: '/app', status: 'Complete' })
  assert.equal(queries.length, 2)
})

test('queries: fields of what Lambda and its runtimes say', async (t) => {
  const { logs, group, put } = await rig(t)
  await group()
  const id = '8f5e1cf4-0b9c-4a35-9f0b-0123456789ab'
  await put([
    `START RequestId: ${id} Version: $LATEST\n`,
    `2026-01-20T03:04:05.001Z\t${id}\tINFO\t{"order":{"price":12}}\n`,
    `[ERROR]\t2026-01-20T03:04:05.002Z\t${id}\tno such order\n`,
    `END RequestId: ${id}\n`,
    `REPORT RequestId: ${id}\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tInit Duration: 90.10 ms\t\n`,
    'REPORT RequestId: of somebody else',
  ])
  const rows: readonly [query: string, want: readonly object[]][] = [
    [
      'filter @type = "REPORT" | stats max(@duration) as ms, sum(@billedDuration) as billed, max(@memorySize / 1000 / 1000) as size, max(@maxMemoryUsed) as used, max(@initDuration) as init',
      [{ ms: '12.5', billed: '13', size: '128', used: '60000000', init: '90.1' }],
    ],
    ['stats count(*) as n by @requestId | sort n desc | limit 1', [{ '@requestId': id, n: '5' }]],
    ['fields order.price | filter ispresent(order.price)', [{ 'order.price': '12' }]],
  ]
  for (const [queryString, want] of rows) {
    const { queryId } = await logs.startQuery({ ...range, logGroupNames: ['/app'], queryString })
    const { results = [] } = await logs.getQueryResults({ queryId })
    const shown = results.map((row) => row.filter(({ field }) => field !== '@ptr'))
    assert.deepEqual(
      shown.map((row) => Object.fromEntries(row.map(({ field, value }) => [field ?? '', value]))),
      want,
      queryString,
    )
  }
  assert.equal(rows.length, 3)
})

test('queries: a number that is no time is shown as what it is', async (t) => {
  const { logs, group, put } = await rig(t)
  await group()
  await put(['one'])
  const queryString = 'fields fromMillis(1e300) as at, fromMillis(0) as began'
  const { queryId } = await logs.startQuery({ ...range, logGroupNames: ['/app'], queryString })
  const { results = [], status } = await logs.getQueryResults({ queryId })
  assert.deepEqual(
    [status, results[0]?.slice(0, 2)],
    [
      'Complete',
      [
        { field: 'at', value: '1e+300' },
        { field: 'began', value: '1970-01-01 00:00:00.000' },
      ],
    ],
  )
})

test('queries: so few run at a time, and so much is kept of what they came to', async () => {
  const runs = new QueryRuns()
  const held = Array.from({ length: 6 }, () => Promise.withResolvers<QueryOutcome>())
  const begun: number[] = []
  const ask = (n: number, account: string) =>
    runs.ends(`query-${n}`, account, () => {
      begun.push(n)
      return held[n]?.promise ?? assert.fail()
    })
  for (const n of [0, 1, 2, 3]) void ask(n, 'one')
  for (const n of [4, 5]) void ask(n, 'other')
  assert.deepEqual(begun, [0, 1, 2, 4], 'three of an account, four in all')
  const outcome = (length: number): QueryOutcome => ({
    status: 'Complete',
    results: [[{ field: 'a', value: 'x'.repeat(length) }]],
    statistics: {},
  })
  held[0]?.resolve(outcome(40_000_000))
  await ask(0, 'one')
  void ask(3, 'one')
  assert.deepEqual(begun, [0, 1, 2, 4, 3], 'one that ended leaves its place')
  assert.equal(runs.outcome('query-0')?.status, 'Complete')
  held[1]?.resolve(outcome(40_000_000))
  held[2]?.reject(new Error('no key'))
  await ask(1, 'one')
  await assert.rejects(ask(2, 'one') ?? assert.fail(), /no key/)
  await new Promise(setImmediate)
  assert.equal(runs.outcome('query-0'), undefined, 'the oldest is forgotten first')
  assert.equal(runs.outcome('query-1')?.status, 'Complete')
  void ask(0, 'one')
  assert.deepEqual(begun.at(-1), 0, 'and runs again when it is asked for')
})

test('queries: what is none, what is not there and what may not be', async (t) => {
  const { logs, group, user } = await rig(t)
  await group()
  const asked = { ...range, logGroupName: '/app', queryString: 'fields @message' }
  const { queryId } = await logs.startQuery(asked)
  assert.equal((await logs.stopQuery({ queryId })).success, true)
  assert.equal((await logs.getQueryResults({ queryId })).status, 'Cancelled')
  const { queryId: other } = await logs.startQuery(asked)
  const app = `arn:aws:logs:us-east-1:${here}:log-group:/app:*`
  const starter = await user('starter', { Effect: 'Allow', Action: 'logs:StartQuery', Resource: app })
  const rows: readonly [name: string, call: () => Promise<unknown>, want: RegExp][] = [
    ['no query', () => logs.startQuery({ ...asked, queryString: 'select' }), /^MalformedQueryException/],
    ['an end before the start', () => logs.startQuery({ ...asked, endTime: 1 }), /^MalformedQueryException/],
    ['no group', () => logs.startQuery({ ...range, queryString: 'fields a' }), /^InvalidParameterException/],
    [
      'a group that is not there',
      () => logs.startQuery({ ...asked, logGroupName: 'x' }),
      /^ResourceNotFoundException/,
    ],
    ['SQL', () => logs.startQuery({ ...asked, queryLanguage: 'SQL' }), /^InvalidParameterException/],
    ['an unknown id', () => logs.getQueryResults({ queryId: 'x' }), /^ResourceNotFoundException/],
    ['stopped twice', () => logs.stopQuery({ queryId }), /^InvalidParameterException/],
    ['may start', () => starter.startQuery(asked), /^no refusal/],
    [
      'another group too',
      () => starter.startQuery({ ...asked, logGroupName: undefined, logGroupNames: ['/app', '/web'] }),
      /^AccessDenied/,
    ],
    ['may not see', () => starter.getQueryResults({ queryId: other }), /^AccessDenied/],
  ]
  for (const [name, call, want] of rows) assert.match(await refusal(call()), want, name)
  assert.equal(rows.length, 10)
})

test('queries: definitions are kept, listed by prefix and deleted', async (t) => {
  const { logs } = await rig(t)
  const { queryDefinitionId = '' } = await logs.putQueryDefinition({
    name: 'errors/all',
    queryString: 'fields a',
  })
  await logs.putQueryDefinition({ name: 'other', queryString: 'fields b', logGroupNames: ['/app'] })
  await logs.putQueryDefinition({ name: 'errors/some', queryString: 'fields c', queryDefinitionId })
  const { queryDefinitions } = await logs.describeQueryDefinitions({ queryDefinitionNamePrefix: 'errors' })
  assert.deepEqual(
    queryDefinitions?.map(({ name, queryString }) => [name, queryString]),
    [['errors/some', 'fields c']],
  )
  await logs.deleteQueryDefinition({ queryDefinitionId })
  assert.equal((await logs.describeQueryDefinitions({})).queryDefinitions?.length, 1)
  assert.match(await refusal(logs.deleteQueryDefinition({ queryDefinitionId })), /^ResourceNotFoundException/)
})
