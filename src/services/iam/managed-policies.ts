import type { Resource } from '#core/resource.ts'
import type { Policy as ShownPolicy } from '#models/iam.d.ts'
import { awsManagedPolicies } from './aws-managed.ts'
import { iam, idOf, type ManagedPolicy } from './documents.ts'
import { faults } from './faults.ts'
import { type AnyPolicy, findOwnPolicy, findPolicy, isAwsManaged } from './find-policy.ts'
import { iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { pageAcross, type Source } from './paging-across.ts'
import { checkPolicy, sizeOf } from './policy-text.ts'
import { attachmentCount, boundaryCount, isUsed } from './policy-usage.ts'
import { quotas } from './quotas.ts'
import { accessToCreate, tagList, withTags } from './tags.ts'

/**
 * Creates a managed policy, with the document as its version v1.
 *
 * Faults: EntityAlreadyExistsException (one name, whatever the paths); MalformedPolicyDocumentException;
 * LimitExceededException; InvalidInputException for tags.
 */
export const CreatePolicy = iam('CreatePolicy', {
  target: ({ PolicyName, Path = '/' }, call): Resource => ({ arn: iamArn(call, 'policy', Path, PolicyName) }),
  access: (policy, { Tags }) => accessToCreate('iam:CreatePolicy', 'iam:TagPolicy', policy, Tags),
  run({ target: { arn }, input, call }) {
    const { PolicyName, Path = '/', PolicyDocument, Description, Tags } = input
    checkManagedPolicy(PolicyDocument)
    if (call.policies.get(idOf(PolicyName))) throw faults.policyExists(PolicyName)
    if (!call.policies.hasRoom(quotas.policies)) throw faults.quota('PoliciesPerAccount', quotas.policies)
    const policy: ManagedPolicy = {
      arn,
      path: Path,
      policyName: PolicyName,
      policyId: uniqueId('ANPA', call.randomBytes),
      description: Description,
      createdAtMs: call.nowMs,
      updatedAtMs: call.nowMs,
      tags: withTags('Policy', {}, Tags),
      defaultVersionId: 'v1',
      nextVersion: 2,
      versions: [{ versionId: 'v1', createdAtMs: call.nowMs, text: PolicyDocument }],
    }
    call.policies.put(idOf(PolicyName), policy)
    return { Policy: { ...listedPolicy(policy, 0, 0), Tags: tagList(policy.tags) } }
  },
})

/** Shows a managed policy, a customer's or AWS's, without its documents. */
export const GetPolicy = iam('GetPolicy', {
  target: ({ PolicyArn }, call) => findPolicy(call, PolicyArn),
  access: (policy) => [{ action: 'iam:GetPolicy', resource: policy }],
  run: ({ target: policy, call }) => ({
    Policy: {
      ...listedPolicy(policy, attachmentCount(call, policy.arn), boundaryCount(call, policy.arn)),
      Description: isAwsManaged(policy) ? undefined : policy.description,
      Tags: (isAwsManaged(policy) ? undefined : tagList(policy.tags)) ?? [],
    },
  }),
})

/** Lists managed policies: the account's, then AWS's, each sorted by name. */
export const ListPolicies = iam('ListPolicies', {
  // As AWS's denials show: "iam:ListPolicies on resource: policy path /".
  target: ({ PathPrefix = '/' }, call): Resource => ({ arn: iamArn(call, 'policy', PathPrefix, '') }),
  access: (path) => [{ action: 'iam:ListPolicies', resource: path }],
  run({ input, call }) {
    const { Scope = 'All', OnlyAttached, PathPrefix = '/', PolicyUsageFilter } = input
    const where = ({ path, arn }: AnyPolicy): boolean => {
      if (!path.startsWith(PathPrefix)) return false
      if (OnlyAttached === true && attachmentCount(call, arn) === 0) return false
      return PolicyUsageFilter === undefined || isUsed(call, arn, PolicyUsageFilter)
    }
    const own: Source<AnyPolicy> = (after, limit) => call.policies.list({ after, limit, where })
    const ofAws: Source<AnyPolicy> = (after) => awsManagedPolicies(call.partition, after, where)
    const { items, info } = pageAcross(input, [
      Scope === 'AWS' ? undefined : own,
      Scope === 'Local' ? undefined : ofAws,
    ])
    const shown = items.map(({ document: policy }) =>
      listedPolicy(policy, attachmentCount(call, policy.arn), boundaryCount(call, policy.arn)),
    )
    return { Policies: shown, ...info }
  },
})

/**
 * Deletes a policy that nobody uses and that has one version left.
 *
 * Faults: DeleteConflictException; NoSuchEntityException.
 */
export const DeletePolicy = iam('DeletePolicy', {
  target: ({ PolicyArn }, call) => findOwnPolicy(call, PolicyArn),
  access: (policy) => [{ action: 'iam:DeletePolicy', resource: policy }],
  run({ target: policy, call }) {
    if (isUsed(call, policy.arn)) throw faults.policyInUse()
    if (policy.versions.length > 1) throw faults.policyHasVersions()
    call.policies.delete(idOf(policy.policyName))
    return {}
  },
})

/** Faults: MalformedPolicyDocumentException; LimitExceededException beyond 6144 characters. */
export function checkManagedPolicy(text: string): void {
  checkPolicy(text, 'identity', { versionMin: '2012-10-17' })
  if (sizeOf(text) > quotas.managedPolicySize) throw faults.quota('PolicySize', quotas.managedPolicySize)
}

/** A policy as lists show it. */
export function listedPolicy(policy: AnyPolicy, attachments: number, boundaries: number): ShownPolicy {
  return {
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAtMs),
    UpdateDate: new Date(policy.updatedAtMs),
  }
}
