import type { Tags } from '#core/caller.ts'
import { Missing } from '#core/resource.ts'
import type { Tag } from '#models/sns.d.ts'
import { type SnsCall, sns } from './declare.ts'
import { shownTopicPolicy } from './delivery-policy.ts'
import type { TopicDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findTopic, foundTopic, isFifo, topicArn, topicNameForm } from './find-topic.ts'
import { page } from './paging.ts'
import { ownLimits, quotas } from './quotas.ts'
import { checkTopicAttribute, withTopicAttribute } from './topic-attributes.ts'
import { defaultPolicy, shownPolicy, storedPolicy } from './topic-policy.ts'

/**
 * Makes a topic, standard or FIFO; one that is there and was made alike is answered as if it were new.
 * Faults: InvalidParameter; TopicLimitExceeded, TagLimitExceeded.
 * Differs: data protection policies are refused.
 */
export const CreateTopic = sns('CreateTopic', {
  target({ Name }, call) {
    if (!topicNameForm.test(Name))
      throw faults.parameter('Topic Name', 'It has 1 to 256 letters, digits, hyphens and underscores')
    const topic = call.topics.get(Name)
    return topic ? foundTopic(topic) : { arn: topicArn(call, call.account, Name), topic: undefined }
  },
  access(resource, { Tags = [] }) {
    const requested = Tags.length > 0 && { requestTags: asRecord(Tags) }
    return [
      { action: 'sns:CreateTopic', resource, ...requested },
      ...(requested ? [{ action: 'sns:TagResource', resource, ...requested }] : []),
    ]
  },
  run({ target: { topic: existing, arn }, input, call }) {
    const { Name, Attributes = {}, Tags = [], DataProtectionPolicy } = input
    if (DataProtectionPolicy !== undefined)
      throw faults.parameter('DataProtectionPolicy', 'It is not supported')
    const fifo = Name.endsWith('.fifo')
    if ((Attributes['FifoTopic'] === 'true') !== fifo)
      throw faults.parameter('Topic Name', 'FIFO topics, and no others, have names that end in .fifo')
    const { Policy, ...settable } = Attributes
    for (const [name, value] of Object.entries(settable)) checkTopicAttribute(name, value, fifo)
    const tags = withTags({}, asRecord(Tags))
    if (existing) {
      for (const [name, value] of Object.entries(settable))
        if ((existing.attributes[name] ?? '') !== value) throw faults.topicExists(name)
      if (Policy !== undefined && storedPolicy(call, Policy) !== existing.policy)
        throw faults.topicExists('Policy')
      if (Tags.length > 0 && JSON.stringify(sorted(tags)) !== JSON.stringify(sorted(existing.tags)))
        throw faults.tagsDiffer()
      return { TopicArn: arn }
    }
    if (!call.topics.hasRoom(quotas.topics)) throw faults.tooManyTopics()
    const { account, region, nowMs } = call
    call.topics.put(Name, {
      ...{ arn, account, region, name: Name, createdAtMs: nowMs, attributes: settable, tags },
      policy: Policy === undefined ? defaultPolicy(arn, account) : storedPolicy(call, Policy),
    })
    return { TopicArn: arn }
  },
})

/** Deletes a topic with its subscriptions and what waits for them; one that is not there is no error. */
export const DeleteTopic = sns('DeleteTopic', {
  target({ TopicArn }, call) {
    const found = findTopic(call, TopicArn)
    return 'topic' in found ? found : { arn: found.arn, topic: undefined }
  },
  access: (resource) => [{ action: 'sns:DeleteTopic', resource }],
  run({ target: { topic }, call }) {
    if (!topic) return {}
    call.topics.in(topic.account).delete(topic.name)
    call.counters.in(topic.account).delete(topic.name)
    // What waits for them, the runner finds without a subscription and deletes.
    for (const { id } of subscriptionsOf(call, topic)) call.subscriptions.in(topic.account).delete(id)
    return {}
  },
})

