import type { Arn } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { Access } from '#core/operation.ts'
import { type LambdaCall, principal } from './declare.ts'
import { faults } from './faults.ts'

/** The role that a caller passes to a function. */
export function findRole(call: LambdaCall, roleArn: string): Resource | Missing {
  const role = call.parts.roles.role(call.tx, roleArn)
  return role?.account === call.account ? role : new Missing(roleArn as Arn, faults.role()) // The model's pattern is that of a role's ARN.
}

/** Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service". */
export function passRole(role: Resource): Access {
  return { action: 'iam:PassRole', resource: role, conditions: { 'iam:PassedToService': principal } }
}

/** Whether Lambda can assume the role, which is tried. Faults: InvalidParameterValueException. */
export async function assertAssumable(call: LambdaCall, role: Resource, functionArn: Arn): Promise<void> {
  const answer = await call.parts.callAsService({
    service: 'sts',
    operation: 'AssumeRole',
    input: { RoleArn: role.arn, RoleSessionName: 'awslambda-check', DurationSeconds: 900 },
    account: call.account,
    region: call.region,
    as: { kind: 'service', principal, sourceArn: functionArn },
  })
  if (!answer.ok) throw faults.role()
}
