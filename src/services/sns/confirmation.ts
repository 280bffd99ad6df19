import { createHash } from 'node:crypto'
import { uuid } from '#core/ids.ts'
import { openToAnyAuthenticatedCaller } from '#core/operation.ts'
import { sealed } from './contents.ts'
import { type SnsCall, sns } from './declare.ts'
import type { SubscriptionDocument, TopicDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findTopic } from './find-topic.ts'
import { signatureVersionOf } from './topic-attributes.ts'
import type { Said } from './message.ts'
import { ownLimits, quotas } from './quotas.ts'
import { subscriptionsOf } from './topics.ts'

/**
 * Confirms a subscription by the token that its endpoint was sent: whoever has it may, as AWS lets them without a signature even. One who
 * signs may say that only signed calls end the subscription (AuthenticateOnUnsubscribe).
 * Faults: InvalidParameter for a token that is none, whatever else there is.
 */
export const ConfirmSubscription = sns('ConfirmSubscription', {
  access: openToAnyAuthenticatedCaller,
  run({ input: { TopicArn, Token, AuthenticateOnUnsubscribe }, call }) {
    const found = findTopic(call, TopicArn)
    const topic = 'topic' in found ? found.topic : undefined
    const tokenDigest = digest(Token)
    const subscription =
      topic &&
      subscriptionsOf(call, topic).find(
        ({ document: { pending } }) => pending?.tokenDigest === tokenDigest && pending.untilMs > call.nowMs,
      )?.document
    if (!topic || !subscription) throw faults.parameter('Token', 'Invalid token')
    const { pending: _, ...confirmed } = subscription
    // The link's door calls as SNS itself: nobody signed.
    const isSigned = call.caller.kind !== 'service'
    const isAuthenticated = isSigned && AuthenticateOnUnsubscribe?.toLowerCase() === 'true'
    call.subscriptions.in(topic.account).put(subscription.id, {
      ...confirmed,
      ...(isSigned && { isConfirmedSigned: true }),
      ...(isAuthenticated && { authenticateOnUnsubscribe: true }),
    })
    return { SubscriptionArn: subscription.arn }
  },
})

/** Asks an endpoint to confirm: it is sent a token, of which the digest is kept. Units: `baseUrl` is where callers reach us. */
export function askToConfirm(
  call: SnsCall,
  topic: TopicDocument,
  subscription: SubscriptionDocument,
): SubscriptionDocument {
  if (!call.deliveries.in(topic.account).hasRoom(ownLimits.deliveriesWaiting)) throw faults.full()
  const token = call.randomBytes(32).toString('hex')
  const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topic.arn, Token: token })
  // What reads mail for its reader follows links: one in a mail leads to a page that asks.
  if (subscription.protocol === 'email') query.set('Form', 'true')
  const said: Said = {
    message: `You have chosen to subscribe to the topic ${topic.arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    attributes: {},
    confirmation: { token, url: `${subscription.baseUrl}/?${query.toString()}` },
  }
  const messageId = uuid(call.randomBytes)
  call.publications.in(topic.account).put(messageId, {
    ...{ messageId, topicArn: topic.arn, publishedAtMs: call.nowMs },
    ...signatureVersionOf(topic),
    said: sealed(call.seal, messageId, said),
  })
  const id = `${subscription.id}/${messageId}`
  call.deliveries.in(topic.account).put(id, {
    ...{
      subscriptionId: subscription.id,
      publicationId: messageId,
      lane: id,
      attempts: 0,
      dueAtMs: call.nowMs,
    },
  })
  const pending = { tokenDigest: digest(token), untilMs: call.nowMs + quotas.confirmationMs }
  return { ...subscription, pending }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
