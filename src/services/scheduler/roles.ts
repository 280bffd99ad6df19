import type { Arn } from '#core/arn.ts'
import { passedRoles } from '#core/passed-roles.ts'
import { principal } from './declare.ts'
import { faults } from './faults.ts'

/** The roles of schedules; what they are assumed for is a schedule's group. Faults: ValidationException. */
export const { findRole, passRole, assertAssumable } = passedRoles(principal, 'scheduler-check', faults.role)

/** How Scheduler acts as a schedule's role: policies may ask for the schedule's group. Source: User Guide, "Confused deputy prevention". */
export function asRole(roleArn: string, groupArn: Arn) {
  return { kind: 'role', principal, sourceArn: groupArn, roleArn, sessionName: 'scheduler' } as const
}
