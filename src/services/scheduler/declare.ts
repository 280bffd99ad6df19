import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/scheduler.d.ts'
import type { ServiceName } from '#wire/index.ts'
import { groups, schedules } from './documents.ts'

/** What the operations of Scheduler need beside their call. */
export interface SchedulerParts {
  /** The roles that targets are given. */
  readonly roles: Pick<AssumableRoles, 'role'>
  /** Asked whether Scheduler may assume a role. */
  readonly callAsService: CallAsService
  /** Whether an operation is there to be called. */
  readonly implemented: (service: ServiceName, operation: string) => boolean
}

const tables = { groups, schedules }

/** Declares an operation of Scheduler. */
export const scheduler = operationsOf<Operations, SchedulerParts>()('scheduler', tables, 'regional')

/** A call to Scheduler. */
export type SchedulerCall = Call & TablesOf<typeof tables> & { readonly parts: SchedulerParts }

/** Under which name Scheduler assumes roles. */
export const principal = 'scheduler.amazonaws.com'

/** What an action needs on one thing. */
export function on(action: keyof Operations, resource: Resource) {
  return { action: `scheduler:${action}`, resource }
}

/** Of operations that list things: AWS authorizes them on everything. */
export function onAll(action: keyof Operations) {
  return [{ action: `scheduler:${action}`, resource: '*' as const }]
}
