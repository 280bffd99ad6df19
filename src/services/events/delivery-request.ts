import { type DeliveryRequest, sendMessage, type TargetPlace } from '#core/deliveries/index.ts'
import { parseExactly, pathValue, transformInput } from '#engines/events/index.ts'
import { eventTime } from './accept.ts'
import type { DeliveryDocument } from './documents.ts'
import { handedOn, type HandedOn } from './put-events.ts'

/** What is sent to a target; undefined where a transformer makes more than any target takes. */
export function targetInput(delivery: DeliveryDocument): string | undefined {
  const { Input, InputPath, InputTransformer } = delivery.target
  if (Input !== undefined) return Input
  if (InputPath === undefined && InputTransformer === undefined) return delivery.event
  const event = parseExactly(delivery.event)
  // A path that leads nowhere: AWS sends an empty object.
  if (InputPath !== undefined) return JSON.stringify(pathValue(InputPath, event) ?? {})
  if (InputTransformer?.InputTemplate === undefined) return delivery.event
  const { InputPathsMap, InputTemplate } = InputTransformer
  return transformInput({ InputPathsMap, InputTemplate }, event, {
    'aws.events.rule-arn': delivery.ruleArn,
    'aws.events.rule-name': delivery.ruleName,
    'aws.events.event.ingestion-time': eventTime(delivery.acceptedAtMs),
  })
}

/** The calls that deliver, one after the other: a stream of a log group is made first. */
export function requestsOf(
  delivery: DeliveryDocument,
  place: TargetPlace,
  input: string,
): readonly [DeliveryRequest, ...DeliveryRequest[]] {
  const { target } = delivery
  switch (place.kind) {
    case 'function':
      return [
        {
          service: 'lambda',
          operation: 'Invoke',
          input: { FunctionName: target.Arn, InvocationType: 'Event', Payload: Buffer.from(input) },
        },
      ]
    case 'queue':
      return [sendMessage(place, { MessageBody: input, ...target.SqsParameters })]
    case 'topic':
      return [{ service: 'sns', operation: 'Publish', input: { TopicArn: target.Arn, Message: input } }]
    case 'log-group':
      return putLogEvents(delivery, place.name, input)
    case 'api-destination':
      return [{ service: 'events', operation: 'InvokeApiDestination', input: { Arn: target.Arn } }]
    case 'bus':
      return [putEvents(delivery)]
  }
}

/** A stream a rule and a day: one a delivery, as AWS has it, would be without bound. */
function putLogEvents(
  { ruleName, acceptedAtMs }: DeliveryDocument,
  logGroupName: string,
  message: string,
): readonly [DeliveryRequest, DeliveryRequest] {
  const logStreamName = `${ruleName}/${new Date(acceptedAtMs).toISOString().slice(0, 10)}`
  const logEvents = [{ timestamp: acceptedAtMs, message }]
  return [
    { service: 'logs', operation: 'CreateLogStream', input: { logGroupName, logStreamName } },
    { service: 'logs', operation: 'PutLogEvents', input: { logGroupName, logStreamName, logEvents } },
  ]
}

/** The event as it is. */
function putEvents({ event, hops, target }: DeliveryDocument): DeliveryRequest {
  const given = JSON.parse(event) as HandedOn['event'] // `acceptEvent` wrote it.
  const entry = {
    Source: given.source,
    DetailType: given['detail-type'],
    Detail: JSON.stringify(given.detail),
    Resources: given.resources,
    EventBusName: target.Arn,
    [handedOn]: { event: given, text: event, hops: hops + 1 } satisfies HandedOn,
  }
  return { service: 'events', operation: 'PutEvents', input: { Entries: [entry] } }
}
