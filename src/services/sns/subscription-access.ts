import type { SnsCall } from './declare.ts'
import type { FoundSubscription } from './find-topic.ts'
import { rootArn } from './topic-policy.ts'

/**
 * A subscription found, with the topic's policy as it counts for it: its owner's account may look after it, though the topic is another's;
 * SNS itself may end it for its link; and where AuthenticateOnUnsubscribe was asked for, nobody ends it but the two accounts.
 * Source: SNS API Reference, Unsubscribe and ConfirmSubscription.
 */
export function ownedBy(call: SnsCall, found: FoundSubscription): FoundSubscription {
  const { resource, subscription } = found
  if (!subscription || !('topic' in resource)) return found
  const { topic } = resource
  const policy = JSON.parse(topic.policy) as { readonly Statement: unknown } // `storedPolicy` or `defaultPolicy` wrote it.
  const isForeign = subscription.owner !== topic.account
  const Statement = [
    policy.Statement,
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'SNS:Unsubscribe',
      Resource: topic.arn,
      Condition: { ArnEquals: { 'aws:SourceArn': subscription.arn } },
    },
    isForeign && {
      Effect: 'Allow',
      Principal: { AWS: rootArn(call, subscription.owner) },
      Action: ['SNS:Unsubscribe', 'SNS:GetSubscriptionAttributes', 'SNS:SetSubscriptionAttributes'],
      Resource: topic.arn,
    },
    subscription.authenticateOnUnsubscribe && {
      Effect: 'Deny',
      Principal: '*',
      Action: 'SNS:Unsubscribe',
      Resource: topic.arn,
      Condition: { StringNotEquals: { 'aws:PrincipalAccount': [topic.account, subscription.owner] } },
    },
  ]
    .flat()
    .filter((statement) => Boolean(statement))
  const text = JSON.stringify({ ...policy, Statement })
  return {
    subscription,
    resource: { ...resource, resourcePolicy: { kind: 'resource', text, required: false } },
  }
}
