import type { Call } from '#core/call.ts'
import type { Tags } from '#core/caller.ts'
import { operationsOf } from '#core/operation.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/cloudtrail.d.ts'
import { on } from './declare.ts'
import { trails } from './documents.ts'
import { faults } from './faults.ts'
import { findTrailByArn, requireHome } from './find.ts'
import { findStore } from './lake/declare.ts'
import { eventDataStores } from './lake/documents.ts'
import { quotas } from './quotas.ts'
import { tagList, tagsOf, withTags } from './tag-list.ts'

const tables = { trails, eventDataStores }
const tagging = operationsOf<Operations>()('cloudtrail', tables, 'regional')
type TaggingCall = Call & TablesOf<typeof tables>

/** A trail or an event data store, which are tagged alike. */
interface Tagged extends Resource {
  readonly tags: Tags
  /** Keeps it with other tags. Faults: InvalidHomeRegionException. */
  retag(tags: Tags): void
}

/** Sets tags of a trail or an event data store. Faults: ResourceNotFoundException; TagsLimitExceededException; InvalidTagParameterException. */
export const AddTags = tagging('AddTags', {
  target: ({ ResourceId }, call) => findTagged(call, ResourceId),
  access: (target, { TagsList }) => [on('AddTags', target, { requestTags: tagsOf(TagsList) })],
  run({ target, input: { TagsList } }) {
    target.retag(withTags(target.tags, TagsList))
    return {}
  },
})

/** Takes tags from a trail or an event data store. Faults: ResourceNotFoundException. */
export const RemoveTags = tagging('RemoveTags', {
  target: ({ ResourceId }, call) => findTagged(call, ResourceId),
  access: (target, { TagsList }) => [on('RemoveTags', target, { tagKeys: TagsList.map(({ Key }) => Key) })],
  run({ target, input: { TagsList } }) {
    const gone = new Set(TagsList.map(({ Key }) => Key))
    const left = Object.entries(target.tags).filter(([key]) => !gone.has(key))
    target.retag(Object.fromEntries(left))
    return {}
  },
})

/** Lists tags of up to 20 of them. Faults: ResourceNotFoundException; CloudTrailARNInvalidException; InvalidTokenException. */
export const ListTags = tagging('ListTags', {
  target({ ResourceIdList }, call) {
    if (ResourceIdList.length === 0 || ResourceIdList.length > quotas.tagLists) throw faults.tagLists()
    return ResourceIdList.map((text) => findTagged(call, text))
  },
  access: (targets) => targets.map((target) => on('ListTags', target)),
  run({ target: targets, input: { NextToken } }) {
    if (NextToken !== undefined) throw faults.listToken()
    return {
      ResourceTagList: targets.map(({ arn, tags }) => ({ ResourceId: arn, TagsList: tagList(tags) })),
    }
  },
})

/** What an ARN names, as the operations that tag have it. */
function findTagged(call: TaggingCall, text: string): Tagged | Missing {
  const found = /^arn:[^:]*:cloudtrail:[^:]*:[^:]*:eventdatastore\//.test(text)
    ? taggedStore(call, text)
    : taggedTrail(call, text)
  return found instanceof Missing ? new Missing(found.arn, faults.noResource(text)) : found
}

function taggedTrail(call: TaggingCall, text: string): Tagged | Missing {
  const trail = findTrailByArn(call, text)
  if (trail instanceof Missing) return trail
  return {
    ...{ arn: trail.arn, tags: trail.tags },
    retag(tags) {
      requireHome(call, trail)
      call.trails.put(trail.name, { ...trail, tags })
    },
  }
}

function taggedStore(call: TaggingCall, text: string): Tagged | Missing {
  const store = findStore(call, text)
  if (store instanceof Missing) return store
  return {
    ...{ arn: store.arn, tags: store.tags },
    retag: (tags) => call.eventDataStores.put(store.id, { ...store, tags }),
  }
}
