import type { AccountId, Arn } from './arn.ts'
import type { Fault } from './fault.ts'
import type { Access } from './operation.ts'
import { Missing, type Resource } from './resource.ts'
import type { AssumableRoles } from './roles.ts'
import type { CallAsService } from './service-calls.ts'
import type { Reader } from './store/index.ts'

/** Leave to give a service a role. Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service". */
export function passRole(role: Resource, service: string): Access {
  return { action: 'iam:PassRole', resource: role, conditions: { 'iam:PassedToService': service } }
}

/** What of a call decides which role it can pass. */
export interface PassingCall {
  readonly tx: Reader
  readonly account: AccountId
  readonly region: string
  readonly parts: { readonly roles: Pick<AssumableRoles, 'role'>; readonly callAsService: CallAsService }
}

/** The roles that a service is given. `refusal`: its fault for one that is not there, or does not let it in. */
export function passedRoles(principal: string, RoleSessionName: string, refusal: () => Fault) {
  return {
    /**
     * A role of the account of what it is given to, by default the caller's: nobody gives another account's things a role of his own.
     * The model's pattern must be that of a role's ARN.
     */
    findRole: (call: PassingCall, roleArn: string, account = call.account): Resource | Missing => {
      const role = call.parts.roles.role(call.tx, roleArn)
      return role?.account === account ? role : new Missing(roleArn as Arn, refusal()) // As said.
    },
    passRole: (role: Resource): Access => passRole(role, principal),
    /** Whether the service can assume the role for what has this ARN, which is tried. Faults: the service's refusal. */
    assertAssumable: async (call: PassingCall, role: Resource, sourceArn: Arn): Promise<void> => {
      const answer = await call.parts.callAsService({
        service: 'sts',
        operation: 'AssumeRole',
        input: { RoleArn: role.arn, RoleSessionName, DurationSeconds: 900 },
        account: call.account,
        region: call.region,
        as: { kind: 'service', principal, sourceArn },
      })
      if (!answer.ok) throw refusal()
    },
  }
}
