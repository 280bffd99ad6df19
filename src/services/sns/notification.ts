import { parseArn } from '#core/arn.ts'
import type { ServiceCall } from '#core/service-calls.ts'
import { envelope } from './envelope.ts'
import type { Said } from './message.ts'
import { type Notification, textFor } from './notification-text.ts'
import type { Signer } from './signer.ts'
import { unsubscribeUrl } from './unsubscribe-link.ts'

type Asked = Pick<ServiceCall, 'service' | 'operation' | 'input' | 'region'>

/** The call that delivers a notification. */
export function callOf(notification: Notification, signer: Signer): Asked {
  const { protocol, endpoint } = notification.subscription
  if (protocol === 'sqs') return toQueue(endpoint, notification, signer)
  return {
    service: 'lambda',
    operation: 'Invoke',
    region: parseArn(endpoint)?.region ?? '',
    input: {
      FunctionName: endpoint,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(lambdaEvent(notification, signer))),
    },
  }
}

/** Sends a notification to a queue: its subscriber, or the dead-letter queue. */
export function toQueue(queueArn: string, notification: Notification, signer: Signer): Asked {
  const { subscription, publication, said } = notification
  const raw = subscription.attributes['RawMessageDelivery'] === 'true' && !said.confirmation
  const { account = '', resource = '', region = '' } = parseArn(queueArn) ?? {}
  return {
    service: 'sqs',
    operation: 'SendMessage',
    region,
    input: {
      QueueUrl: `/${account}/${resource}`,
      MessageBody: raw ? textFor(subscription, said) : JSON.stringify(envelope(notification, signer)),
      ...(raw && { MessageAttributes: rawAttributes(said) }),
      ...(resource.endsWith('.fifo') && {
        MessageGroupId: publication.groupId ?? publication.messageId,
        MessageDeduplicationId: publication.deduplicationId ?? publication.messageId,
      }),
    },
  }
}

/** Source: Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications". */
function lambdaEvent(notification: Notification, signer: Signer): object {
  const { subscription, publication, said } = notification
  const { messageId, topicArn, publishedAtMs } = publication
  const { SignatureVersion, Signature, SigningCertURL } = envelope(notification, signer)
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        EventSource: 'aws:sns',
        Sns: {
          Type: 'Notification',
          MessageId: messageId,
          TopicArn: topicArn,
          Subject: said.subject ?? null,
          Message: textFor(subscription, said),
          Timestamp: new Date(publishedAtMs).toISOString(),
          ...{ SignatureVersion, Signature, SigningCertUrl: SigningCertURL },
          MessageAttributes: shownAttributes(said),
          UnsubscribeUrl: unsubscribeUrl(subscription, signer),
        },
      },
    ],
  }
}

function shownAttributes({ attributes }: Said): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [name, { Type: type, Value: value }]),
  )
}

/** As attributes of a queue's message. Source: SNS Developer Guide, "Amazon SNS raw message delivery". */
function rawAttributes({ attributes }: Said): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      type.startsWith('Binary')
        ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
        : { DataType: type, StringValue: value },
    ]),
  )
}
