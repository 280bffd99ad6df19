import { operationsOf } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import { tagList } from '#core/tag-list.ts'
import type { Operations } from '#models/cloudtrail.d.ts'
import { type CloudTrailCall, type CloudTrailParts, on } from './declare.ts'
import { type TrailDocument, trails } from './documents.ts'
import { faults } from './faults.ts'
import { findTrailByArn, requireHome } from './find.ts'
import { findStore, type LakeCall } from './lake/declare.ts'
import { type EventDataStoreDocument, eventDataStores } from './lake/documents.ts'
import { faults as lakeFaults } from './lake/faults.ts'
import { quotas } from './quotas.ts'
import { tagsOf, withTags } from './tag-list.ts'

const tagging = operationsOf<Operations, CloudTrailParts>()(
  'cloudtrail',
  { trails, eventDataStores },
  'regional',
)

type TaggingCall = CloudTrailCall & Pick<LakeCall, 'eventDataStores'>
type Tagged = TrailDocument | EventDataStoreDocument

/**
 * Sets tags of a trail or an event data store.
 * Faults: ResourceNotFoundException; EventDataStoreNotFoundException; InactiveEventDataStoreException; TagsLimitExceededException;
 * InvalidTagParameterException.
 */
export const AddTags = tagging('AddTags', {
  target: ({ ResourceId }, call) => findTagged(call, ResourceId),
  access: (tagged, { TagsList }) => [on('AddTags', tagged, { requestTags: tagsOf(TagsList) })],
  run: ({ target, input: { TagsList }, call }) => change(call, target, withTags(target.tags, TagsList)),
})

/** Takes tags from a trail or an event data store. Faults: as AddTags. */
export const RemoveTags = tagging('RemoveTags', {
  target: ({ ResourceId }, call) => findTagged(call, ResourceId),
  access: (tagged, { TagsList }) => [on('RemoveTags', tagged, { tagKeys: TagsList.map(({ Key }) => Key) })],
  run({ target, input: { TagsList }, call }) {
    const gone = new Set(TagsList.map(({ Key }) => Key))
    const left = Object.entries(target.tags).filter(([key]) => !gone.has(key))
    return change(call, target, Object.fromEntries(left))
  },
})

/**
 * Lists tags of up to 20 trails and event data stores.
 * Faults: ResourceNotFoundException; EventDataStoreNotFoundException; CloudTrailARNInvalidException; InvalidTokenException.
 */
export const ListTags = tagging('ListTags', {
  target({ ResourceIdList }, call) {
    if (ResourceIdList.length === 0 || ResourceIdList.length > quotas.tagLists) throw faults.tagLists()
    return ResourceIdList.map((text) => findTagged(call, text))
  },
  access: (found) => found.map((tagged) => on('ListTags', tagged)),
  run({ target: found, input: { NextToken } }) {
    if (NextToken !== undefined) throw faults.listToken()
    return {
      ResourceTagList: found.map(({ arn, tags }) => ({ ResourceId: arn, TagsList: tagList(tags) })),
    }
  },
})

/** What is tagged, by its ARN. */
function findTagged(call: TaggingCall, text: string): Tagged | Missing {
  if (/^arn:[^:]*:cloudtrail:[^:]*:[^:]*:eventdatastore\//.test(text)) return findStore(call, text)
  const found = findTrailByArn(call, text)
  return found instanceof Missing ? new Missing(found.arn, faults.noResource(text)) : found
}

function change(call: TaggingCall, tagged: Tagged, tags: Tagged['tags']): Record<string, never> {
  if ('bucket' in tagged) {
    requireHome(call, tagged)
    call.trails.put(tagged.name, { ...tagged, tags })
    return {}
  }
  if (tagged.deletedAtMs !== undefined) throw lakeFaults.inactiveStore()
  call.eventDataStores.put(tagged.id, { ...tagged, tags })
  return {}
}
