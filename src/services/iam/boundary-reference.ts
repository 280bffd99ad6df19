import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { AttachedPermissionsBoundary } from '#models/iam.d.ts'
import { faults } from './faults.ts'
import { managedPolicyText } from './managed-policy-text.ts'

/**
 * The policy that a call names as a permissions boundary, if it names one: a customer's of the same account, or AWS's own.
 * Faults: NoSuchEntityException, once the call itself was authorized.
 */
export function findBoundary(
  { tx, account }: Pick<Call, 'tx' | 'account'>,
  named: string | undefined,
): Resource | Missing | undefined {
  if (named === undefined) return undefined
  const arn = named as Arn // What is no ARN is not found, and nothing is done with it.
  const owner = named.split(':')[4]
  const usable = (owner === account || owner === 'aws') && managedPolicyText(tx, named) !== undefined
  return usable ? { arn } : new Missing(arn, faults.noSuchBoundary(named))
}

/** A boundary as answers show it. */
export function attachedBoundary(boundary: Arn | undefined): AttachedPermissionsBoundary | undefined {
  return (
    boundary && { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary }
  )
}
