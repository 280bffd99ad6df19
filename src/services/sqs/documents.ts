import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection, type MoveSealed } from '#core/store/index.ts'
import { sealedContent } from './sealed.ts'

// What SQS stores, in the account's region. A queue's id is its name; what belongs to a queue has an id that begins with the queue's key.

export interface QueueDocument {
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly name: string
  /** Tells this queue from one of the same name that was deleted. */
  readonly key: string
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  /** As they were set; those not set have their defaults. The policy is kept apart. */
  readonly attributes: Readonly<Record<string, string>>
  /** With users and roles by their unique ids. */
  readonly policy?: string | undefined
  readonly tags: Tags
  /** Counts purges: messages of an earlier generation are gone. A queue made anew begins at 0, under another key. */
  readonly generation: number
  readonly purgedAtMs?: number | undefined
}

/** A message's text and attributes, as they are kept: plainly, sealed (SSE-SQS) or under a data key of KMS (SSE-KMS). */
export type StoredContent =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'sealed'; readonly sealed: string }
  | {
      readonly kind: 'kms'
      /** The encrypted data key, base64. */
      readonly dataKey: string
      /** The queue whose ARN is the encryption context. */
      readonly contextArn: Arn
      /** Initialization vector, ciphertext and tag, base64. */
      readonly encrypted: string
    }

export interface MessageDocument {
  readonly queueKey: string
  readonly messageId: string
  readonly generation: number
  /** FIFO: its group, and its place in it (twenty digits, so that texts compare as numbers do). */
  readonly groupId?: string | undefined
  readonly sequenceNumber?: string | undefined
  readonly deduplicationId?: string | undefined
  readonly senderId: string
  readonly sentAtMs: number
  readonly visibleAtMs: number
  readonly receiveCount: number
  readonly firstReceivedAtMs?: number | undefined
  /** When it was last received: what twelve hours of visibility timeout count from. */
  readonly receivedAtMs?: number | undefined
  readonly traceHeader?: string | undefined
  readonly deadLetterSourceArn?: Arn | undefined
  /** Of body and attributes. */
  readonly bytes: number
  /** The id under which its content is kept and sealed, where a task has brought it back under a new one. */
  readonly contentId?: string | undefined
  /** Absent where it is large: it then stands beside, so that being received does not write it anew. */
  readonly content?: StoredContent | undefined
}

/** Large contents; their id is that with which the message was sent, wherever it moves. */
export interface ContentDocument {
  readonly content: StoredContent
}

/** The last sequence number that a FIFO queue gave. */
export interface CounterDocument {
  readonly last: number
}

/** A message that a FIFO queue took: another with the same deduplication id is answered as this one was. */
export interface DeduplicationDocument {
  readonly messageId: string
  readonly sequenceNumber: string
  readonly untilMs: number
}

/** What a receive of a FIFO queue gave, for whoever asks again with the same attempt id. */
export interface AttemptDocument {
  readonly given: readonly {
    readonly messageId: string
    readonly receiveCount: number
    readonly visibleAtMs: number
  }[]
  readonly untilMs: number
}

export interface MoveTaskDocument {
  readonly taskId: string
  readonly sourceArn: Arn
  readonly destinationArn?: Arn | undefined
  /** Queues to which whoever began it was let send. */
  readonly allowedArns: readonly Arn[]
  readonly messagesPerSecond?: number | undefined
  readonly startedAtMs: number
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  readonly moved: number
  readonly toMove: number
  readonly failureReason?: string | undefined
}

/** What is left of a queue that was deleted, or of what was purged from one; its id begins with the queue's key. */
export interface ClearingDocument {
  readonly queueKey: string
  /** Messages of earlier generations go; absent where the queue is gone with all that it had. */
  readonly generation?: number | undefined
}

export const queues = collection<QueueDocument>({
  service: 'sqs',
  type: 'queue',
  indexes: {
    key: { anywhere: ({ key }) => key },
    deadLetterTarget: ({ attributes }) => deadLetterTargetOf(attributes),
  },
})

export const messages = collection<MessageDocument>({
  service: 'sqs',
  type: 'message',
  reseal: (message, _, move) =>
    message.content
      ? { ...message, content: resealed(message.content, contentIdOf(message), move) }
      : message,
})

export const contents = collection<ContentDocument>({
  service: 'sqs',
  type: 'content',
  reseal: ({ content }, id, move) => ({ content: resealed(content, id, move) }),
})

export const counters = collection<CounterDocument>({ service: 'sqs', type: 'counter' })

/** The minute in which a document ends, for whoever clears away what has. */
export function minuteOf(untilMs: number): string {
  return String(Math.floor(untilMs / 60_000))
}
const indexes = { minute: { anywhere: ({ untilMs }: { readonly untilMs: number }) => minuteOf(untilMs) } }

export const deduplications = collection<DeduplicationDocument>({
  service: 'sqs',
  type: 'deduplication',
  indexes,
})
export const attempts = collection<AttemptDocument>({ service: 'sqs', type: 'attempt', indexes })

export const moveTasks = collection<MoveTaskDocument>({
  service: 'sqs',
  type: 'move-task',
  indexes: {
    source: ({ sourceArn }) => sourceArn,
    active: { anywhere: ({ status }) => (isActive(status) ? 'yes' : undefined) },
  },
})

export const clearings = collection<ClearingDocument>({
  service: 'sqs',
  type: 'clearing',
  indexes: { everywhere: { anywhere: () => 'all' } },
})

export function isActive(status: MoveTaskDocument['status']): boolean {
  return status === 'RUNNING' || status === 'CANCELLING'
}

/** A message's id in its collection. */
export function messageKey({ key }: Pick<QueueDocument, 'key'>, messageId: string): string {
  return `${key}/${messageId}`
}

/** Under which id a message's content is kept and sealed. */
export function contentIdOf({ messageId, contentId }: MessageDocument): string {
  return contentId ?? messageId
}

/** The key of the queue to which a document of a queue's own belongs. */
export function queueKeyOf(id: string): string {
  return id.slice(0, id.indexOf('/'))
}

function resealed(content: StoredContent, messageId: string, move: MoveSealed): StoredContent {
  if (content.kind !== 'sealed') return content
  return { kind: 'sealed', sealed: sealedContent.move(move, messageId, content.sealed) }
}

/** The ARN of the dead-letter queue that attributes name. They were checked when they were set. */
function deadLetterTargetOf(attributes: QueueDocument['attributes']): string | undefined {
  const { RedrivePolicy } = attributes
  if (RedrivePolicy === undefined) return undefined
  const { deadLetterTargetArn } = JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string } // `redrivePolicy` wrote it.
  return deadLetterTargetArn
}
