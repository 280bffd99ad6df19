import { Missing } from '#core/resource.ts'
import { cloudtrail, type CloudTrailCall, on } from './declare.ts'
import type { TrailDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findTrailByArn, requireHome } from './find.ts'
import { quotas } from './quotas.ts'
import { tagList, tagsOf, withTags } from './tag-list.ts'

/** Sets tags of a trail. Faults: ResourceNotFoundException; TagsLimitExceededException; InvalidTagParameterException. */
export const AddTags = cloudtrail('AddTags', {
  target: ({ ResourceId }, call) => findTagged(call, ResourceId),
  access: (trail, { TagsList }) => [on('AddTags', trail, { requestTags: tagsOf(TagsList) })],
  run({ target: trail, input: { TagsList }, call }) {
    requireHome(call, trail)
    call.trails.put(trail.name, { ...trail, tags: withTags(trail.tags, TagsList) })
    return {}
  },
})

/** Takes tags from a trail. Faults: ResourceNotFoundException. */
export const RemoveTags = cloudtrail('RemoveTags', {
  target: ({ ResourceId }, call) => findTagged(call, ResourceId),
  access: (trail, { TagsList }) => [on('RemoveTags', trail, { tagKeys: TagsList.map(({ Key }) => Key) })],
  run({ target: trail, input: { TagsList }, call }) {
    requireHome(call, trail)
    const gone = new Set(TagsList.map(({ Key }) => Key))
    const left = Object.entries(trail.tags).filter(([key]) => !gone.has(key))
    call.trails.put(trail.name, { ...trail, tags: Object.fromEntries(left) })
    return {}
  },
})

/** Lists tags of up to 20 trails. Faults: ResourceNotFoundException; CloudTrailARNInvalidException; InvalidTokenException. */
export const ListTags = cloudtrail('ListTags', {
  target({ ResourceIdList }, call) {
    if (ResourceIdList.length === 0 || ResourceIdList.length > quotas.tagLists) throw faults.tagLists()
    return ResourceIdList.map((text) => findTagged(call, text))
  },
  access: (trails) => trails.map((trail) => on('ListTags', trail)),
  run({ target: trails, input: { NextToken } }) {
    if (NextToken !== undefined) throw faults.listToken()
    return {
      ResourceTagList: trails.map(({ arn, tags }) => ({ ResourceId: arn, TagsList: tagList(tags) })),
    }
  },
})

/** A trail by its ARN, as the operations that tag name it. */
function findTagged(call: CloudTrailCall, text: string): TrailDocument | Missing {
  const found = findTrailByArn(call, text)
  return found instanceof Missing ? new Missing(found.arn, faults.noResource(text)) : found
}
