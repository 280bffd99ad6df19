import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import { nameTables } from '#telemetry/sql/index.ts'
import { findStore, lake, type LakeCall, on, storeArn } from './declare.ts'
import { type EventDataStoreDocument, isOpen, type QueryDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOf, tokens } from './paging.ts'
import { questionOf } from './question.ts'
import { quotas } from './quotas.ts'

type Stores = Readonly<Record<string, EventDataStoreDocument | Missing>>

/** The data stores that a statement names, each in a member of its own. Faults: InvalidQueryStatementException. */
function findNamed(call: LakeCall, statement: string): Stores {
  const { ids } = nameTables(statement)
  if (ids.length === 0) throw faults.statement('it names no event data store.')
  if (ids.length > quotas.eventDataStores) throw faults.statement('it names too many event data stores.')
  return Object.fromEntries(ids.map((id) => [`store${id}`, findStore(call, id)]))
}

/**
 * Takes a query, which runs as soon as it can. What the statement may read and call is checked at once, by the engine that is to run it.
 * Faults: InvalidQueryStatementException; EventDataStoreNotFoundException; InactiveEventDataStoreException; MaxConcurrentQueriesException.
 * Differs: results go to no bucket; there are no dashboards' aliases; data stores are the account's own.
 */
export const StartQuery = lake('StartQuery', {
  target({ QueryStatement }, call) {
    if (QueryStatement === undefined) throw faults.parameter('A QueryStatement is wanted.')
    return findNamed(call, QueryStatement)
  },
  access: (stores) => Object.values(stores).map((store) => on('StartQuery', store)),
  async prepare({ target, input, call }) {
    const { QueryStatement: statement = '', QueryParameters: parameters = [] } = input
    if (input.DeliveryS3Uri !== undefined)
      throw faults.parameter('Results are not delivered to buckets: leave out DeliveryS3Uri.')
    if (input.QueryAlias !== undefined)
      throw faults.parameter('There are no query aliases: leave out QueryAlias.')
    ownAccount(call, input.EventDataStoreOwnerAccountId)
    const asked = { statement, parameters, createdAtMs: call.nowMs }
    const answer = await call.parts.lake.check(questionOf(asked, Object.values(target)))
    if (answer.kind === 'busy') throw faults.throttled()
    if (answer.kind === 'refused') throw faults.statement(answer.reason)
    if (answer.kind === 'failed')
      throw faults.statement('it could not be read with the means that a query has.')
  },
  run({ target, input, call }) {
    const stores = Object.values(target)
    if (stores.some(({ deletedAtMs }) => deletedAtMs !== undefined)) throw faults.inactiveStore()
    if (call.queries.find('open', 'all').length >= quotas.concurrentQueries)
      throw faults.tooManyQueries(quotas.concurrentQueries)
    if (!call.queries.hasRoom(quotas.queries)) throw faults.tooManyQueries(quotas.queries)
    const queryId = uuid(call.randomBytes)
    call.queries.put(queryId, {
      queryId,
      stores: stores.map(({ id }) => id),
      statement: input.QueryStatement ?? '',
      parameters: input.QueryParameters ?? [],
      createdAtMs: call.nowMs,
      status: 'QUEUED',
    })
    return { QueryId: queryId }
  },
})

/** A query, and the data stores that it reads: who may see it is who may on all of them, whether they are there still or not. */
function findQuery(
  call: LakeCall,
  queryId: string,
  givenStore: string | undefined,
): { readonly query: QueryDocument | Missing } {
  const query = call.queries.get(queryId)
  const store = givenStore === undefined ? undefined : findStore(call, givenStore)
  const storeId = store && store.arn.slice(store.arn.lastIndexOf('/') + 1)
  if (query && (storeId === undefined || query.stores.includes(storeId))) return { query }
  return { query: new Missing(store?.arn ?? storeArn(call, '*'), faults.noQuery()) }
}

function onQuery(action: string, { query }: { readonly query: QueryDocument | Missing }, call: LakeCall) {
  return query instanceof Missing
    ? [on(action, query)]
    : query.stores.map((id) => on(action, call.eventDataStores.get(id) ?? { arn: storeArn(call, id) }))
}

const rowsDefault = 1000
const damagedResults = 'The results of the query are damaged on the disk: start it again.'

/**
 * Shows what a query came to, or how it stands: FAILED, too, where the disk damaged its results. A value that is NULL is left out.
 * Faults: QueryIdNotFoundException; InvalidNextTokenException.
 */
