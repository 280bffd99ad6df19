import { service, type Service } from '#core/service.ts'
import type { QueryableAuditTrail } from '#telemetry/index.ts'
import { lookupEvents } from './lookup-events.ts'

/** CloudTrail: what was done, by whom. The event history; trails come later. */
export function createCloudTrailService({ trail }: { trail: Pick<QueryableAuditTrail, 'query'> }): Service {
  return service({ model: 'cloudtrail', files: [{ LookupEvents: lookupEvents(trail) }] })
}
