import type { Arn } from '#core/arn.ts'
import type { Access } from '#core/operation.ts'
import { Missing, type Resource } from '#core/resource.ts'
import { principal, type SchedulerCall } from './declare.ts'
import { faults } from './faults.ts'

/** The role that a caller passes to a schedule. */
export function findRole(call: SchedulerCall, roleArn: string): Resource | Missing {
  const role = call.parts.roles.role(call.tx, roleArn)
  // The model's pattern is that of a role's ARN.
  return role?.account === call.account ? role : new Missing(roleArn as Arn, faults.role())
}

/** Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service". */
export function passRole(role: Resource): Access {
  return { action: 'iam:PassRole', resource: role, conditions: { 'iam:PassedToService': principal } }
}

/** How Scheduler acts as a schedule's role: policies may ask for the schedule's group. Source: User Guide, "Confused deputy prevention". */
export function asRole(roleArn: string, groupArn: Arn) {
  return { kind: 'role', principal, sourceArn: groupArn, roleArn, sessionName: 'scheduler' } as const
}

/** Whether Scheduler can assume the role, which is tried. Faults: ValidationException. */
export async function assertAssumable(call: SchedulerCall, role: Resource, groupArn: Arn): Promise<void> {
  const answer = await call.parts.callAsService({
    service: 'sts',
    operation: 'AssumeRole',
    input: { RoleArn: role.arn, RoleSessionName: 'scheduler-check', DurationSeconds: 900 },
    account: call.account,
    region: call.region,
    as: { kind: 'service', principal, sourceArn: groupArn },
  })
  if (!answer.ok) throw faults.role()
}
