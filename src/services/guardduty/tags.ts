import { parseArn, type Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { Missing, type Resource } from '#core/resource.ts'
import { guardduty, type GuardDutyCall, on } from './declare.ts'
import { faults } from './faults.ts'
import { tagsOf, withTags } from './tag-list.ts'

/** Sets tags of a detector or what belongs to it. Faults: BadRequestException. */
export const TagResource = guardduty('TagResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (tagged, { Tags }) => [on('TagResource', tagged, { requestTags: tagsOf(Tags) })],
  run({ target, input: { Tags } }) {
    target.put(withTags(target.tags, tagsOf(Tags)))
    return {}
  },
})

/** Faults: BadRequestException. */
export const UntagResource = guardduty('UntagResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (tagged, { TagKeys }) => [on('UntagResource', tagged, { tagKeys: TagKeys })],
  run({ target, input: { TagKeys } }) {
    target.put(Object.fromEntries(Object.entries(target.tags).filter(([key]) => !TagKeys.includes(key))))
    return {}
  },
})

/** Faults: BadRequestException. */
export const ListTagsForResource = guardduty('ListTagsForResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (tagged) => [on('ListTagsForResource', tagged)],
  run: ({ target }) => ({ Tags: target.tags }),
})

interface Tagged extends Resource {
  readonly tags: Tags
  readonly put: (tags: Tags) => void
}

function findTagged(call: GuardDutyCall, text: string): Tagged | Missing {
  const parts = parseArn(text)
  const { service, partition, region, account, resource = '' } = parts ?? {}
  if (service !== 'guardduty' || partition !== call.partition) throw faults.badParameter('resourceArn')
  const isOwn = account === call.account && region === call.region
  const found = isOwn ? taggedAt(call, resource.split('/')) : undefined
  return found ?? new Missing(text as Arn, faults.noResource()) // parseArn read it.
}

function taggedAt(call: GuardDutyCall, path: readonly string[]): Tagged | undefined {
  const [, detectorId = '', kind, id = ''] = path
  const detector = path[0] === 'detector' ? call.detectors.get(detectorId) : undefined
  if (!detector || path.length === 3 || path.length > 4) return undefined
  if (kind === undefined) return tagged(detector, (document) => call.detectors.put(detectorId, document))
  if (kind === 'filter') {
    const filter = call.filters.get(id)
    return filter && tagged(filter, (document) => call.filters.put(id, document))
  }
  if (kind === 'publishingdestination') {
    const destination = call.destinations.get(id)
    return destination && tagged(destination, (document) => call.destinations.put(id, document))
  }
  const list = call.lists.get(id)
  return list?.kind === kind ? tagged(list, (document) => call.lists.put(id, document)) : undefined
}

function tagged<Document extends { readonly arn: Arn; readonly tags: Tags }>(
  document: Document,
  put: (document: Document) => void,
): Tagged {
  return { arn: document.arn, tags: document.tags, put: (tags) => put({ ...document, tags }) }
}
