import { onAll } from './access.ts'
import { logs } from './declare.ts'
import { faults } from './faults.ts'
import { pageOf, pageOfTable } from './paging.ts'

/**
 * Lists groups by name. A pattern is one to five texts with `|` between them, each found anywhere in a name, or with `^` at its beginning.
 * Faults: InvalidParameterException for what is looked for and not kept here: linked accounts, data sources, indexes.
 */
export const ListLogGroups = logs('ListLogGroups', {
  access: () => onAll('ListLogGroups'),
  run({ input, call }) {
    const { logGroupNamePattern, logGroupClass, limit, nextToken, logGroupTags = [] } = input
    if (input.includeLinkedAccounts || input.accountIdentifiers?.length)
      throw faults.invalid('Linked accounts are not supported.')
    if (input.dataSources?.length || input.fieldIndexNames?.length || logGroupTags.length > 0)
      throw faults.invalid('Groups are listed by name and class alone.')
    const fits = nameTest(logGroupNamePattern)
    const { items, ...more } = pageOfTable(call.groups, {
      ...{ nextToken, limit },
      where: (group) => fits(group.name) && (logGroupClass ?? group.logGroupClass) === group.logGroupClass,
    })
    const logGroups = items.map(({ name, arn, logGroupClass: kind }) => ({
      logGroupName: name,
      logGroupArn: arn,
      logGroupClass: kind,
    }))
    return { logGroups, ...more }
  },
})

/** The model lets through only such patterns: letters, digits, `.-_/#`, `^` and `|`. */
function nameTest(pattern: string | undefined): (name: string) => boolean {
  const parts = pattern?.split('|')
  return (name) =>
    parts?.some((part) => (part.startsWith('^') ? name.startsWith(part.slice(1)) : name.includes(part))) ??
    true
}

/** Lists the groups that a query is over. Faults: ResourceNotFoundException. */
export const ListLogGroupsForQuery = logs('ListLogGroupsForQuery', {
  access: () => onAll('ListLogGroupsForQuery'),
  run({ input: { queryId, maxResults: limit, nextToken }, call }) {
    const query = call.queries.get(queryId)
    if (!query) throw faults.noQuery()
    const names = query.groups.map(({ name }) => name)
    const { items, ...more } = pageOf(names, (name) => name, { nextToken, limit })
    return { logGroupIdentifiers: items, ...more }
  },
})
