import { Missing } from '#core/resource.ts'
import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { tagList } from '#core/tag-list.ts'
import { readGroupArn } from './arns.ts'
import { on, scheduler, type SchedulerCall } from './declare.ts'
import type { GroupDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findGroup } from './find.ts'
import { tagsOf, withTags } from './tag-list.ts'

/** Faults: ResourceNotFoundException; ServiceQuotaExceededException; ValidationException. */
export const TagResource = scheduler('TagResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (group, { Tags }) => [{ ...on('TagResource', group), requestTags: tagsOf(Tags) }],
  run({ target: group, input: { Tags }, call }) {
    put(call, group, withTags(group.tags, Tags))
    return {}
  },
})

/** Faults: ResourceNotFoundException. */
export const UntagResource = scheduler('UntagResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (group, { TagKeys }) => [{ ...on('UntagResource', group), tagKeys: TagKeys }],
  run({ target: group, input: { TagKeys }, call }) {
    const left = Object.entries(group.tags).filter(([key]) => !TagKeys.includes(key))
    put(call, group, Object.fromEntries(left))
    return {}
  },
})

/** Faults: ResourceNotFoundException. */
export const ListTagsForResource = scheduler('ListTagsForResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (group) => [on('ListTagsForResource', group)],
  run: ({ target }) => ({ Tags: tagList(target.tags) }),
})

/** Groups alone have tags. Source: the model's pattern of a resource's ARN. */
function findTagged(call: SchedulerCall, text: string): GroupDocument | Missing {
  const name = readGroupArn(call, text)
  // The model's pattern has read it.
  return name === undefined ? new Missing(text as Arn, faults.noSuchGroup(text)) : findGroup(call, name)
}

function put(call: SchedulerCall, group: GroupDocument, tags: Tags): void {
  call.groups.put(group.name, { ...group, tags, modifiedAtMs: call.nowMs })
}
