import type { Arn } from '#core/arn.ts'
import type { Missing } from '#core/resource.ts'
import type { AttachedPermissionsBoundary, PermissionsBoundaryAttachmentType } from '#models/iam.d.ts'
import { faults } from './faults.ts'
import { type AnyPolicy, findPolicy } from './find-policy.ts'

/**
 * The policy that a call names as a permissions boundary, if it names one: a customer's of the same account, or AWS's own.
 * Faults: NoSuchEntityException, once the call itself was authorized; InvalidInputException for what is no policy's ARN.
 */
export function findBoundary(
  call: Parameters<typeof findPolicy>[0],
  named: string | undefined,
): AnyPolicy | Missing | undefined {
  return named === undefined ? undefined : findPolicy(call, named, faults.noSuchBoundary)
}

/** A boundary as answers show it. Source: IAM API Reference, AttachedPermissionsBoundary: the type is `Policy`. */
export function attachedBoundary(boundary: Arn | undefined): AttachedPermissionsBoundary | undefined {
  return boundary && { PermissionsBoundaryType: type, PermissionsBoundaryArn: boundary }
}

// The model lists another word, which AWS never answers.
const type = 'Policy' as string as PermissionsBoundaryAttachmentType
