import { iam, idOf } from './documents.ts'
import { findOwnPolicy, findPolicy, isAwsManaged } from './find-policy.ts'
import { requestTags, tagPage, withoutTags, withTags } from './tags.ts'

/** Sets tags of a customer managed policy; keys that differ in case are different keys. */
export const TagPolicy = iam('TagPolicy', {
  target: ({ PolicyArn }, call) => findOwnPolicy(call, PolicyArn),
  access: (policy, { Tags }) => [
    { action: 'iam:TagPolicy', resource: policy, requestTags: requestTags(Tags) },
  ],
  run({ target: policy, input: { Tags }, call }) {
    call.policies.put(idOf(policy.policyName), { ...policy, tags: withTags('Policy', policy.tags, Tags) })
    return {}
  },
})

/** Removes tags of a customer managed policy by key. */
export const UntagPolicy = iam('UntagPolicy', {
  target: ({ PolicyArn }, call) => findOwnPolicy(call, PolicyArn),
  access: (policy, { TagKeys }) => [{ action: 'iam:UntagPolicy', resource: policy, tagKeys: TagKeys }],
  run({ target: policy, input: { TagKeys }, call }) {
    const tags = withoutTags('Policy', policy.tags, TagKeys)
    call.policies.put(idOf(policy.policyName), { ...policy, tags })
    return {}
  },
})

/** Lists the tags of a managed policy, sorted by key; AWS's own have none. */
export const ListPolicyTags = iam('ListPolicyTags', {
  target: ({ PolicyArn }, call) => findPolicy(call, PolicyArn),
  access: (policy) => [{ action: 'iam:ListPolicyTags', resource: policy }],
  run: ({ target: policy, input }) => tagPage(input, isAwsManaged(policy) ? {} : policy.tags),
})