export const GetQueryResults = lake('GetQueryResults', {
  target: ({ QueryId, EventDataStore }, call) => findQuery(call, QueryId, EventDataStore),
  access: (target, _, call) => onQuery('GetQueryResults', target, call),
  async prepare({ target: { query }, input, call }) {
    ownAccount(call, input.EventDataStoreOwnerAccountId)
    const from = Number(input.NextToken === undefined ? '0' : tokens.read(input.NextToken))
    if (!Number.isSafeInteger(from) || from < 0) throw faults.nextToken()
    if (query.status !== 'FINISHED') return undefined
    const count = input.MaxQueryResults ?? rowsDefault
    const found = await call.parts.lake.results.read(query.queryId, from, count)
    return found ? { from, ...found } : 'damaged'
  },
  run({ target: { query }, prepared }) {
    if (prepared === 'damaged') return { QueryStatus: 'FAILED', ErrorMessage: damagedResults }
    const { rowCount = 0 } = query
    const rows = prepared?.rows ?? []
    const next = (prepared?.from ?? 0) + rows.length
    return {
      QueryStatus: query.status,
      QueryStatistics: {
        ResultsCount: rows.length,
        TotalResultsCount: rowCount,
      },
      ...(prepared && { QueryResultRows: rows.map((row) => shownRow(prepared.columns, row)) }),
      ...(rows.length > 0 && next < rowCount && { NextToken: tokens.write(String(next)) }),
      ...(query.error !== undefined && { ErrorMessage: query.error }),
    }
  },
})

function shownRow(columns: readonly string[], row: readonly (string | null)[]) {
  return columns.flatMap((name, index) => {
    const value = row[index] ?? null
    return value === null ? [] : [Object.fromEntries([[name, value]])]
  })
}

/** Tells of a query without its results. Faults: QueryIdNotFoundException. */
export const DescribeQuery = lake('DescribeQuery', {
  target({ QueryId, QueryAlias, RefreshId, EventDataStore }, call) {
    if (QueryId === undefined || QueryAlias !== undefined || RefreshId !== undefined)
      throw faults.parameter('A QueryId is wanted; there are no dashboards, and no aliases.')
    return findQuery(call, QueryId, EventDataStore)
  },
  access: (target, _, call) => onQuery('DescribeQuery', target, call),
  run({ target: { query }, input, call }) {
    ownAccount(call, input.EventDataStoreOwnerAccountId)
    const { queryId, statement, status, error, createdAtMs, startedAtMs, endedAtMs } = query
    return {
      QueryId: queryId,
      QueryString: statement,
      QueryStatus: status,
      QueryStatistics: {
        CreationTime: new Date(createdAtMs),
        ...(query.rowCount !== undefined && { EventsMatched: query.rowCount }),
        ...(query.eventsScanned !== undefined && { EventsScanned: query.eventsScanned }),
        ...(startedAtMs !== undefined &&
          endedAtMs !== undefined && { ExecutionTimeInMillis: endedAtMs - startedAtMs }),
      },
      ...(error !== undefined && { ErrorMessage: error }),
    }
  },
})

/** Lists the queries over a data store, the latest first. */
export const ListQueries = lake('ListQueries', {
  target: ({ EventDataStore }, call) => findStore(call, EventDataStore),
  access: (store) => [on('ListQueries', store)],
  run({ target: store, input, call }) {
    const { NextToken, MaxResults, StartTime, EndTime, QueryStatus } = input
    const [fromMs = 0, toMs = Infinity] = [StartTime?.getTime(), EndTime?.getTime()]
    if (fromMs > toMs) throw faults.dateRange()
    const found = call.queries
      .find('store', store.id)
      .map(({ document }) => document)
      .filter(
        ({ createdAtMs, status }) =>
          createdAtMs >= fromMs && createdAtMs <= toMs && (QueryStatus ?? status) === status,
      )
    const { items, ...more } = pageOf(found, placeOf, { NextToken, MaxResults }, 'descending')
    return {
      Queries: items.map(({ queryId, status, createdAtMs }) => ({
        QueryId: queryId,
        QueryStatus: status,
        CreationTime: new Date(createdAtMs),
      })),
      ...more,
    }
  },
})

function placeOf({ createdAtMs, queryId }: QueryDocument): string {
  return `${String(createdAtMs).padStart(16, '0')} ${queryId}`
}

/** Ends a query that has not ended. Faults: QueryIdNotFoundException; InactiveQueryException. */
export const CancelQuery = lake('CancelQuery', {
  target: ({ QueryId, EventDataStore }, call) => findQuery(call, QueryId, EventDataStore),
  access: (target, _, call) => onQuery('CancelQuery', target, call),
  run({ target: { query }, input, call }) {
    ownAccount(call, input.EventDataStoreOwnerAccountId)
    if (!isOpen(query.status)) throw faults.inactiveQuery()
    call.queries.put(query.queryId, { ...query, status: 'CANCELLED', endedAtMs: call.nowMs })
    return { QueryId: query.queryId, QueryStatus: 'CANCELLED' }
  },
})

function ownAccount({ account }: LakeCall, given: string | undefined): void {
  if (given !== undefined && given !== account)
    throw faults.parameter('Event data stores of other accounts cannot be queried.')
}
