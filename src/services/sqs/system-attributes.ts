import type { MessageDocument } from './documents.ts'

/** What a receiver may ask of a message beside its own attributes. Source: SQS API Reference, ReceiveMessage. */
const rows: readonly [name: string, show: (message: MessageDocument) => string | undefined][] = [
  ['SenderId', ({ senderId }) => senderId],
  ['SentTimestamp', ({ sentAtMs }) => String(sentAtMs)],
  ['ApproximateReceiveCount', ({ receiveCount }) => String(receiveCount)],
  [
    'ApproximateFirstReceiveTimestamp',
    ({ firstReceivedAtMs }) => (firstReceivedAtMs === undefined ? undefined : String(firstReceivedAtMs)),
  ],
  ['SequenceNumber', ({ sequenceNumber }) => sequenceNumber],
  ['MessageDeduplicationId', ({ deduplicationId }) => deduplicationId],
  ['MessageGroupId', ({ groupId }) => groupId],
  ['AWSTraceHeader', ({ traceHeader }) => traceHeader],
  ['DeadLetterQueueSourceArn', ({ deadLetterSourceArn }) => deadLetterSourceArn],
]

/** The system attributes that are named. */
export function systemAttributesOf(
  message: MessageDocument,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const shown: [string, string][] = []
  for (const [name, show] of rows) {
    const value = names.includes('All') || names.includes(name) ? show(message) : undefined
    if (value !== undefined) shown.push([name, value])
  }
  return Object.fromEntries(shown)
}
