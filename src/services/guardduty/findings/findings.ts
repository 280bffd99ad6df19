import { guardduty, onAll } from '../declare.ts'
import { findDetector } from '../find.ts'
import { pageOf } from '../paging.ts'
import { findingsById, findingsThat, shown, sorted } from './find-findings.ts'

/**
 * The ids of findings that criteria mean, sorted; the newest first unless the request says otherwise.
 * Faults: BadRequestException.
 */
export const ListFindings = guardduty('ListFindings', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListFindings'),
  run({ target: detector, input, call }) {
    const found = sorted(findingsThat(call, detector, input.FindingCriteria), input.SortCriteria)
    const { items, NextToken } = pageOf(found, ({ document }) => document.id, input)
    return { FindingIds: items.map(({ document }) => document.id), NextToken: NextToken ?? '' }
  },
})

/** Findings by their ids, as they are asked for unless sorted. Faults: BadRequestException. Differs: an id that is not there is refused. */
export const GetFindings = guardduty('GetFindings', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('GetFindings'),
  run({ input: { FindingIds, SortCriteria }, call }) {
    const found = findingsById(call, FindingIds)
    return { Findings: (SortCriteria ? sorted(found, SortCriteria) : found).map(shown) }
  },
})
