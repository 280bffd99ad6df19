import { tagList } from '#core/tag-list.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import { findByArn, kindOf, put } from './entities.ts'
import { pageOf } from './paging.ts'
import { requestTags, withTags } from './tag-list.ts'

/** Sets tags; a key that is there already gets the new value. The lock token stays: tags are no part of what it guards. */
export const TagResource = wafv2('TagResource', {
  target: (input, call) => findTagged(call, input.ResourceARN),
  access: (target, { Tags }) => [
    { action: 'wafv2:TagResource', resource: target, requestTags: requestTags(Tags) },
  ],
  run({ target, input, call }) {
    put(call, kindOf(target.kind), { ...target, tags: withTags(target.tags, input.Tags) })
    return {}
  },
})

/** Removes tags; a key that is not there is no error. */
export const UntagResource = wafv2('UntagResource', {
  target: (input, call) => findTagged(call, input.ResourceARN),
  access: (target, { TagKeys }) => [{ action: 'wafv2:UntagResource', resource: target, tagKeys: TagKeys }],
  run({ target, input: { TagKeys }, call }) {
    const kept = Object.entries(target.tags).filter(([key]) => !TagKeys.includes(key))
    put(call, kindOf(target.kind), { ...target, tags: Object.fromEntries(kept) })
    return {}
  },
})

/** Lists tags, sorted by key. */
export const ListTagsForResource = wafv2('ListTagsForResource', {
  target: (input, call) => findTagged(call, input.ResourceARN),
  access: (target) => [{ action: 'wafv2:ListTagsForResource', resource: target }],
  run({ target, input }) {
    const { items, ...next } = pageOf(tagList(target.tags), ({ Key }) => Key, input)
    return {
      TagInfoForResource: { ResourceARN: target.arn, TagList: items },
      ...next,
    }
  },
})

const all = (['ipset', 'regexpatternset', 'rulegroup', 'webacl'] as const).map(kindOf)

function findTagged(call: Wafv2Call, arn: string) {
  return findByArn(call, all, arn)
}
