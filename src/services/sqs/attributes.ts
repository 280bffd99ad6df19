import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { isFifo } from './find-queue.ts'
import { quotas } from './quotas.ts'
import {
  readRedriveAllowPolicy,
  readRedrivePolicy,
  type RedriveAllowPolicy,
  type RedrivePolicy,
} from './redrive-policy.ts'

/** An attribute that can be set. */
interface Row {
  /** What a queue has that did not set it; none where that means that it has none. */
  readonly byDefault?: string
  /** Gives the text that is kept. Faults: InvalidAttributeValue. */
  readonly read: (text: string, name: string) => string
  readonly fifoOnly?: true
}

/** Attributes that users set, but for the policy. Source: SQS API Reference, SetQueueAttributes, Attributes. */
const rows: ReadonlyMap<string, Row> = new Map<string, Row>([
  ['DelaySeconds', { byDefault: '0', read: whole(0, quotas.delaySecondsMax) }],
  [
    'MaximumMessageSize',
    {
      byDefault: String(quotas.messageBytesMax),
      read: whole(quotas.messageBytesMin, quotas.messageBytesMax),
    },
  ],
  [
    'MessageRetentionPeriod',
    { byDefault: '345600', read: whole(quotas.retentionSecondsMin, quotas.retentionSecondsMax) },
  ],
  ['ReceiveMessageWaitTimeSeconds', { byDefault: '0', read: whole(0, quotas.waitSecondsMax) }],
  ['VisibilityTimeout', { byDefault: '30', read: whole(0, quotas.visibilitySecondsMax) }],
  ['RedrivePolicy', { read: (text) => JSON.stringify(readRedrivePolicy(text)) }],
  ['RedriveAllowPolicy', { read: (text) => JSON.stringify(readRedriveAllowPolicy(text)) }],
  ['KmsMasterKeyId', { read: keyId }],
  ['KmsDataKeyReusePeriodSeconds', { read: whole(quotas.dataKeySecondsMin, quotas.dataKeySecondsMax) }],
  ['SqsManagedSseEnabled', { read: oneOf('true', 'false') }],
  ['FifoQueue', { read: oneOf('true'), fifoOnly: true }],
  ['ContentBasedDeduplication', { byDefault: 'false', read: oneOf('true', 'false'), fifoOnly: true }],
  ['DeduplicationScope', { byDefault: 'queue', read: oneOf('queue', 'messageGroup'), fifoOnly: true }],
  [
    'FifoThroughputLimit',
    { byDefault: 'perQueue', read: oneOf('perQueue', 'perMessageGroupId'), fifoOnly: true },
  ],
])

/** Attributes that an empty text removes. */
const removable: ReadonlySet<string> = new Set(['RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'])

type Attributes = Readonly<Record<string, string>>

/**
 * The attributes of a queue once those given are set.
 * Faults: InvalidAttributeName; InvalidAttributeValue, also for what contradicts itself.
 */
export function withAttributes(
  queue: Pick<QueueDocument, 'name'>,
  before: Attributes,
  given: Attributes,
): Attributes {
  const after = new Map(Object.entries(before))
  for (const [name, text] of Object.entries(given)) {
    const row = rows.get(name)
    if (!row || (row.fifoOnly && !isFifo(queue))) throw faults.attributeName(name)
    if (text === '' && removable.has(name)) after.delete(name)
    else after.set(name, row.read(text, name))
  }
  settleEncryption(after, given)
  const all = Object.fromEntries(after)
  checkThroughput(all)
  if (isFifo(queue)) return { ...all, FifoQueue: 'true' }
  return all
}

/** One kind of encryption at a time: whoever sets one gives up the other. */
function settleEncryption(after: Map<string, string>, given: Attributes): void {
  const isKms = (given['KmsMasterKeyId'] ?? '') !== ''
  const isSealed = given['SqsManagedSseEnabled'] === 'true'
  if (isKms && isSealed) {
    throw faults.attributeValue(
      'SqsManagedSseEnabled',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    )
  }
  if (isKms) after.set('SqsManagedSseEnabled', 'false')
  else if (isSealed) after.delete('KmsMasterKeyId')
}

function checkThroughput(attributes: Attributes): void {
  if (
    attributes['FifoThroughputLimit'] === 'perMessageGroupId' &&
    attributes['DeduplicationScope'] !== 'messageGroup'
  )
    throw faults.attributeValue(
      'FifoThroughputLimit',
      'perMessageGroupId is allowed only when the value for DeduplicationScope is messageGroup.',
    )
}

/** An attribute as a queue has it, set or not. */
export function attributeOf({ attributes, name: queue }: QueueDocument, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name]
  const row = rows.get(name)
  if (!row || (row.fifoOnly && !isFifo({ name: queue }))) return undefined
  if (name === 'KmsDataKeyReusePeriodSeconds' && attributes['KmsMasterKeyId'] !== undefined) return '300'
  // Queues are encrypted unless somebody says otherwise. Source: SetQueueAttributes, SqsManagedSseEnabled.
  if (name === 'SqsManagedSseEnabled') return 'true'
  return row.byDefault
}

export const settableNames: readonly string[] = [...rows.keys()]

type NumberAttribute =
  | 'DelaySeconds'
  | 'MaximumMessageSize'
  | 'MessageRetentionPeriod'
  | 'ReceiveMessageWaitTimeSeconds'
  | 'VisibilityTimeout'

/** An attribute that is a number. Units: seconds or bytes, as its name says. */
export function numberOf(queue: QueueDocument, name: NumberAttribute): number {
  return Number(attributeOf(queue, name))
}

export function redrivePolicyOf({ attributes }: QueueDocument): RedrivePolicy | undefined {
  const text = attributes['RedrivePolicy']
  return text === undefined ? undefined : readRedrivePolicy(text)
}

/** Whether a queue lets another one use it as its dead-letter queue. */
export function allowsRedriveFrom({ attributes }: QueueDocument, sourceArn: string): boolean {
  const text = attributes['RedriveAllowPolicy']
  const policy: RedriveAllowPolicy =
    text === undefined ? { redrivePermission: 'allowAll' } : readRedriveAllowPolicy(text)
  if (policy.redrivePermission !== 'byQueue') return policy.redrivePermission === 'allowAll'
  return policy.sourceQueueArns?.includes(sourceArn) === true
}

function whole(min: number, max: number): Row['read'] {
  return (text, name) => {
    const value = Number(text)
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) throw faults.attributeValue(name)
    return String(value)
  }
}

function oneOf(...values: readonly string[]): Row['read'] {
  return (text, name) => {
    if (!values.includes(text)) throw faults.attributeValue(name)
    return text
  }
}

/** An id, ARN or alias of a KMS key. It is looked for when a message is sent, as on AWS. */
function keyId(text: string, name: string): string {
  if (!/^[\w:/-]{1,2048}$/.test(text)) throw faults.attributeValue(name)
  return text
}
