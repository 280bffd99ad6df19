import { service, type Service } from '#core/service.ts'
import type { GuardDutyParts } from './declare.ts'
import * as detectors from './detectors.ts'
import * as filters from './filters.ts'
import * as changes from './findings/changes.ts'
import * as findings from './findings/findings.ts'
import * as samples from './findings/samples.ts'
import * as statistics from './findings/statistics.ts'

/** GuardDuty: threat detection over the account's records, and its findings. */
export function createGuardDutyService(parts: GuardDutyParts): Service {
  return service({
    model: 'guardduty',
    files: [detectors, findings, changes, statistics, samples, filters],
    parts,
  })
}
