import type { ServiceName } from '#wire/index.ts'

/**
 * What CloudTrail counts as data events: the use of what a resource holds, often and by many. Its event history has none of them; a trail
 * has those that its selectors ask for.
 * Source: CloudTrail User Guide, "Logging data events"; the pages on CloudTrail of the SQS, SNS and CloudWatch guides; CloudWatch Logs User
 * Guide, "Logging API calls", actions that are not supported (those that it never logs count among them here).
 */
const dataEvents: ReadonlyMap<ServiceName, ReadonlySet<string>> = new Map<ServiceName, ReadonlySet<string>>([
  [
    'sqs',
    new Set([
      'ChangeMessageVisibility',
      'ChangeMessageVisibilityBatch',
      'DeleteMessage',
      'DeleteMessageBatch',
      'ReceiveMessage',
      'SendMessage',
      'SendMessageBatch',
    ]),
  ],
  ['sns', new Set(['Publish', 'PublishBatch'])],
  ['lambda', new Set(['Invoke', 'InvokeAsync', 'InvokeWithResponseStream'])],
  ['events', new Set(['InvokeApiDestination', 'PutEvents'])],
  ['logs', new Set(['FilterLogEvents', 'GetLogEvents', 'PutLogEvents'])],
  [
    'cloudwatch',
    new Set(['GetMetricData', 'GetMetricStatistics', 'GetMetricWidgetImage', 'ListMetrics', 'PutMetricData']),
  ],
])

/**
 * The types of resources whose data events can be selected, by the source of their events. What has none here is recorded where it is
 * refused, and nowhere else.
 * Source: CloudTrail User Guide, "Logging data events", table of resource types.
 */
const dataResourceTypes: ReadonlyMap<string, string> = new Map([
  ['lambda.amazonaws.com', 'AWS::Lambda::Function'],
  ['monitoring.amazonaws.com', 'AWS::CloudWatch::Metric'],
  ['sns.amazonaws.com', 'AWS::SNS::Topic'],
  ['sqs.amazonaws.com', 'AWS::SQS::Queue'],
])

/** Pairs of an event source and the type of resource that its data events are about. */
export const dataEventSources: readonly (readonly [eventSource: string, type: string])[] = [
  ...dataResourceTypes,
]

/** What the data events of a source are about; undefined where nobody can select them. */
export function dataResourceType(eventSource: string): string | undefined {
  return dataResourceTypes.get(eventSource)
}

/** Whether data events can be about resources of this type, as an event selector writes it. */
export function isDataResourceType(type: string): boolean {
  return dataEventSources.some(([, known]) => known === type)
}

/** Whether calls of an operation are data events; all others are management events. */
export function isDataEvent(service: ServiceName, operation: string): boolean {
  return dataEvents.get(service)?.has(operation) === true
}
