import type { Tags } from '#core/caller.ts'
import type { Tag } from '#models/kms.d.ts'
import { faults } from './faults.ts'
import { onKey } from './on-key.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'

/** Sets tags of a key; a key that it has already gets the new value. */
export const TagResource = onKey('TagResource', {
  access: ({ Tags }) => ({ requestTags: requestTags(Tags) }),
  run({ key, input: { Tags }, call }) {
    call.keys.put(key.keyId, { ...key, tags: withTags(key.tags, Tags) })
    return {}
  },
})

/** Removes tags of a key; one that it lacks is no error. */
export const UntagResource = onKey('UntagResource', {
  access: ({ TagKeys }) => ({ tagKeys: TagKeys }),
  run({ key, input: { TagKeys }, call }) {
    const kept = Object.entries(key.tags).filter(([tag]) => !TagKeys.includes(tag))
    call.keys.put(key.keyId, { ...key, tags: Object.fromEntries(kept) })
    return {}
  },
})

/** Lists the tags of a key, sorted. Source: KMS API Reference, ListResourceTags: 50 a page unless told. */
export const ListResourceTags = onKey('ListResourceTags', {
  run({ key, input }) {
    const { items, info } = pageOf(input, 50, tagList(key.tags), ({ TagKey }) => TagKey)
    return { Tags: items, ...info }
  },
})

/** What policies see of tags that a call brings along. */
export function requestTags(list: readonly Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ TagKey, TagValue }) => [TagKey, TagValue]))
}

/** Tags as answers show them. */
export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags)
    .map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
    .sort((a, b) => (a.TagKey < b.TagKey ? -1 : 1))
}

/**
 * A key's tags once those of the list are set.
 * Faults: TagException for a key given twice, one of AWS's own, or a text that tags cannot hold; LimitExceededException.
 * Source: KMS API Reference, Tag; Developer Guide, "Tags in AWS KMS".
 */
export function withTags(tags: Tags, list: readonly Tag[] = []): Tags {
  const given = new Set(list.map(({ TagKey }) => TagKey))
  if (given.size < list.length) throw faults.tag('Duplicate tag keys')
  for (const { TagKey, TagValue } of list) {
    if (/^aws:/i.test(TagKey))
      throw faults.tag('aws: prefixed tag key names are not allowed for external use.')
    if (!tagText.test(TagKey) || !tagText.test(TagValue)) throw faults.tag('One or more tags are not valid')
  }
  const after = { ...tags, ...requestTags(list) }
  if (Object.keys(after).length > quotas.tagsPerKey)
    throw faults.limit(`A key can have up to ${quotas.tagsPerKey} tags.`)
  return after
}

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
