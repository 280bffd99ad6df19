import { parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import type { Missing } from '#core/resource.ts'
import { askToConfirm } from './confirmation.ts'
import { type SnsCall, sns } from './declare.ts'
import { checkSubscriptionPolicy, effectivePolicy } from './delivery-policy.ts'
import { type Protocol, type SubscriptionDocument, subscriptions } from './documents.ts'
import { faults } from './faults.ts'
import { checkFilter, checkScope } from './filter.ts'
import { findSubscription, findTopic, type FoundSubscription, type FoundTopic, isFifo } from './find-topic.ts'
import { isMailAddress } from './mail-address.ts'
import { parsed } from './message.ts'
import { page } from './paging.ts'
import { ownLimits, quotas } from './quotas.ts'
import { ownedBy } from './subscription-access.ts'
import { subscriptionsOf } from './topics.ts'

/**
 * Subscribes a queue or a function of the caller's account; or a queue of another account, a web address or a mailbox, which must confirm it.
 * The same endpoint subscribed alike is answered with its subscription. What a queue or a function may be sent is the matter of its own
 * policy, which lets `sns.amazonaws.com` in.
 *
 * Faults: NotFound; InvalidParameter, for protocols that are not built; SubscriptionLimitExceeded.
 * Differs: a function of another account is subscribed by that account alone.
 */
export const Subscribe = sns('Subscribe', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource, { Protocol: protocol, Endpoint }) => [
    {
      action: 'sns:Subscribe',
      resource,
      conditions: { 'sns:Protocol': protocol, 'sns:Endpoint': Endpoint },
    },
  ],
  run({ target: { topic }, input, call }) {
    const { Attributes = {} } = input
    const protocol = readProtocol(call, input.Protocol)
    const endpoint = readEndpoint(call, protocol, input.Endpoint ?? '', isFifo(topic))
    const attributes = withAttributes(call, protocol, {}, Attributes)
    const all = subscriptionsOf(call, topic)
    const same = all.find(({ document }) => document.protocol === protocol && document.endpoint === endpoint)
    const isOwn = isConfirmedAtOnce(call, protocol, endpoint)
    // One that waits for its endpoint's account to say so is that account's, once it subscribes the endpoint itself.
    if (same && !(same.document.pending && isOwn)) {
      if (Object.entries(attributes).some(([name, value]) => same.document.attributes[name] !== value))
        throw faults.parameter('Attributes', 'Subscription already exists with different attributes')
      if (!same.document.pending) return { SubscriptionArn: same.document.arn }
      const again = { ...same.document, baseUrl: baseUrlOf(call) }
      call.subscriptions.in(topic.account).put(same.id, askToConfirm(call, topic, again))
      return { SubscriptionArn: shownArn(same.document, input.ReturnSubscriptionArn) }
    }
    const max = isFifo(topic) ? quotas.fifoSubscriptions : ownLimits.subscriptionsPerTopic
    if (!same && all.length >= max) throw faults.tooManySubscriptions(max)
    const id = same?.id ?? uuid(call.randomBytes)
    const subscription: SubscriptionDocument = {
      ...{ id, protocol, endpoint, attributes, owner: call.account, createdAtMs: call.nowMs },
      arn: `${topic.arn}:${id}` as SubscriptionDocument['arn'], // A topic's ARN and a UUID.
      topicArn: topic.arn,
      topicName: topic.name,
      baseUrl: baseUrlOf(call),
    }
    const kept = isOwn ? subscription : askToConfirm(call, topic, subscription)
    call.subscriptions.in(topic.account).put(id, kept)
    return { SubscriptionArn: shownArn(kept, input.ReturnSubscriptionArn) }
  },
})

/**
 * Ends a subscription; one that is not there is no error. Its owner may, whom the topic lets, and whoever has the link of a delivery.
 * Differs: an endpoint is not told that its subscription has ended.
 */
export const Unsubscribe = sns('Unsubscribe', {
  target: ({ SubscriptionArn }, call) => optional(ownedBy(call, findSubscription(call, SubscriptionArn))),
  access: ({ resource }) => [{ action: 'sns:Unsubscribe', resource }],
  run({ target: { subscription }, call }) {
    if (subscription) tableOf(call, subscription).delete(subscription.id)
    return {}
  },
})