/** Lists the account's topics in the region, a hundred at a time. */
export const ListTopics = sns('ListTopics', {
  access: () => [{ action: 'sns:ListTopics', resource: '*' }],
  run({ input: { NextToken }, call }) {
    const { items, token } = page(NextToken, (after, limit) => call.topics.list({ after, limit }))
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: token }
  },
})

export const GetTopicAttributes = sns('GetTopicAttributes', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource) => [{ action: 'sns:GetTopicAttributes', resource }],
  run({ target: { topic }, call }) {
    const all = subscriptionsOf(call, topic)
    const pending = all.filter(({ document }) => document.pending).length
    return {
      Attributes: {
        ...(isFifo(topic) && { FifoTopic: 'true', ContentBasedDeduplication: 'false' }),
        DisplayName: '',
        ...topic.attributes,
        TopicArn: topic.arn,
        Owner: topic.account,
        Policy: shownPolicy(call, topic.policy),
        EffectiveDeliveryPolicy: shownTopicPolicy(topic.attributes['DeliveryPolicy']),
        SubscriptionsConfirmed: String(all.length - pending),
        SubscriptionsPending: String(pending),
        SubscriptionsDeleted: '0',
      },
    }
  },
})

/** Sets one attribute. Faults: NotFound; InvalidParameter. */
export const SetTopicAttributes = sns('SetTopicAttributes', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource) => [{ action: 'sns:SetTopicAttributes', resource }],
  run({ target: { topic }, input: { AttributeName: name, AttributeValue: value = '' }, call }) {
    const table = call.topics.in(topic.account)
    if (name === 'Policy') table.put(topic.name, { ...topic, policy: storedPolicy(call, value) })
    else {
      checkTopicAttribute(name, value, isFifo(topic))
      if (name === 'FifoTopic')
        throw faults.parameter('AttributeName', 'FifoTopic is set when the topic is made')
      table.put(topic.name, { ...topic, attributes: withTopicAttribute(topic.attributes, name, value) })
    }
    return {}
  },
})

/** Faults: ResourceNotFound; InvalidParameter; TagLimitExceeded. */
export const TagResource = sns('TagResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (resource, { Tags }) => [{ action: 'sns:TagResource', resource, requestTags: asRecord(Tags) }],
  run({ target: { topic }, input: { Tags }, call }) {
    call.topics.in(topic.account).put(topic.name, { ...topic, tags: withTags(topic.tags, asRecord(Tags)) })
    return {}
  },
})

export const UntagResource = sns('UntagResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (resource, { TagKeys }) => [{ action: 'sns:UntagResource', resource, tagKeys: TagKeys }],
  run({ target: { topic }, input: { TagKeys }, call }) {
    const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key))
    call.topics.in(topic.account).put(topic.name, { ...topic, tags: Object.fromEntries(kept) })
    return {}
  },
})

export const ListTagsForResource = sns('ListTagsForResource', {
  target: ({ ResourceArn }, call) => findTagged(call, ResourceArn),
  access: (resource) => [{ action: 'sns:ListTagsForResource', resource }],
  run: ({ target: { topic } }) => ({
    Tags: Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value })),
  }),
})

/** Tags' operations have a fault of their own for a topic that is not there. Source: SNS API Reference, TagResource, Errors. */
function findTagged(call: SnsCall, text: string) {
  const found = findTopic(call, text)
  return found instanceof Missing ? new Missing(found.arn, faults.noSuchResource()) : found
}

export function subscriptionsOf(call: SnsCall, { account, name }: TopicDocument) {
  return call.subscriptions.in(account).find('topic', name, { limit: ownLimits.subscriptionsPerTopic })
}

function asRecord(tags: readonly Tag[]): Tags {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

function sorted(tags: Tags): readonly (readonly [string, string])[] {
  return Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1))
}

function withTags(before: Tags, given: Tags): Tags {
  for (const [key, value] of Object.entries(given))
    if (key.length < 1 || key.length > 128 || /^aws:/i.test(key) || value.length > 256)
      throw faults.parameter(
        'Tags',
        'Keys have 1 to 128 characters and do not begin with aws:, values at most 256',
      )
  const all = { ...before, ...given }
  if (Object.keys(all).length > quotas.tags) throw faults.tooManyTags()
  return all
}
