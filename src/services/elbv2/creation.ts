import type { Arn } from '#core/arn.ts'
import type { Access, Conditions } from '#core/operation.ts'
import type { Tag } from '#models/elbv2.d.ts'
import { on } from './declare.ts'
import { tagsOf } from './tag-list.ts'
import type { Resource } from '#core/resource.ts'

/**
 * What creating something needs; tags need AddTags on what will be made. Source: ELB User Guide, "Grant permission to tag resources
 * during creation".
 */
export function creationAccess(
  action: string,
  resource: Resource,
  made: Arn,
  list: readonly Tag[] | undefined,
  conditions: Conditions = {},
): readonly Access[] {
  const requestTags = tagsOf(list)
  const creation = { ...on(action, resource, conditions), requestTags }
  if (list === undefined || list.length === 0) return [creation]
  return [
    creation,
    {
      ...on('AddTags', { arn: made }, { 'elasticloadbalancing:CreateAction': action }),
      requestTags,
    },
  ]
}
