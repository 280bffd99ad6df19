import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import { parseInsightsQuery } from '#engines/log-insights/index.ts'
import type { QueryInfo } from '#models/logs.d.ts'
import { onAll, onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier, groupArn } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import type { GroupDocument, QueryDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOf } from './paging.ts'
import { type QueryOutcome, runQuery } from './query-run.ts'
import { QueryRuns } from './query-runs.ts'
import { quotas } from './quotas.ts'
import { streamNames } from './reading.ts'

interface GroupsInput {
  readonly logGroupName?: string | undefined
  readonly logGroupNames?: readonly string[] | undefined
  readonly logGroupIdentifiers?: readonly string[] | undefined
}

/** The groups that a query names, each in a member of its own. Faults: InvalidParameterException. */
function findQueried(call: LogsCall, input: GroupsInput): Readonly<Record<string, GroupDocument | Missing>> {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input
  const given = [logGroupName, logGroupNames, logGroupIdentifiers].filter((one) => one !== undefined)
  if (given.length !== 1)
    throw faults.invalid('Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given.')
  const named = (logGroupName === undefined ? (logGroupNames ?? []) : [logGroupName]).map((name) =>
    findGroup(call, name),
  )
  const identified = (logGroupIdentifiers ?? []).map((identifier) => findGroupByIdentifier(call, identifier))
  const all = [...named, ...identified]
  if (all.length === 0 || all.length > quotas.queryGroups)
    throw faults.invalid(`A query is over 1 to ${quotas.queryGroups} log groups.`)
  return Object.fromEntries(all.map((group, index) => [`group${index}`, group]))
}

/**
 * Takes a query; it runs when its results are asked for, over what had arrived when it was taken.
 * Faults: MalformedQueryException; InvalidParameterException; LimitExceededException.
 */
export const StartQuery = logs('StartQuery', {
  target: (input, call) => findQueried(call, input),
  access: (groups, _, call) => Object.values(groups).map((group) => onGroup(call, 'StartQuery', group)),
  run({ target, input, call }) {
    const { queryString, startTime, endTime, limit = quotas.queryRowsDefault, queryLanguage = 'CWLI' } = input
    if (queryLanguage !== 'CWLI')
      throw faults.invalid(`The query language ${queryLanguage} is not supported.`)
    if (limit > quotas.queryRows) throw faults.invalid(`The limit may be ${quotas.queryRows} at most.`)
    if (startTime > endTime) throw faults.malformedQuery('The start of a query is behind its end.')
    const read = parseInsightsQuery(queryString, { limit })
    if (!read.ok) throw faults.malformedQuery(read.reason)
    if (!call.queries.hasRoom(queriesMax)) throw faults.limit('Account maximum query limit exceeded.')
    const queryId = uuid(call.randomBytes)
    const groups = Object.values(target).filter((group) => !(group instanceof Missing))
    call.queries.put(queryId, {
      ...{ queryId, queryString, limit },
      groups: groups.map(({ id, name }) => ({ id, name })),
      fromMs: startTime * 1000,
      toMs: (endTime + 1) * 1000,
      createdAtMs: call.nowMs,
      userIdentity: 'arn' in call.caller ? call.caller.arn : 'service',
      cancelled: false,
    })
    return { queryId }
  },
})

/** Queries that an account keeps in a region; old ones go by themselves. */
const queriesMax = 10_000

const runs = new QueryRuns()

/** How long an answer waits for a query to end. Units: milliseconds. */
const patienceMs = 2_000

function findQuery(call: LogsCall, queryId: string): { readonly query: QueryDocument | Missing } {
  return { query: call.queries.get(queryId) ?? new Missing(groupArn(call, '*'), faults.noQuery()) }
}

/** Shows what a query came to, or that it runs still. Faults: ResourceNotFoundException; AccessDeniedException. */
export const GetQueryResults = logs('GetQueryResults', {
  target: ({ queryId }, call) => findQuery(call, queryId),
  access: ({ query }, _, call) =>
    query instanceof Missing
      ? [onGroup(call, 'GetQueryResults', query)]
      : query.groups.map(({ name }) =>
          // A group's tags are conditions of who may, for as long as it is there.
          onGroup(call, 'GetQueryResults', call.groups.get(name) ?? { arn: groupArn(call, name) }),
        ),
  async prepare({ target: { query }, call }) {
    if (query.cancelled) return undefined
    const ends = runs.ends(query.queryId, call.account, () => begin(call, query))
    if (!ends) return undefined
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const stop = call.parts.world.after(patienceMs, () => resolve(undefined))
    try {
      return await Promise.race([ends, promise])
    } finally {
      stop()
    }
  },
  run({ target: { query }, prepared }) {
    const queryLanguage = 'CWLI' as const
    if (query.cancelled) return { queryLanguage, status: 'Cancelled', results: [] }
    return prepared ? { queryLanguage, ...prepared } : { queryLanguage, status: 'Running', results: [] }
  },
})

function begin(call: LogsCall, query: QueryDocument): Promise<QueryOutcome> {
  const queried = query.groups.flatMap(({ id, name }) => {
    const group = call.groups.get(name)
    return group?.id === id ? [{ group, names: streamNames(call, group) }] : []
  })
  return runQuery(call.parts, query, queried)
}

/** Ends a query that has no result yet. Faults: ResourceNotFoundException; InvalidParameterException. */
export const StopQuery = logs('StopQuery', {
  access: () => onAll('StopQuery'),
  run({ input: { queryId }, call }) {
    const query = call.queries.get(queryId)
    if (!query) throw faults.noQuery()
    const status = statusOf(query)
    if (status !== 'Running') throw faults.notRunning(status)
    call.queries.put(queryId, { ...query, cancelled: true })
    return { success: true }
  },
})

function statusOf({ queryId, cancelled }: QueryDocument): 'Cancelled' | 'Running' | QueryOutcome['status'] {
  return cancelled ? 'Cancelled' : (runs.outcome(queryId)?.status ?? 'Running')
}

/** Lists queries, the latest first. */
export const DescribeQueries = logs('DescribeQueries', {
  access: () => onAll('DescribeQueries'),
  run({ input, call }) {
    const { logGroupName, status, maxResults: limit = 1_000, nextToken, queryLanguage = 'CWLI' } = input
    const found = call.queries
      .list()
      .map(({ document }) => document)
      .filter(
        (query) =>
          queryLanguage === 'CWLI' &&
          (logGroupName === undefined || query.groups.some(({ name }) => name === logGroupName)) &&
          (status === undefined || statusOf(query) === status),
      )
    const { items, ...more } = pageOf(found, placeOf, { nextToken, limit }, 'descending')
    return { queries: items.map(shown), ...more }
  },
})

function placeOf({ createdAtMs, queryId }: QueryDocument): string {
  return `${String(createdAtMs).padStart(16, '0')}/${queryId}`
}

function shown(query: QueryDocument): QueryInfo {
  const { queryId, queryString, createdAtMs, groups, userIdentity } = query
  return {
    ...{ queryId, queryString, userIdentity },
    queryLanguage: 'CWLI',
    status: statusOf(query),
    createTime: createdAtMs,
    logGroupName: groups[0]?.name,
  }
}
