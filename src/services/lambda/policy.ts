import type { AccountId } from '#core/arn.ts'
import type { ResourcePolicy } from '#core/resource.ts'
import type { LambdaCall } from './declare.ts'
import type { PolicyDocument } from './documents.ts'
import { idOf } from './names.ts'

/** The policy on a function, or on one qualifier of it; a policy on the one says nothing of the other. */
export function resourcePolicyOf(
  call: LambdaCall,
  account: AccountId,
  name: string,
  qualifier: string | undefined,
): ResourcePolicy | undefined {
  const policy = call.policies.in(account).get(idOf(name, qualifier))
  return policy && { kind: 'resource', text: policyText(policy), required: false }
}

export function policyText({ statements }: Pick<PolicyDocument, 'statements'>): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })
}
