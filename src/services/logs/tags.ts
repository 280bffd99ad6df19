import { parseArn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import type { Access } from '#core/operation.ts'
import type { Missing, Present } from '#core/resource.ts'
import { onArn, onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import { findDelivery, findDestination, findSource, onDelivery } from './delivery-names.ts'
import { faults } from './faults.ts'
import { recordSourceAccess } from './record-source-access.ts'
import { withoutTags, withTags } from './tag-rules.ts'

function tagged(call: LogsCall, arn: string) {
  const parts = parseArn(arn)
  if (!parts) throw faults.invalid(`The ARN ${arn} is not valid.`)
  const [, kind, name = ''] =
    /^(delivery|delivery-source|delivery-destination):([\w-]+)$/.exec(parts.resource) ?? []
  const isOwn = parts.service === 'logs' && parts.account === call.account && parts.region === call.region
  if (!isOwn || kind === undefined) return findGroupByIdentifier(call, arn)
  if (kind === 'delivery') return findDelivery(call, name)
  return kind === 'delivery-source' ? findSource(call, name) : findDestination(call, name)
}

type Tagged = Present<ReturnType<typeof tagged>>

/** Puts a group, or something of a delivery, with other tags. */
function putTags(call: LogsCall, target: Tagged, tags: Tags): void {
  if ('groupName' in target) call.deliveryDestinations.put(target.name, { ...target, tags })
  else if ('sourceName' in target) call.deliveries.put(target.id, { ...target, tags })
  else if ('logType' in target) call.deliverySources.put(target.name, { ...target, tags })
  else call.groups.put(target.name, { ...target, tags })
}

/** A group is authorized with resource policies, which are of groups alone. */
function onTagged(
  call: LogsCall,
  action: string,
  target: Tagged | Missing,
  more: Partial<Access> = {},
): Access {
  const isGroup = /:log-group:/.test(target.arn)
  return isGroup ? onArn(call, action, target, more) : onDelivery(action, target, more)
}

/** Sets tags of a group, or of a delivery, its source or destination. Faults: TooManyTagsException; InvalidParameterException. */
export const TagResource = logs('TagResource', {
  target: ({ resourceArn }, call) => tagged(call, resourceArn),
  access: (target, { tags }, call) => [
    onTagged(call, 'TagResource', target, { requestTags: tags }),
    ...recordSourceAccess(call, Object.keys(tags)),
  ],
  run({ target, input: { tags }, call }) {
    putTags(call, target, withTags(target.tags, tags, target.arn))
    return {}
  },
})

/** Removes tags of a group; one that it lacks is no error. */
export const UntagResource = logs('UntagResource', {
  target: ({ resourceArn }, call) => tagged(call, resourceArn),
  access: (target, { tagKeys }, call) => [
    onTagged(call, 'UntagResource', target, { tagKeys }),
    ...recordSourceAccess(call, tagKeys),
  ],
  run({ target, input: { tagKeys }, call }) {
    putTags(call, target, withoutTags(target.tags, tagKeys))
    return {}
  },
})

export const ListTagsForResource = logs('ListTagsForResource', {
  target: ({ resourceArn }, call) => tagged(call, resourceArn),
  access: (target, _, call) => [onTagged(call, 'ListTagsForResource', target)],
  run: ({ target: { tags } }) => ({ tags }),
})

/** As TagResource, by the group's name: the older API. */
export const TagLogGroup = logs('TagLogGroup', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, { tags }, call) => [
    onGroup(call, 'TagLogGroup', group, { requestTags: tags }),
    ...recordSourceAccess(call, Object.keys(tags)),
  ],
  run({ target: group, input: { tags }, call }) {
    call.groups.put(group.name, { ...group, tags: withTags(group.tags, tags, group.name) })
    return {}
  },
})

export const UntagLogGroup = logs('UntagLogGroup', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, { tags }, call) => [
    onGroup(call, 'UntagLogGroup', group, { tagKeys: tags }),
    ...recordSourceAccess(call, tags),
  ],
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
