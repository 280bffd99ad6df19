import type { PublicationDocument, SubscriptionDocument, TopicDocument } from './documents.ts'
import type { Said } from './message.ts'

/** What one delivery says and to whom. */
export interface Notification {
  readonly topic: TopicDocument
  readonly subscription: SubscriptionDocument
  readonly publication: PublicationDocument
  readonly said: Said
}

/** The text of a message for a subscription's protocol. */
export function textFor({ protocol }: SubscriptionDocument, { message, byProtocol = {} }: Said): string {
  return Object.hasOwn(byProtocol, protocol) ? (byProtocol[protocol] ?? message) : message
}
