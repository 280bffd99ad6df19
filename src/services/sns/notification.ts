import { parseArn } from '#core/arn.ts'
import type { ServiceCall } from '#core/service-calls.ts'
import type { PublicationDocument, SubscriptionDocument } from './documents.ts'
import type { Said } from './message.ts'

/** What one delivery says and to whom. */
export interface Notification {
  readonly subscription: SubscriptionDocument
  readonly publication: PublicationDocument
  readonly said: Said
}

type Asked = Pick<ServiceCall, 'service' | 'operation' | 'input' | 'region'>

/** The call that delivers a notification. */
export function callOf(notification: Notification): Asked {
  const { protocol, endpoint, attributes } = notification.subscription
  if (protocol === 'sqs') return toQueue(endpoint, notification, attributes['RawMessageDelivery'] === 'true')
  return {
    service: 'lambda',
    operation: 'Invoke',
    region: parseArn(endpoint)?.region ?? '',
    input: {
      FunctionName: endpoint,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(lambdaEvent(notification))),
    },
  }
}

/** Sends a notification to a queue: its subscriber, or the dead-letter queue. */
export function toQueue(
  queueArn: string,
  { subscription, publication, said }: Notification,
  raw: boolean,
): Asked {
  const { account = '', resource = '', region = '' } = parseArn(queueArn) ?? {}
  return {
    service: 'sqs',
    operation: 'SendMessage',
    region,
    input: {
      QueueUrl: `/${account}/${resource}`,
      MessageBody: raw
        ? textFor(subscription, said)
        : JSON.stringify(envelope(subscription, publication, said)),
      ...(raw && { MessageAttributes: rawAttributes(said) }),
      ...(resource.endsWith('.fifo') && {
        MessageGroupId: publication.groupId,
        MessageDeduplicationId: publication.deduplicationId,
      }),
    },
  }
}

/** Source: SNS Developer Guide, "Parsing Amazon SNS message formats". Differs: it is not signed, and has no link. */
function envelope(subscription: SubscriptionDocument, publication: PublicationDocument, said: Said): object {
  return {
    Type: 'Notification',
    MessageId: publication.messageId,
    ...(publication.sequenceNumber !== undefined && { SequenceNumber: publication.sequenceNumber }),
    TopicArn: publication.topicArn,
    ...(said.subject !== undefined && { Subject: said.subject }),
    Message: textFor(subscription, said),
    Timestamp: new Date(publication.publishedAtMs).toISOString(),
    ...(Object.keys(said.attributes).length > 0 && { MessageAttributes: shownAttributes(said) }),
  }
}

/** Source: Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications". */
function lambdaEvent({ subscription, publication, said }: Notification): object {
  const { messageId, topicArn, publishedAtMs } = publication
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
          MessageAttributes: shownAttributes(said),
        },
      },
    ],
  }
}

function textFor({ protocol }: SubscriptionDocument, { message, byProtocol = {} }: Said): string {
  return Object.hasOwn(byProtocol, protocol) ? (byProtocol[protocol] ?? message) : message
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
