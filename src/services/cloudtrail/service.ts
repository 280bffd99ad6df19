import { service, type Service } from '#core/service.ts'
import type { QueryableAuditTrail } from '#telemetry/index.ts'
import type { CloudTrailParts } from './declare.ts'
import * as describeTrails from './describe-trails.ts'
import * as eventSelectors from './event-selectors.ts'
import type { LakeParts } from './lake/declare.ts'
import * as eventDataStores from './lake/event-data-stores.ts'
import * as queries from './lake/queries.ts'
import * as logging from './logging.ts'
import { lookupEvents } from './lookup-events.ts'
import * as tags from './tags.ts'
import * as trails from './trails.ts'

/** CloudTrail: what was done, by whom. The event history, trails that deliver it, and SQL over it. */
export function createCloudTrailService({
  audit,
  ...others
}: Omit<CloudTrailParts, 'audit'> &
  LakeParts & {
    readonly audit: Pick<QueryableAuditTrail, 'query' | 'end'>
  }): Service {
  return service({
    model: 'cloudtrail',
    files: [
      { LookupEvents: lookupEvents(audit) },
      trails,
      describeTrails,
      logging,
      eventSelectors,
      tags,
      eventDataStores,
      queries,
    ],
    parts: { audit, ...others },
  })
}
