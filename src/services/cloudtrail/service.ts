import { service, type Service } from '#core/service.ts'
import type { QueryableAuditTrail } from '#telemetry/index.ts'
import type { LakeParts } from './lake/declare.ts'
import * as eventDataStores from './lake/event-data-stores.ts'
import * as queries from './lake/queries.ts'
import { lookupEvents } from './lookup-events.ts'

interface CloudTrailParts extends LakeParts {
  readonly trail: Pick<QueryableAuditTrail, 'query'>
}

/** CloudTrail: what was done, by whom. The event history, and SQL over it. */
export function createCloudTrailService({ trail, ...parts }: CloudTrailParts): Service {
  return service({
    model: 'cloudtrail',
    files: [{ LookupEvents: lookupEvents(trail) }, eventDataStores, queries],
    parts,
  })
}
