import { type Arn, arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/cloudtrail.d.ts'
import type { Lake } from '#telemetry/sql/index.ts'
import { type EventDataStoreDocument, eventDataStores, queries } from './documents.ts'
import { faults } from './faults.ts'
import { keptMs } from './quotas.ts'

/** What CloudTrail Lake is made with. */
export interface LakeParts {
  readonly lake: Pick<Lake, 'check' | 'results'>
}

const tables = { eventDataStores, queries }

/** Declares an operation of CloudTrail Lake. */
export const lake = operationsOf<Operations, LakeParts>()('cloudtrail', tables, 'regional')

/** A call to CloudTrail Lake. */
export type LakeCall = Call & TablesOf<typeof tables> & { readonly parts: LakeParts }

export function on(action: string, resource: Resource) {
  return { action: `cloudtrail:${action}`, resource }
}

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Source: AWS service reference, cloudtrail, eventdatastore. */
export function storeArn({ partition, region, account }: Call, id: string): Arn {
  return arn({ partition, service: 'cloudtrail', region, account, resource: `eventdatastore/${id}` })
}

/** A data store by its ARN or the id at its end. Faults: EventDataStoreARNInvalidException. */
export function findStore(
  call: Call & Pick<LakeCall, 'eventDataStores'>,
  given: string,
): EventDataStoreDocument | Missing {
  const id = given.slice(given.lastIndexOf('/') + 1)
  if (!idForm.test(id) || (id !== given && given !== storeArn(call, id))) throw faults.storeArn(given)
  const found = call.eventDataStores.get(id)
  return found && !isGone(found, call.nowMs) ? found : new Missing(storeArn(call, id), faults.noStore(given))
}

/** Whether the time to restore a data store is over. */
export function isGone({ deletedAtMs }: EventDataStoreDocument, nowMs: number): boolean {
  return deletedAtMs !== undefined && deletedAtMs + keptMs.deletedStores <= nowMs
}