/** Faults: NotFound. */
export const GetSubscriptionAttributes = sns('GetSubscriptionAttributes', {
  target: ({ SubscriptionArn }, call) => ownedBy(call, findSubscription(call, SubscriptionArn)),
  access: ({ resource }) => [{ action: 'sns:GetSubscriptionAttributes', resource }],
  run({ target: { resource, subscription } }) {
    if (!subscription) throw faults.noSuchSubscription()
    const { arn, topicArn, owner, protocol, endpoint, attributes, pending, isConfirmedSigned } = subscription
    return {
      Attributes: {
        RawMessageDelivery: 'false',
        ...(attributes['FilterPolicy'] !== undefined && { FilterPolicyScope: 'MessageAttributes' }),
        ...attributes,
        SubscriptionArn: arn,
        TopicArn: topicArn,
        Owner: owner,
        Protocol: protocol,
        Endpoint: endpoint,
        PendingConfirmation: pending ? 'true' : 'false',
        ConfirmationWasAuthenticated: String(isAlwaysSigned(subscription) || isConfirmedSigned === true),
        ...((protocol === 'http' || protocol === 'https') && {
          EffectiveDeliveryPolicy: JSON.stringify(
            effectivePolicy(resource.topic.attributes['DeliveryPolicy'], attributes['DeliveryPolicy']),
          ),
        }),
      },
    }
  },
})

/** Sets one attribute. Faults: NotFound; InvalidParameter. */
export const SetSubscriptionAttributes = sns('SetSubscriptionAttributes', {
  target: ({ SubscriptionArn }, call) => ownedBy(call, findSubscription(call, SubscriptionArn)),
  access: ({ resource }) => [{ action: 'sns:SetSubscriptionAttributes', resource }],
  run({ target: { subscription }, input: { AttributeName, AttributeValue = '' }, call }) {
    if (!subscription) throw faults.noSuchSubscription()
    const attributes = withAttributes(call, subscription.protocol, subscription.attributes, {
      [AttributeName]: AttributeValue,
    })
    tableOf(call, subscription).put(subscription.id, { ...subscription, attributes })
    return {}
  },
})

/** Lists what the caller's account subscribed in the region. */
export const ListSubscriptions = sns('ListSubscriptions', {
  access: () => [{ action: 'sns:ListSubscriptions', resource: '*' }],
  run({ input: { NextToken }, call }) {
    const { items, token } = page(NextToken, (after, limit) =>
      call.tx
        .findAnywhere(subscriptions, 'owner', `${call.account} ${call.region}`)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .filter(({ id }) => after === undefined || id > after)
        .slice(0, limit),
    )
    return { Subscriptions: items.map(shown), NextToken: token }
  },
})

/** Lists a topic's subscriptions. Faults: NotFound. */
export const ListSubscriptionsByTopic = sns('ListSubscriptionsByTopic', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource) => [{ action: 'sns:ListSubscriptionsByTopic', resource }],
  run({ target: { topic }, input: { NextToken }, call }) {
    const table = call.subscriptions.in(topic.account)
    const { items, token } = page(NextToken, (after, limit) =>
      table.find('topic', topic.name, { after, limit }),
    )
    return { Subscriptions: items.map(shown), NextToken: token }
  },
})

/** Where links lead that subscribers are sent: what the operator says, or where the caller reached us. */
function baseUrlOf({ parts: { publicUrl }, secureTransport, host }: SnsCall): string {
  return publicUrl ?? `${secureTransport ? 'https' : 'http'}://${host ?? 'localhost'}`
}

/** What is missing is no error. */
function optional({ resource, subscription }: FoundSubscription): {
  readonly resource: FoundTopic | { readonly arn: Missing['arn'] }
  readonly subscription: SubscriptionDocument | undefined
} {
  return { resource: 'topic' in resource ? resource : { arn: resource.arn }, subscription }
}

/** Who subscribes an endpoint of their own account need not be asked. */
function isConfirmedAtOnce(call: SnsCall, protocol: Protocol, endpoint: string): boolean {
  return (protocol === 'sqs' || protocol === 'lambda') && parseArn(endpoint)?.account === call.account
}

/** Whether it was confirmed by being asked for. */
function isAlwaysSigned({ protocol, endpoint, owner }: SubscriptionDocument): boolean {
  return (protocol === 'sqs' || protocol === 'lambda') && parseArn(endpoint)?.account === owner
}

function shownArn({ arn, pending }: SubscriptionDocument, isWished = false): string {
  return pending && !isWished ? 'pending confirmation' : arn
}

function shown({ arn, owner, protocol, endpoint, topicArn, pending }: SubscriptionDocument) {
  return {
    SubscriptionArn: pending ? 'PendingConfirmation' : arn,
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  }
}

/** A subscription is kept with its topic. */
function tableOf(call: SnsCall, { topicArn }: SubscriptionDocument) {
  const found = findTopic(call, topicArn)
  return call.subscriptions.in('topic' in found ? found.topic.account : call.account)
}

