import { service, type Service } from '#core/service.ts'
import type { LogsParts } from './declare.ts'
import * as configurationTemplates from './configuration-templates.ts'
import * as deliveries from './deliveries.ts'
import * as deliveryDestinations from './delivery-destinations.ts'
import * as deliverySources from './delivery-sources.ts'
import * as encryption from './encryption.ts'
import * as filterEvents from './filter-events.ts'
import * as getEvents from './get-events.ts'
import * as groupLists from './group-lists.ts'
import * as groups from './groups.ts'
import * as liveTail from './live-tail.ts'
import * as logRecords from './log-records.ts'
import * as metricFilters from './metric-filters.ts'
import * as putEvents from './put-events.ts'
import * as queries from './queries.ts'
import * as queryDefinitions from './query-definitions.ts'
import * as resourcePolicies from './resource-policies.ts'
import * as streams from './streams.ts'
import * as subscriptionFilters from './subscription-filters.ts'
import * as tags from './tags.ts'

/** CloudWatch Logs: groups and streams of log events, found again by pattern and query. */
export function createLogsService(parts: LogsParts): Service {
  return service({
    model: 'logs',
    files: [
      configurationTemplates,
      deliveries,
      deliveryDestinations,
      deliverySources,
      encryption,
      filterEvents,
      getEvents,
      groupLists,
      groups,
      liveTail,
      logRecords,
      metricFilters,
      putEvents,
      queries,
      queryDefinitions,
      resourcePolicies,
      streams,
      subscriptionFilters,
      tags,
    ],
    parts,
  })
}
