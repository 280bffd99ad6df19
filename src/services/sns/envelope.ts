import { type Notification, textFor } from './notification-text.ts'
import { certificatePath, type Signer } from './signer.ts'
import { unsubscribeUrl } from './unsubscribe-link.ts'

/** Members that are signed, in this order, as far as they are there. Source: SNS Developer Guide, "Verifying the signatures of Amazon SNS messages". */
const signed = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const

/** Of what is sent, what functions are given too; they are given it under names of their own. */
interface Envelope {
  readonly SignatureVersion: string
  readonly Signature: string
  readonly SigningCertURL: string
}

/** What a subscriber is sent that does not take messages raw. UnsubscribeURL is not signed, as AWS's is not. */
export function envelope({ subscription, publication, said }: Notification, signer: Signer): Envelope {
  const { messageId, topicArn, publishedAtMs, sequenceNumber, signatureVersion = '1' } = publication
  const { confirmation } = said
  const content: Readonly<Partial<Record<(typeof signed)[number], string>>> = {
    Type: confirmation ? 'SubscriptionConfirmation' : 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(said.subject !== undefined && { Subject: said.subject }),
    Message: textFor(subscription, said),
    Timestamp: new Date(publishedAtMs).toISOString(),
    ...(confirmation && { Token: confirmation.token, SubscribeURL: confirmation.url }),
  }
  const text = signed
    .flatMap((name) => {
      const value = content[name]
      return value === undefined ? [] : [`${name}\n${value}\n`]
    })
    .join('')
  return {
    ...content,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    SignatureVersion: signatureVersion,
    Signature: signer.sign(text, signatureVersion),
    SigningCertURL: `${subscription.baseUrl}${certificatePath(signer.certificateId)}`,
    ...(!confirmation && { UnsubscribeURL: unsubscribeUrl(subscription, signer) }),
    ...(Object.keys(said.attributes).length > 0 && {
      MessageAttributes: Object.fromEntries(
        Object.entries(said.attributes).map(([name, { type, value }]) => [
          name,
          { Type: type, Value: value },
        ]),
      ),
    }),
  }
}
