import { type AccountId, accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { SnsCall } from './declare.ts'
import type { SubscriptionDocument, TopicDocument } from './documents.ts'
import { faults } from './faults.ts'

/** A topic as what an operation is authorized on. */
export interface FoundTopic extends Resource {
  readonly topic: TopicDocument
}

export const topicNameForm = /^(?:[\w-]{1,256}|[\w-]{1,251}\.fifo)$/

/** The topic that an ARN names, in the call's region. Faults: InvalidParameter. */
export function findTopic(call: SnsCall, text: string): FoundTopic | Missing {
  const { account, name } = readTopicArn(call, text)
  const topic = call.topics.in(account).get(name)
  return topic ? foundTopic(topic) : new Missing(topicArn(call, account, name), faults.noSuchTopic())
}

export function foundTopic(topic: TopicDocument): FoundTopic {
  const { arn, tags, policy } = topic
  return { arn, tags, topic, resourcePolicy: { kind: 'resource', text: policy, required: false } }
}

export function topicArn({ partition, region }: SnsCall, account: AccountId, name: string): Arn {
  return arn({ partition, service: 'sns', region, account, resource: name })
}

export function isFifo({ name }: Pick<TopicDocument, 'name'>): boolean {
  return name.endsWith('.fifo')
}

/** A subscription with the topic on which it is authorized. */
export interface FoundSubscription {
  readonly resource: FoundTopic | Missing
  readonly subscription: SubscriptionDocument | undefined
}

/** The subscription that an ARN names. Faults: InvalidParameter. */
export function findSubscription(call: SnsCall, text: string): FoundSubscription {
  const at = text.lastIndexOf(':')
  const resource = findTopic(call, text.slice(0, at))
  const { account } = readTopicArn(call, text.slice(0, at))
  const found = call.subscriptions.in(account).get(text.slice(at + 1) || '-')
  return { resource, subscription: found?.arn === text ? found : undefined }
}

function readTopicArn(call: SnsCall, text: string): { readonly account: AccountId; readonly name: string } {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  const isTopic =
    parts?.service === 'sns' &&
    parts.partition === call.partition &&
    parts.region === call.region &&
    topicNameForm.test(parts.resource)
  if (!isTopic || account === undefined)
    throw faults.parameter('TopicArn', 'An ARN of a topic in this region is needed')
  return { account, name: parts.resource }
}
