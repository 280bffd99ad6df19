import { guardduty, type GuardDutyCall, onAll } from '../declare.ts'
import type { FindingDocument } from '../documents.ts'
import { findDetector } from '../find.ts'
import { requireNoAdministrator } from '../members/relations.ts'
import { withArchived } from './aggregate.ts'
import { findingsById } from './find-findings.ts'

/**
 * Archives findings: what goes on after that is a new finding. Faults: BadRequestException; a member's findings are its administrator's.
 */
export const ArchiveFindings = guardduty('ArchiveFindings', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ArchiveFindings'),
  run({ input: { FindingIds }, call }) {
    requireNoAdministrator(call)
    change(call, FindingIds, (one) => ({
      ...one,
      ...{ archived: true, suppressed: false, dueAtMs: undefined },
      finding: withArchived(one.finding, true),
    }))
    return {}
  },
})

/** Faults: BadRequestException. */
export const UnarchiveFindings = guardduty('UnarchiveFindings', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('UnarchiveFindings'),
  run({ input: { FindingIds }, call }) {
    requireNoAdministrator(call)
    change(call, FindingIds, (one) => ({
      ...one,
      ...{ archived: false, suppressed: false },
      finding: withArchived(one.finding, false),
    }))
    return {}
  },
})

/** Faults: BadRequestException. Differs: comments are not kept, as nothing shows them. */
export const UpdateFindingsFeedback = guardduty('UpdateFindingsFeedback', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('UpdateFindingsFeedback'),
  run({ input: { FindingIds, Feedback }, call }) {
    change(call, FindingIds, (one) => ({
      ...one,
      finding: {
        ...one.finding,
        service: { ...(one.finding['service'] as object), userFeedback: Feedback }, // Of the schema.
      },
    }))
    return {}
  },
})

function change(
  call: GuardDutyCall,
  ids: readonly string[],
  changed: (document: FindingDocument) => FindingDocument,
): void {
  for (const { account, document } of findingsById(call, ids))
    call.findings.in(account).put(document.id, changed(document))
}
