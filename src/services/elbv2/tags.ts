import type { Arn } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import { tagList } from '#core/tag-list.ts'
import { type Elbv2Call, elbv2, on, onAll } from './declare.ts'
import { faults } from './faults.ts'
import { findListener, findLoadBalancer, findRule, findTargetGroup } from './find.ts'
import { loadBalancerId } from './load-balancer-attributes.ts'
import { tagsOf, withTags } from './tag-list.ts'
import type { Tags } from '#core/caller.ts'
import { isArnOf } from './arns.ts'

/** Sets tags on resources of any kind. Faults: TooManyTags; DuplicateTagKeys; what is not found, by its kind. */
export const AddTags = elbv2('AddTags', {
  target: ({ ResourceArns }, call) =>
    Object.fromEntries(atLeastOne(ResourceArns).map((arn) => [arn, findTagged(call, arn).found])),
  access: (targets, { Tags }) =>
    Object.values(targets).map((target) => ({ ...on('AddTags', target), requestTags: tagsOf(Tags) })),
  run({ input, call }) {
    for (const arn of input.ResourceArns) retag(call, arn, (tags) => withTags(tags, input.Tags))
    return {}
  },
})

/** Removes tags from resources; a key that is not there is no error. */
export const RemoveTags = elbv2('RemoveTags', {
  target: ({ ResourceArns }, call) =>
    Object.fromEntries(atLeastOne(ResourceArns).map((arn) => [arn, findTagged(call, arn).found])),
  access: (targets, { TagKeys }) =>
    Object.values(targets).map((target) => ({ ...on('RemoveTags', target), tagKeys: TagKeys })),
  run({ input: { ResourceArns, TagKeys }, call }) {
    for (const arn of ResourceArns)
      retag(call, arn, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
      )
    return {}
  },
})

/** Shows the tags of resources. */
export const DescribeTags = elbv2('DescribeTags', {
  access: () => onAll('DescribeTags'),
  run({ input: { ResourceArns }, call }) {
    return {
      TagDescriptions: ResourceArns.map((arn) => {
        const { found } = findTagged(call, arn)
        if (found instanceof Missing) throw found.fault
        return { ResourceArn: found.arn, Tags: tagList(found.tags ?? {}) }
      }),
    }
  },
})

/** A call that names nothing asks for no permission, and would need none. Faults: ValidationError. */
function atLeastOne(arns: readonly string[]): readonly string[] {
  if (arns.length === 0) throw faults.validation('At least one resource ARN must be specified')
  return arns
}

interface Tagged {
  readonly found: Resource | Missing
  readonly put: (tags: Tags) => void
}

/** A resource of any kind that an ARN names, and how its tags are replaced. */
function findTagged(call: Elbv2Call, text: string): Tagged {
  if (isArnOf('loadbalancer', text)) {
    const found = findLoadBalancer(call, text)
    return {
      found,
      put: (tags) =>
        found instanceof Missing || call.loadBalancers.put(loadBalancerId(found), { ...found, tags }),
    }
  }
  if (isArnOf('targetgroup', text)) {
    const found = findTargetGroup(call, text)
    return {
      found,
      put: (tags) => found instanceof Missing || call.targetGroups.put(found.id, { ...found, tags }),
    }
  }
  if (isArnOf('listener', text)) {
    const found = findListener(call, text)
    return {
      found,
      put: (tags) => found instanceof Missing || call.listeners.put(found.id, { ...found, tags }),
    }
  }
  if (isArnOf('listener-rule', text)) {
    const found = findRule(call, text)
    return { found, put: (tags) => found instanceof Missing || call.rules.put(found.id, { ...found, tags }) }
  }
  throw faults.validation(`'${text}' is not a valid ARN of a load balancer, target group, listener or rule`)
}

function retag(call: Elbv2Call, arn: Arn | string, change: (tags: Tags) => Tags): void {
  const { found, put } = findTagged(call, arn)
  if (found instanceof Missing) throw found.fault
  put(change(found.tags ?? {}))
}
