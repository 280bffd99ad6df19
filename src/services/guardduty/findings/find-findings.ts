import type { Finding, SortCriteria } from '#models/guardduty.d.ts'
import type { GuardDutyCall } from '../declare.ts'
import type { DetectorDocument, FindingDocument, WireFinding } from '../documents.ts'
import { faults } from '../faults.ts'
import { accountsShown } from '../members/relations.ts'
import { quotas } from '../quotas.ts'
import { compileCriteria } from './criteria.ts'
import { fieldKind, fieldValues } from './fields.ts'
import { readFinding } from './wire.ts'

/** A finding with the account whose it is. */
export interface Owned {
  readonly account: GuardDutyCall['account']
  readonly document: FindingDocument
}

/** The findings that a detector shows: its own, and those of the accounts that it administers. */
function shownFindings(call: GuardDutyCall, _detector: DetectorDocument): readonly Owned[] {
  return accountsShown(call).flatMap((account) =>
    call.findings
      .in(account)
      .list()
      .map(({ document }) => ({ account, document })),
  )
}

/** Those of them that criteria mean. Faults: BadRequestException. */
export function findingsThat(
  call: GuardDutyCall,
  detector: DetectorDocument,
  criteria: Parameters<typeof compileCriteria>[0],
): readonly Owned[] {
  const meets = compileCriteria(criteria)
  return shownFindings(call, detector).filter(({ document }) => meets(document.finding))
}

/** Those with these ids. Faults: BadRequestException for one that is not there. */
export function findingsById(call: GuardDutyCall, ids: readonly string[]): readonly Owned[] {
  if (ids.length > quotas.findingIds) throw faults.badParameter('findingIds')
  const accounts = accountsShown(call)
  return [...new Set(ids)].map((id) => {
    for (const account of accounts) {
      const document = call.findings.in(account).get(id)
      if (document) return { account, document }
    }
    throw faults.noFinding(id)
  })
}

/** Sorts by a field, and by id where it is the same. Faults: BadRequestException for a field that findings do not have. */
export function sorted(found: readonly Owned[], criteria: SortCriteria | undefined): readonly Owned[] {
  const { AttributeName = 'updatedAt', OrderBy = 'DESC' } = criteria ?? {}
  const kind = fieldKind(AttributeName)
  if (!kind) throw faults.badParameter('sortCriteria')
  const sign = OrderBy === 'ASC' ? 1 : -1
  const keyed = found.map((one) => ({ one, key: sortKey(one.document.finding, AttributeName, kind) }))
  return keyed
    .sort(
      (left, right) =>
        sign * compare(left.key, right.key) || compare(left.one.document.id, right.one.document.id),
    )
    .map(({ one }) => one)
}

export function shown({ document }: Owned): Finding {
  return readFinding(document.finding)
}

function sortKey(finding: WireFinding, field: string, kind: ReturnType<typeof fieldKind>): string | number {
  const [value] = fieldValues(finding, field)
  if (kind === 'number') return value === undefined ? -Infinity : Number(value)
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : ''
}

function compare(one: string | number, other: string | number): number {
  return one === other ? 0 : one < other ? -1 : 1
}