function readProtocol({ parts }: SnsCall, text: string): Protocol {
  if (text === 'sqs' || text === 'lambda' || text === 'http' || text === 'https') return text
  if (text !== 'email' && text !== 'email-json')
    throw faults.parameter(
      'Protocol',
      `${text} is not supported: sqs, lambda, http, https, email and email-json are`,
    )
  if (!parts.sendsMail)
    throw faults.parameter(
      'Protocol',
      `${text} needs an SMTP server, which this server is started with (--smtp-host)`,
    )
  return text
}

function readEndpoint(call: SnsCall, protocol: Protocol, text: string, fifo: boolean): string {
  if (protocol === 'http' || protocol === 'https') return readUrl(protocol, text, fifo)
  if (protocol === 'email' || protocol === 'email-json') return readMailbox(text, fifo)
  const parts = parseArn(text)
  const isOfProtocol =
    parts?.service === protocol &&
    (protocol === 'sqs' || /^function:[\w-]{1,64}(?::[\w$-]{1,128})?$/.test(parts.resource))
  if (!parts || !isOfProtocol || parts.partition !== call.partition)
    throw faults.parameter('Endpoint', `It is no ARN of what ${protocol} delivers to`)
  if (protocol === 'lambda' && parts.account !== call.account)
    throw faults.parameter('Endpoint', 'It is of another account, which alone can subscribe it')
  if (fifo && protocol !== 'sqs') throw faults.parameter('Endpoint', 'A FIFO topic delivers to queues')
  if (!fifo && parts.resource.endsWith('.fifo'))
    throw faults.parameter('Endpoint', 'FIFO SQS Queues can not be subscribed to standard SNS topics')
  return text
}

function readUrl(protocol: Protocol, text: string, fifo: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.protocol === `${protocol}:` && url.username === '' && url.password === ''
  if (!isPlain || text.length > 2048)
    throw faults.parameter('Endpoint', `It is no ${protocol} URL without credentials`)
  if (fifo) throw faults.parameter('Endpoint', 'A FIFO topic delivers to queues')
  return text
}

function readMailbox(text: string, fifo: boolean): string {
  if (fifo) throw faults.parameter('Endpoint', 'A FIFO topic delivers to queues')
  if (!isMailAddress(text)) throw faults.parameter('Endpoint', 'Email address')
  return text
}

/** Attributes once those given are set. Faults: InvalidParameter, for what would not be acted on too. */
function withAttributes(
  call: SnsCall,
  protocol: Protocol,
  before: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const after = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(given)) {
    checkAttribute(call, protocol, name, value)
    if (value === '') after.delete(name)
    else after.set(name, value)
  }
  checkScope(after.get('FilterPolicy'), after.get('FilterPolicyScope'))
  return Object.fromEntries(after)
}

function checkAttribute(call: SnsCall, protocol: Protocol, name: string, value: string): void {
  switch (name) {
    case 'RawMessageDelivery':
      if (value !== 'true' && value !== 'false') throw faults.parameter(name, `Invalid value: ${value}`)
      if (value === 'true' && protocol.startsWith('email'))
        throw faults.parameter(name, `Delivery protocol [${protocol}] does not support raw message delivery.`)
      return
    case 'FilterPolicyScope':
      if (value !== 'MessageAttributes' && value !== 'MessageBody')
        throw faults.parameter(name, `Invalid value: ${value}`)
      return
    case 'FilterPolicy':
      return checkFilter(value)
    case 'DeliveryPolicy':
      if (protocol !== 'http' && protocol !== 'https')
        throw faults.parameter(name, 'Web addresses alone have it')
      if (value !== '') checkSubscriptionPolicy(value)
      return
    case 'RedrivePolicy':
      if (value !== '') checkRedrive(call, value)
      return
    default:
      throw faults.parameter('AttributeName', `${name} is no attribute of subscriptions that is supported`)
  }
}

function checkRedrive(call: SnsCall, text: string): void {
  const arn = deadLetterArn(text)
  const parts = arn === undefined ? undefined : parseArn(arn)
  if (parts?.service !== 'sqs' || parts.account !== call.account || parts.region !== call.region)
    throw faults.parameter(
      'RedrivePolicy',
      'deadLetterTargetArn is the ARN of a queue of this account and region',
    )
}

/** The dead-letter queue that a RedrivePolicy names. */
export function deadLetterArn(text: string): string | undefined {
  const value = parsed(text)
  const arn =
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([key]) => key === 'deadLetterTargetArn')?.[1]
      : undefined
  return typeof arn === 'string' ? arn : undefined
}
