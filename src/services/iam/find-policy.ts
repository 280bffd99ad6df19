import { type Arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { Fault } from '#core/fault.ts'
import { Missing } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import { type AwsManagedPolicy, awsManagedPolicy } from './aws-managed.ts'
import { idOf, type ManagedPolicy } from './documents.ts'
import { faults } from './faults.ts'

/** A managed policy, whoever manages it. */
export type AnyPolicy = ManagedPolicy | AwsManagedPolicy

type Place = Pick<Call, 'partition' | 'account'> & { readonly policies: Table<ManagedPolicy> }

/**
 * The managed policy of an ARN, a customer's of the caller's account or AWS's, or what to authorize in its place.
 * Faults: InvalidInputException for what is no ARN of a policy; `missing` once the caller was authorized.
 */
export function findPolicy(
  call: Place,
  named: string,
  missing: (arn: string) => Fault = faults.noSuchPolicy,
): AnyPolicy | Missing {
  const arn = policyArn(named)
  const { partition, account } = parseArn(arn) ?? {}
  if (partition === call.partition && account === 'aws') {
    const policy = awsManagedPolicy(arn)
    if (policy) return policy
  }
  const policy = account === call.account ? call.policies.get(idOf(nameOf(arn))) : undefined
  return policy?.arn === arn ? policy : new Missing(arn, missing(arn)) // Another path is another ARN.
}

/** A policy that its account may change; AWS's own are refused once the caller was authorized. */
export function findOwnPolicy(
  call: Place,
  named: string,
  missing?: (arn: string) => Fault,
): ManagedPolicy | Missing {
  const policy = findPolicy(call, named, missing)
  return isAwsManaged(policy) ? new Missing(policy.arn, faults.policyOfAws(named)) : policy
}

export function isAwsManaged(policy: AnyPolicy | Missing): policy is AwsManagedPolicy {
  return 'kind' in policy
}

/** Faults: InvalidInputException. */
export function policyArn(named: string): Arn {
  const parts = parseArn(named)
  if (parts?.service !== 'iam' || !parts.resource.startsWith('policy/')) throw faults.invalidArn(named)
  return named as Arn // Read as one in the line before.
}

/** The name in a policy's ARN. */
export function nameOf(arn: Arn): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** The path in a policy's ARN: `/` or `/division/`. */
export function pathOf(arn: Arn): string {
  return arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1)
}
