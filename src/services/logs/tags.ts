import { parseArn } from '#core/arn.ts'
import { onArn, onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import { faults } from './faults.ts'
import { withoutTags, withTags } from './tag-rules.ts'

function tagged(call: LogsCall, arn: string) {
  if (!parseArn(arn)) throw faults.invalid(`The ARN ${arn} is not valid.`)
  return findGroupByIdentifier(call, arn)
}

/** Sets tags of a group. Faults: TooManyTagsException; InvalidParameterException. */
export const TagResource = logs('TagResource', {
  target: ({ resourceArn }, call) => tagged(call, resourceArn),
  access: (group, { tags }, call) => [onArn(call, 'TagResource', group, { requestTags: tags })],
  run({ target: group, input: { tags }, call }) {
    call.groups.put(group.name, { ...group, tags: withTags(group.tags, tags, group.name) })
    return {}
  },
})

/** Removes tags of a group; one that it lacks is no error. */
export const UntagResource = logs('UntagResource', {
  target: ({ resourceArn }, call) => tagged(call, resourceArn),
  access: (group, { tagKeys }, call) => [onArn(call, 'UntagResource', group, { tagKeys })],
  run({ target: group, input: { tagKeys }, call }) {
    call.groups.put(group.name, { ...group, tags: withoutTags(group.tags, tagKeys) })
    return {}
  },
})

export const ListTagsForResource = logs('ListTagsForResource', {
  target: ({ resourceArn }, call) => tagged(call, resourceArn),
  access: (group, _, call) => [onArn(call, 'ListTagsForResource', group)],
  run: ({ target: { tags } }) => ({ tags }),
})

/** As TagResource, by the group's name: the older API. */
export const TagLogGroup = logs('TagLogGroup', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, { tags }, call) => [onGroup(call, 'TagLogGroup', group, { requestTags: tags })],
  run({ target: group, input: { tags }, call }) {
    call.groups.put(group.name, { ...group, tags: withTags(group.tags, tags, group.name) })
    return {}
  },
})

export const UntagLogGroup = logs('UntagLogGroup', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, { tags }, call) => [onGroup(call, 'UntagLogGroup', group, { tagKeys: tags })],
  run({ target: group, input: { tags }, call }) {
    call.groups.put(group.name, { ...group, tags: withoutTags(group.tags, tags) })
    return {}
  },
})

export const ListTagsLogGroup = logs('ListTagsLogGroup', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'ListTagsLogGroup', group)],
  run: ({ target: { tags } }) => ({ tags }),
})
