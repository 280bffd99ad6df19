import { accountId, parseArn } from '#core/arn.ts'
import type { Reader } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { awsManagedPolicy } from './aws-managed.ts'
import { idOf, policies } from './documents.ts'

/**
 * The text that a managed policy has in force: the default version of a customer's policy, or AWS's own document. Undefined
 * when there is no such policy; what that means is for the caller to say, and is never `no limit`.
 */
export function managedPolicyText(reader: Reader, arn: string): string | undefined {
  const parts = parseArn(arn)
  if (parts === undefined) return undefined
  const account = accountId(parts.account)
  if (account === undefined) return awsManagedPolicy(arn)?.text
  const policy = reader.get(policies, globalScope(account), idOf(arn.slice(arn.lastIndexOf('/') + 1)))
  if (policy?.arn !== arn) return undefined // Another path is another ARN.
  return policy.versions.find(({ versionId }) => versionId === policy.defaultVersionId)?.text
}
