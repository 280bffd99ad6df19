import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import type { PolicyVersion as ShownVersion } from '#models/iam.d.ts'
import { iam, idOf, type ManagedPolicy, type PolicyVersion } from './documents.ts'
import { faults } from './faults.ts'
import { type AnyPolicy, findOwnPolicy, findPolicy, isAwsManaged } from './find-policy.ts'
import { checkManagedPolicy } from './managed-policies.ts'
import { pageOf } from './paging.ts'
import { lengthOf, urlEncoded } from './policy-text.ts'
import { quotas } from './quotas.ts'

type Place = Pick<Call, 'partition' | 'account'> & { readonly policies: Table<ManagedPolicy> }

/**
 * Adds a version, which takes effect at once when it is set as default. Numbers are never used twice.
 *
 * Faults: LimitExceededException beyond five versions; MalformedPolicyDocumentException.
 */
export const CreatePolicyVersion = iam('CreatePolicyVersion', {
  target: ({ PolicyArn }, call) => findOwnPolicy(call, PolicyArn, faults.notAttachable),
  access: (policy) => [{ action: 'iam:CreatePolicyVersion', resource: policy }],
  run({ target: policy, input: { PolicyDocument, SetAsDefault = false }, call }) {
    checkManagedPolicy(PolicyDocument)
    if (policy.versions.length >= quotas.policyVersions) throw faults.tooManyVersions(quotas.policyVersions)
    const texts = [...policy.versions.map(({ text }) => text), PolicyDocument]
    if (lengthOf(texts) > quotas.policyTextsLength) throw faults.quota('PolicySize', quotas.policyTextsLength)
    const versionId = `v${policy.nextVersion}`
    const version: PolicyVersion = { versionId, createdAtMs: call.nowMs, text: PolicyDocument }
    const after: ManagedPolicy = {
      ...policy,
      updatedAtMs: call.nowMs,
      nextVersion: policy.nextVersion + 1,
      versions: [...policy.versions, version],
      defaultVersionId: SetAsDefault ? versionId : policy.defaultVersionId,
    }
    call.policies.put(idOf(policy.policyName), after)
    return { PolicyVersion: listedVersion(after, version) }
  },
})

/** Shows a version with its document. Differs: of AWS's own policies, the current version alone is known. */
export const GetPolicyVersion = iam('GetPolicyVersion', {
  target: ({ PolicyArn, VersionId }, call) => findVersion(call, PolicyArn, VersionId),
  access: (policy) => [{ action: 'iam:GetPolicyVersion', resource: policy }],
  run: ({ target: policy, input: { VersionId } }) => ({
    PolicyVersion: shownVersion(policy, versionOf(policy, VersionId)),
  }),
})

/** Lists versions without their documents, newest first. */
export const ListPolicyVersions = iam('ListPolicyVersions', {
  target: ({ PolicyArn }, call) => findPolicy(call, PolicyArn),
  access: (policy) => [{ action: 'iam:ListPolicyVersions', resource: policy }],
  run({ target: policy, input }) {
    const { items, info } = pageOf(
      input,
      versionsOf(policy).map((version) => ({ id: newestFirst(version), version })),
    )
    return { Versions: items.map(({ version }) => listedVersion(policy, version)), ...info }
  },
})

/**
 * Deletes a version that is not the default.
 *
 * Faults: DeleteConflictException for the default version.
 */
export const DeletePolicyVersion = iam('DeletePolicyVersion', {
  target: ({ PolicyArn, VersionId }, call) => findOwnVersion(call, PolicyArn, VersionId),
  access: (policy) => [{ action: 'iam:DeletePolicyVersion', resource: policy }],
  run({ target: policy, input: { VersionId }, call }) {
    if (policy.defaultVersionId === VersionId) throw faults.defaultVersion()
    const versions = policy.versions.filter(({ versionId }) => versionId !== VersionId)
    call.policies.put(idOf(policy.policyName), { ...policy, versions })
    return {}
  },
})

/** Puts a version in force, for everybody to whom the policy is attached. */
export const SetDefaultPolicyVersion = iam('SetDefaultPolicyVersion', {
  target: ({ PolicyArn, VersionId }, call) => findOwnVersion(call, PolicyArn, VersionId),
  access: (policy) => [{ action: 'iam:SetDefaultPolicyVersion', resource: policy }],
  run({ target: policy, input: { VersionId }, call }) {
    call.policies.put(idOf(policy.policyName), {
      ...policy,
      defaultVersionId: VersionId,
      updatedAtMs: call.nowMs,
    })
    return {}
  },
})

/** A version as answers show it, with its document. */
export function shownVersion(policy: AnyPolicy, version: PolicyVersion): ShownVersion {
  return { ...listedVersion(policy, version), Document: urlEncoded(version.text) }
}

/** All versions that are known of a policy, newest first. */
export function versionsOf(policy: AnyPolicy): readonly PolicyVersion[] {
  if (!isAwsManaged(policy)) return policy.versions.toReversed()
  // A getter, so that listing a policy does not read its document from disk.
  return [
    {
      versionId: policy.defaultVersionId,
      createdAtMs: policy.updatedAtMs,
      get text() {
        return policy.text
      },
    },
  ]
}

function listedVersion(policy: AnyPolicy, { versionId, createdAtMs }: PolicyVersion): ShownVersion {
  return {
    VersionId: versionId,
    IsDefaultVersion: versionId === policy.defaultVersionId,
    CreateDate: new Date(createdAtMs),
  }
}

/** The policy, if it has that version. */
function findVersion(call: Place, named: string, versionId: string): AnyPolicy | Missing {
  const policy = findPolicy(call, named, (arn) => faults.noSuchVersion(arn, versionId))
  if (policy instanceof Missing || hasVersion(policy, versionId)) return policy
  return new Missing(policy.arn, faults.noSuchVersion(policy.arn, versionId))
}

function findOwnVersion(call: Place, named: string, versionId: string): ManagedPolicy | Missing {
  const policy = findOwnPolicy(call, named, (arn) => faults.noSuchVersion(arn, versionId))
  if (policy instanceof Missing || hasVersion(policy, versionId)) return policy
  return new Missing(policy.arn, faults.noSuchVersion(policy.arn, versionId))
}

function hasVersion(policy: AnyPolicy, versionId: string): boolean {
  return versionsOf(policy).some((version) => version.versionId === versionId)
}

function versionOf(policy: AnyPolicy, wanted: string): PolicyVersion {
  const version = versionsOf(policy).find(({ versionId }) => versionId === wanted)
  if (!version) throw faults.noSuchVersion(policy.arn, wanted)
  return version
}

/** Sorts version ids by number, the greatest first. */
function newestFirst({ versionId }: PolicyVersion): string {
  const digits = 9
  return String(10 ** digits - Number(versionId.slice(1))).padStart(digits + 1, '0')
}
