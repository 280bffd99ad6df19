import type { Call } from '#core/call.ts'
import { type Access, operationsOf } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/cloudtrail.d.ts'
import type { QueryableAuditTrail } from '#telemetry/index.ts'
import { trails } from './documents.ts'

/** What CloudTrail's operations need beside their call. */
export interface CloudTrailParts {
  /** Told from where on a trail logs. */
  readonly audit: Pick<QueryableAuditTrail, 'end'>
  /** The roles that trails may be given. */
  readonly roles: Pick<AssumableRoles, 'role'>
  /** Asked whether a role may write to a log group. */
  readonly callAsService: CallAsService
}

const tables = { trails }

/** Declares an operation of CloudTrail. */
export const cloudtrail = operationsOf<Operations, CloudTrailParts>()('cloudtrail', tables, 'regional')

/** A call to CloudTrail. */
export type CloudTrailCall = Call & TablesOf<typeof tables> & { readonly parts: CloudTrailParts }

/** The name under which CloudTrail acts. */
export const principal = 'cloudtrail.amazonaws.com'

/** What an action needs on one trail. */
export function on(action: string, { arn, tags }: Resource, more: Partial<Access> = {}): Access {
  return { action: `cloudtrail:${action}`, resource: { arn, tags }, ...more }
}

/** Of operations that list things. */
export function onAll(action: string): readonly Access[] {
  return [{ action: `cloudtrail:${action}`, resource: '*' }]
}
