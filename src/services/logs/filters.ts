import type { LogsCall } from './declare.ts'
import { type FilterDocument, type GroupDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { patternOf } from './patterns.ts'
import { quotas } from './quotas.ts'

interface FilterInput {
  readonly filterName: string
  readonly filterPattern: string
  readonly applyOnTransformedLogs?: boolean | undefined
  readonly fieldSelectionCriteria?: string | undefined
}

/**
 * What both kinds of filters have in common. One that is put again goes on where it was. Faults: InvalidParameterException;
 * LimitExceededException for a sixth pattern of the group with regular expressions.
 */
export function newFilter(
  call: LogsCall,
  group: GroupDocument,
  input: FilterInput,
  known: FilterDocument | undefined,
  cursor: FilterDocument['cursor'],
): FilterDocument {
  const { filterName, filterPattern } = input
  if (input.applyOnTransformedLogs) throw faults.invalid('applyOnTransformedLogs is not supported.')
  if (input.fieldSelectionCriteria) throw faults.invalid('fieldSelectionCriteria is not supported.')
  if (patternOf(filterPattern).regularExpressions > 0) requireRoomForExpressions(call, group, filterName)
  return {
    groupId: group.id,
    groupName: group.name,
    filterName,
    filterPattern,
    createdAtMs: known?.createdAtMs ?? call.nowMs,
    cursor: known?.cursor ?? cursor,
  }
}

function requireRoomForExpressions(call: LogsCall, group: GroupDocument, except: string): void {
  const prefix = within(group, '')
  const patterns = [
    ...call.metricFilters.list({ prefix }),
    ...call.subscriptionFilters.list({ prefix }),
  ].filter(
    ({ document }) =>
      document.filterName !== except && patternOf(document.filterPattern).regularExpressions > 0,
  )
  if (patterns.length >= quotas.regularExpressionPatternsPerGroup)
    throw faults.limit('A log group may have 5 filter patterns with regular expressions.')
}
