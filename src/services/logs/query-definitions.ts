import { uuid } from '#core/ids.ts'
import type { QueryDefinition } from '#models/logs.d.ts'
import { onAll } from './access.ts'
import { logs } from './declare.ts'
import type { QueryDefinitionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'

/** Keeps a query under a name; with an id, in place of the one that has it. Faults: ResourceNotFoundException; LimitExceededException. */
export const PutQueryDefinition = logs('PutQueryDefinition', {
  access: () => onAll('PutQueryDefinition'),
  run({ input, call }) {
    const { name, queryString, logGroupNames = [], queryDefinitionId: known, queryLanguage = 'CWLI' } = input
    if (queryLanguage !== 'CWLI')
      throw faults.invalid(`The query language ${queryLanguage} is not supported.`)
    if (input.parameters !== undefined && input.parameters.length > 0)
      throw faults.invalid('Parameters of queries are not supported.')
    if (known !== undefined && !call.queryDefinitions.get(known)) throw faults.noQueryDefinition()
    if (known === undefined && !call.queryDefinitions.hasRoom(quotas.queryDefinitions)) throw faults.limit()
    const queryDefinitionId = known ?? uuid(call.randomBytes)
    const lastModifiedMs = call.nowMs
    call.queryDefinitions.put(queryDefinitionId, {
      ...{ queryDefinitionId, name, queryString, logGroupNames, lastModifiedMs },
    })
    return { queryDefinitionId }
  },
})

export const DeleteQueryDefinition = logs('DeleteQueryDefinition', {
  access: () => onAll('DeleteQueryDefinition'),
  run({ input: { queryDefinitionId }, call }) {
    if (!call.queryDefinitions.get(queryDefinitionId)) throw faults.noQueryDefinition()
    call.queryDefinitions.delete(queryDefinitionId)
    return { success: true }
  },
})

export const DescribeQueryDefinitions = logs('DescribeQueryDefinitions', {
  access: () => onAll('DescribeQueryDefinitions'),
  run({ input, call }) {
    const {
      queryDefinitionNamePrefix = '',
      maxResults: limit = 1_000,
      nextToken,
      queryLanguage = 'CWLI',
    } = input
    const { items, ...more } = pageOfTable(call.queryDefinitions, {
      ...{ nextToken, limit },
      where: ({ name }) => queryLanguage === 'CWLI' && name.startsWith(queryDefinitionNamePrefix),
    })
    return { queryDefinitions: items.map(shown), ...more }
  },
})

function shown({ lastModifiedMs, ...definition }: QueryDefinitionDocument): QueryDefinition {
  return { ...definition, queryLanguage: 'CWLI', lastModified: lastModifiedMs }
}
