import type { SubscriptionDocument } from './documents.ts'
import type { Signer } from './signer.ts'

/**
 * The link in deliveries that ends their subscription. Its token is the proof, so that nobody needs to sign; without one, where
 * AuthenticateOnUnsubscribe was asked for, the same address takes signed calls alone.
 */
export function unsubscribeUrl(
  { baseUrl, arn, protocol, authenticateOnUnsubscribe }: SubscriptionDocument,
  signer: Signer,
): string {
  const query = new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn: arn })
  if (authenticateOnUnsubscribe !== true) query.set('Token', signer.unsubscribeToken(arn))
  if (protocol === 'email') query.set('Form', 'true') // Read mail is followed by machines too: a page asks.
  return `${baseUrl}/?${query.toString()}`
}
