import { Missing } from '#core/resource.ts'
import { guardduty, type GuardDutyCall, on, onAll } from './declare.ts'
import type { FilterDocument } from './documents.ts'
import { faults } from './faults.ts'
import { detectorArn, findDetector } from './find.ts'
import { compileCriteria } from './findings/criteria.ts'
import { requireNoAdministrator } from './members/relations.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'
import { tagsOf } from './tag-list.ts'

/**
 * Keeps criteria under a name. With the action ARCHIVE new findings that meet them are archived, and nobody is told of them.
 * Faults: BadRequestException.
 * Source: GuardDuty API Reference, CreateFilter; User Guide, "Suppression rules".
 */
export const CreateFilter = guardduty('CreateFilter', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (_, { DetectorId, Name, Tags }, call) => [
    on('CreateFilter', { arn: detectorArn(call, DetectorId, 'filter', Name) }, { requestTags: tagsOf(Tags) }),
  ],
  run({ target: detector, input, call }) {
    const { Name, Description, Action = 'NOOP', Rank, FindingCriteria, Tags } = input
    requireNoAdministrator(call)
    compileCriteria(FindingCriteria)
    if (call.filters.get(Name)) throw faults.exists('filter')
    if (!call.filters.hasRoom(quotas.filters)) throw faults.limit('filters', quotas.filters)
    const filter: FilterDocument = {
      ...{ arn: detectorArn(call, detector.id, 'filter', Name), detectorId: detector.id, name: Name },
      ...{ description: Description, action: Action, rank: Rank ?? call.filters.count() + 1 },
      ...{ criteria: plain(FindingCriteria), tags: tagsOf(Tags) },
      ...{ createdAtMs: call.nowMs, updatedAtMs: call.nowMs },
    }
    call.filters.put(Name, filter)
    return { Name }
  },
})

/** Faults: BadRequestException. */
export const GetFilter = guardduty('GetFilter', {
  target: ({ DetectorId, FilterName }, call) => findFilter(call, DetectorId, FilterName),
  access: (filter) => [on('GetFilter', filter)],
  run: ({ target: filter }) => ({
    ...{ Name: filter.name, Description: filter.description, Action: filter.action, Rank: filter.rank },
    ...{ FindingCriteria: filter.criteria, Tags: filter.tags },
    ...{ CreatedAt: new Date(filter.createdAtMs), UpdatedAt: new Date(filter.updatedAtMs) },
  }),
})

export const ListFilters = guardduty('ListFilters', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListFilters'),
  run({ input, call }) {
    const byRank = call.filters.list().toSorted((one, other) => one.document.rank - other.document.rank)
    const { items, NextToken } = pageOf(byRank, ({ id }) => id, input)
    return { FilterNames: items.map(({ id }) => id), NextToken: NextToken ?? '' }
  },
})

/** Faults: BadRequestException. */
export const UpdateFilter = guardduty('UpdateFilter', {
  target: ({ DetectorId, FilterName }, call) => findFilter(call, DetectorId, FilterName),
  access: (filter) => [on('UpdateFilter', filter)],
  run({ target: filter, input: { Description, Action, Rank, FindingCriteria }, call }) {
    requireNoAdministrator(call)
    compileCriteria(FindingCriteria)
    call.filters.put(filter.name, {
      ...filter,
      description: Description ?? filter.description,
      action: Action ?? filter.action,
      rank: Rank ?? filter.rank,
      criteria: FindingCriteria ? plain(FindingCriteria) : filter.criteria,
      updatedAtMs: call.nowMs,
    })
    return { Name: filter.name }
  },
})

/** Faults: BadRequestException. */
export const DeleteFilter = guardduty('DeleteFilter', {
  target: ({ DetectorId, FilterName }, call) => findFilter(call, DetectorId, FilterName),
  access: (filter) => [on('DeleteFilter', filter)],
  run({ target: filter, call }) {
    call.filters.delete(filter.name)
    return {}
  },
})

function findFilter(call: GuardDutyCall, detectorId: string, name: string): FilterDocument | Missing {
  const arn = detectorArn(call, detectorId, 'filter', name)
  if (!call.detectors.get(detectorId)) return new Missing(arn, faults.noDetector())
  return call.filters.get(name) ?? new Missing(arn, faults.noFilter())
}

/** As documents are kept: ordinary objects. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value // Of JSON's own types.
}
