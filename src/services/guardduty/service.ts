import { service, type Service } from '#core/service.ts'
import type { GuardDutyParts } from './declare.ts'
import * as destinations from './destinations/destinations.ts'
import * as detectors from './detectors.ts'
import * as filters from './filters.ts'
import * as changes from './findings/changes.ts'
import * as findings from './findings/findings.ts'
import * as samples from './findings/samples.ts'
import * as statistics from './findings/statistics.ts'
import * as ipSets from './lists/ip-sets.ts'
import * as threatEntitySets from './lists/threat-entity-sets.ts'
import * as threatIntelSets from './lists/threat-intel-sets.ts'
import * as trustedEntitySets from './lists/trusted-entity-sets.ts'
import * as administrator from './members/administrator.ts'
import * as memberDetectors from './members/member-detectors.ts'
import * as members from './members/members.ts'
import * as tags from './tags.ts'

const relations = [members, memberDetectors, administrator]
const lists = [ipSets, threatIntelSets, threatEntitySets, trustedEntitySets]

/** GuardDuty: threat detection over the account's records, and its findings. */
export function createGuardDutyService(parts: GuardDutyParts): Service {
  return service({
    model: 'guardduty',
    files: [
      detectors,
      findings,
      changes,
      statistics,
      samples,
      filters,
      ...lists,
      destinations,
      ...relations,
      tags,
    ],
    parts,
  })
}
