/**
 * Calls that CloudTrail counts as data events: neither rules nor trails see them unless a trail logs them.
 * Source: CloudTrail User Guide, "Logging data events", table of resource types.
 */
const dataEvents: ReadonlySet<string> = new Set([
  'events.amazonaws.com:InvokeApiDestination',
  'events.amazonaws.com:PutEvents',
  'lambda.amazonaws.com:Invoke',
  'sns.amazonaws.com:Publish',
  'sns.amazonaws.com:PublishBatch',
  'sqs.amazonaws.com:ReceiveMessage',
  'sqs.amazonaws.com:SendMessage',
  'sqs.amazonaws.com:SendMessageBatch',
  'sqs.amazonaws.com:DeleteMessage',
  'sqs.amazonaws.com:DeleteMessageBatch',
  'sqs.amazonaws.com:ChangeMessageVisibility',
  'sqs.amazonaws.com:ChangeMessageVisibilityBatch',
  'logs.amazonaws.com:PutLogEvents',
  'logs.amazonaws.com:FilterLogEvents',
  'logs.amazonaws.com:GetLogEvents',
])

/** Whether a record is one of a data event. */
export function isDataEvent({
  eventSource,
  eventName,
}: {
  readonly eventSource: string
  readonly eventName: string
}): boolean {
  return dataEvents.has(`${eventSource}:${eventName}`)
}
