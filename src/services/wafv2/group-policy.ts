import type { Resource } from '#core/resource.ts'
import type { RuleGroupDocument } from './documents.ts'

/** A rule group with its permission policy, which lets other accounts use it. */
export function sharedGroup({ arn, tags, permissionPolicy }: RuleGroupDocument): Resource {
  if (permissionPolicy === undefined) return { arn, tags }
  return { arn, tags, resourcePolicy: { kind: 'resource', text: permissionPolicy, required: false } }
}
