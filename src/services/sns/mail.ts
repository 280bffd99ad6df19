import { envelope } from './envelope.ts'
import { type Notification, textFor } from './notification-text.ts'
import type { Signer } from './signer.ts'
import { unsubscribeUrl } from './unsubscribe-link.ts'

/** A mail of plain text. */
export interface Mail {
  readonly fromName: string
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Where the mail program's own button leads. */
  readonly unsubscribe?: string | undefined
}

/** The mail that delivers a notification, or asks to confirm. Source: SNS Developer Guide, "Email notifications". */
export function mailOf(notification: Notification, signer: Signer): Mail {
  const { topic, subscription, said } = notification
  const { confirmation } = said
  const name = topic.attributes['DisplayName'] ?? ''
  const hasLink = !confirmation && subscription.authenticateOnUnsubscribe !== true
  return {
    fromName: oneLine(name === '' ? 'AWS Notifications' : name),
    to: subscription.endpoint,
    subject: oneLine(
      confirmation
        ? 'AWS Notification - Subscription Confirmation'
        : (said.subject ?? 'AWS Notification Message'),
    ),
    text:
      subscription.protocol === 'email-json'
        ? JSON.stringify(envelope(notification, signer), undefined, 2)
        : plainText(notification, signer),
    ...(hasLink && { unsubscribe: unsubscribeUrl(subscription, signer) }),
  }
}

function plainText({ topic, subscription, said }: Notification, signer: Signer): string {
  if (said.confirmation)
    return [
      'You have chosen to subscribe to the topic:',
      topic.arn,
      '',
      'To confirm this subscription, visit the link below (If this was in error no action is necessary):',
      said.confirmation.url,
      '',
    ].join('\n')
  return [
    textFor(subscription, said),
    '',
    '--',
    'If you wish to stop receiving notifications from this topic, please visit the link below to unsubscribe:',
    unsubscribeUrl(subscription, signer),
    '',
  ].join('\n')
}

/** No header of a mail is ended by what stands in it, wherever that comes from. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}
