import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import { sealedMessage, sealedSigningKey } from './sealed.ts'

// What SNS stores: in the region of the topic's account.

export interface TopicDocument {
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly name: string
  readonly createdAtMs: number
  /** As they were set. The policy is kept apart. */
  readonly attributes: Readonly<Record<string, string>>
  /** With users and roles by their unique ids. */
  readonly policy: string
  readonly tags: Tags
}

export type Protocol = 'sqs' | 'lambda' | 'http' | 'https' | 'email' | 'email-json'

export interface SubscriptionDocument {
  readonly arn: Arn
  readonly id: string
  readonly topicArn: Arn
  readonly topicName: string
  /** Who subscribed; the topic's account may be another. */
  readonly owner: AccountId
  readonly protocol: Protocol
  readonly endpoint: string
  readonly attributes: Readonly<Record<string, string>>
  readonly createdAtMs: number
  /** Where whoever subscribed reached us: what links in deliveries begin with. */
  readonly baseUrl: string
  /** While its endpoint has not confirmed it: the digest of the token that does, and until when it does. */
  readonly pending?: { readonly tokenDigest: string; readonly untilMs: number } | undefined
  /** Confirmed by a signed call, not by a link. */
  readonly isConfirmedSigned?: true | undefined
  /** The link in deliveries does not end it: a signed call of its owner or of the topic's account does. */
  readonly authenticateOnUnsubscribe?: true | undefined
}

/** A `Said` as it is kept: sealed, or under a data key of the topic's KMS key. */
export type StoredSaid =
  | { readonly kind: 'sealed'; readonly sealed: string }
  /** Both base64; the data key is a ciphertext blob of KMS. */
  | { readonly kind: 'kms'; readonly dataKey: string; readonly encrypted: string }

/** What was published, as long as a delivery of it waits. */
export interface PublicationDocument {
  readonly messageId: string
  readonly topicArn: Arn
  readonly publishedAtMs: number
  readonly groupId?: string | undefined
  readonly deduplicationId?: string | undefined
  readonly sequenceNumber?: string | undefined
  /** As the topic had it; 1 by default. */
  readonly signatureVersion?: '1' | '2' | undefined
  readonly said: StoredSaid
}

/** A delivery that waits. It is deleted only once it is done, or in the dead-letter queue, or given up. */
export interface DeliveryDocument {
  readonly subscriptionId: string
  readonly publicationId: string
  /** Those of one lane are made one after another, by id. */
  readonly lane: string
  readonly attempts: number
  readonly dueAtMs: number
}

export interface CounterDocument {
  readonly last: number
}

export interface DeduplicationDocument {
  readonly messageId: string
  readonly sequenceNumber: string
  readonly untilMs: number
}

/** The key that signs what is delivered, with its certificate: one for all accounts. */
export interface SigningKeyDocument {
  /** Names the certificate in its address. */
  readonly id: string
  readonly certificate: string
  readonly sealedKey: string
}

export const topics = collection<TopicDocument>({ service: 'sns', type: 'topic' })

export const subscriptions = collection<SubscriptionDocument>({
  service: 'sns',
  type: 'subscription',
  indexes: {
    topic: ({ topicName }) => topicName,
    owner: { anywhere: ({ owner, topicArn }) => `${owner} ${topicArn.split(':')[3] ?? ''}` },
  },
})

export const publications = collection<PublicationDocument>({
  service: 'sns',
  type: 'publication',
  reseal: ({ said, ...one }, id, move) => ({
    ...one,
    said: said.kind === 'sealed' ? { ...said, sealed: sealedMessage.move(move, id, said.sealed) } : said,
  }),
})

export const deliveries = collection<DeliveryDocument>({
  service: 'sns',
  type: 'delivery',
  indexes: {
    publication: ({ publicationId }) => publicationId,
    subscription: ({ subscriptionId }) => subscriptionId,
  },
})

export const counters = collection<CounterDocument>({ service: 'sns', type: 'counter' })

export const deduplications = collection<DeduplicationDocument>({
  service: 'sns',
  type: 'deduplication',
  indexes: { minute: { anywhere: ({ untilMs }) => minuteOf(untilMs) } },
})

export const signingKeys = collection<SigningKeyDocument>({
  service: 'sns',
  type: 'signing-key',
  reseal: (key, id, move) => ({ ...key, sealedKey: sealedSigningKey.move(move, id, key.sealedKey) }),
})

/** The minute in which a document ends, for whoever clears away what has. */
export function minuteOf(untilMs: number): string {
  return String(Math.floor(untilMs / 60_000))
}
