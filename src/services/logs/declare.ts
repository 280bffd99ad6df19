import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Reader } from '#core/store/index.ts'
import type { TablesOf } from '#core/tables.ts'
import type { World } from '#core/world.ts'
import type { Operations } from '#models/logs.d.ts'
import type { LogStore } from '#telemetry/index.ts'
import {
  deliveries,
  deliveryDestinations,
  deliverySources,
  groups,
  metricFilters,
  queries,
  queryDefinitions,
  resourcePolicies,
  streams,
  subscriptionFilters,
} from './documents.ts'

/** What CloudWatch Logs is made with. */
export interface LogsParts {
  readonly logs: LogStore
  readonly principals: PrincipalNames
  /** How data keys are made and opened: as the service, which the key's policy must let in. */
  readonly callAsService: CallAsService
  readonly world: Pick<World, 'after'>
  /** The documents as they are now: sessions that go on behind their call look at them. */
  readonly read: Reader
  /** Whether the server stops: sessions end then. */
  readonly isEnding?: (() => boolean) | undefined
  /** What log deliveries can be made for: whether a load balancer of this ARN is there. */
  readonly loadBalancerExists: (reader: Reader, arn: Arn) => boolean
}

const tables = {
  groups,
  streams,
  metricFilters,
  subscriptionFilters,
  resourcePolicies,
  queries,
  queryDefinitions,
  deliverySources,
  deliveryDestinations,
  deliveries,
}

/** Declares an operation of CloudWatch Logs. */
export const logs = operationsOf<Operations, LogsParts>()('logs', tables, 'regional')

/** A call to CloudWatch Logs. */
export type LogsCall = Call & TablesOf<typeof tables> & { readonly parts: LogsParts }
