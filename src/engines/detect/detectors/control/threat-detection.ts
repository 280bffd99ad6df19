import type { CloudTrailRecord } from '../../records.ts'
import { text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const disabled = 'DefenseEvasion:IAMUser/ThreatDetectionDisabled'
const listRemoved = 'DefenseEvasion:IAMUser/ThreatListRemoved'
const suppressed = 'DefenseEvasion:IAMUser/FindingsSuppressed'

/** GuardDuty itself is switched off, in this account or for its members. Source: GuardDuty API Reference. */
export const threatDetection = callDetector({
  name: 'threat-detection',
  events: [
    ...['guardduty:DeleteDetector', 'guardduty:UpdateDetector', 'guardduty:DeletePublishingDestination'],
    ...['guardduty:DisassociateMembers', 'guardduty:DeleteMembers', 'guardduty:StopMonitoringMembers'],
    ...['guardduty:DisassociateFromAdministratorAccount', 'guardduty:DisassociateFromMasterAccount'],
  ],
  finds: {
    [disabled]: {
      severity: 7,
      title: 'Threat detection was weakened by {api}.',
      description: '{userName} called {api} on the detector {detectorId}.',
      remediation: [
        {
          text: 'Enable the detector again.',
          command: 'aws guardduty update-detector --detector-id {detectorId} --enable --region {region}',
        },
        ...undo(
          'If it was deleted, create a new one.',
          'aws guardduty create-detector --enable --region {region}',
        ),
      ],
    },
  },
  see(record) {
    const { requestParameters, eventName } = record
    if (eventName === 'UpdateDetector' && value(requestParameters, 'enable') !== false) return undefined
    return { type: disabled, ...ofDetector(record) }
  },
})

/** A list of threats is deleted or switched off. */
export const threatLists = callDetector({
  name: 'threat-lists',
  events: [
    ...['guardduty:DeleteThreatIntelSet', 'guardduty:UpdateThreatIntelSet', 'guardduty:DeleteIPSet'],
    ...['guardduty:DeleteThreatEntitySet', 'guardduty:UpdateThreatEntitySet'],
  ],
  finds: {
    [listRemoved]: {
      severity: 5,
      title: 'A list of GuardDuty was removed: {list}.',
      description: '{userName} called {api} on the list {list} of the detector {detectorId}.',
      remediation: undo(
        'See which lists are left, and put back what is missing.',
        'aws guardduty list-threat-intel-sets --detector-id {detectorId} --region {region}',
      ),
    },
  },
  see(record) {
    const { requestParameters, eventName } = record
    if (eventName.startsWith('Update') && value(requestParameters, 'activate') !== false) return undefined
    const list =
      text(requestParameters, 'threatIntelSetId') ??
      text(requestParameters, 'threatEntitySetId') ??
      text(requestParameters, 'ipSetId') ??
      ''
    return { type: listRemoved, about: list, values: { ...ofDetector(record).values, list } }
  },
})

/** A filter archives findings as they come, whatever they are. */
export const findingFilters = callDetector({
  name: 'finding-filters',
  events: ['guardduty:CreateFilter', 'guardduty:UpdateFilter'],
  finds: {
    [suppressed]: {
      severity: 7,
      title: 'A filter of GuardDuty archives all findings: {filter}.',
      description: '{userName} called {api}: the filter {filter} archives findings whatever they are of.',
      remediation: undo(
        'Delete the filter.',
        'aws guardduty delete-filter --detector-id {detectorId} --filter-name {filter} --region {region}',
      ),
    },
  },
  see(record) {
    const { requestParameters } = record
    if (text(requestParameters, 'action') !== 'ARCHIVE' || !isOfAll(record)) return undefined
    const filter = text(requestParameters, 'name') ?? text(requestParameters, 'filterName') ?? ''
    return { type: suppressed, about: filter, values: { ...ofDetector(record).values, filter } }
  },
})

/** Fields that every finding has: a condition on them alone selects none from another. */
const ofEveryFinding: ReadonlySet<string> = new Set([
  ...['service.archived', 'severity', 'accountId', 'region', 'updatedAt'],
])

function isOfAll({ requestParameters }: CloudTrailRecord): boolean {
  const criterion = value(requestParameters, 'findingCriteria', 'criterion')
  if (typeof criterion !== 'object' || criterion === null) return true
  return Object.entries(criterion).every(([field, condition]) =>
    field === 'severity' ? isOfSevere(condition) : ofEveryFinding.has(field),
  )
}

/** Where high ones are archived too: archiving the low ones alone is housekeeping. */
function isOfSevere(condition: unknown): boolean {
  const below = ['lt', 'lte', 'lessThan', 'lessThanOrEqual'].map((name) => value(condition, name))
  const equals = [value(condition, 'eq'), value(condition, 'equals')]
    .flat()
    .filter((one) => one !== undefined)
  return (
    below.every((most) => most === undefined || Number(most) >= 7) &&
    (equals.length === 0 || equals.some((one) => Number(one) >= 7))
  )
}

function ofDetector({ requestParameters }: CloudTrailRecord) {
  const detectorId = text(requestParameters, 'detectorId')
  return { about: detectorId ?? '', values: detectorId === undefined ? {} : { detectorId } }
}
