import { type DeliveryRequest, sendMessage, targetPlace } from '#core/deliveries/index.ts'
import { type Attempt, withContext } from './context-attributes.ts'
import { defaultEvent } from './default-event.ts'
import type { StoredTarget } from './documents.ts'
import { readUniversal, universalInput } from './universal.ts'

/** Where a run is from. */
interface From {
  readonly account: string
  readonly region: string
}

/** What a target is sent in one attempt. */
export function payloadOf(target: StoredTarget, attempt: Attempt, from: From): string {
  return target.Input === undefined ? defaultEvent(attempt, from) : withContext(target.Input, attempt)
}

/** The call of one attempt; undefined where the target is none. Faults: NoInput and WireFault for a universal target's input. */
export function requestOf(
  target: StoredTarget,
  attempt: Attempt,
  from: From,
): (DeliveryRequest & { readonly region: string }) | undefined {
  const universal = readUniversal(target.Arn)
  if (universal) {
    const { service, name } = universal.operation
    const input = universalInput(universal.operation, withContext(target.Input ?? '{}', attempt))
    return { service, operation: name, input, region: from.region }
  }
  const request = templatedRequest(target, attempt, from)
  return request && { ...request, region: targetPlace(target.Arn)?.region ?? from.region }
}

/** Source: EventBridge Scheduler User Guide, "Using templated targets". */
function templatedRequest(target: StoredTarget, attempt: Attempt, from: From): DeliveryRequest | undefined {
  const { Arn, SqsParameters, EventBridgeParameters } = target
  const place = targetPlace(Arn)
  const payload = payloadOf(target, attempt, from)
  switch (place?.kind) {
    case 'function': {
      const input = { FunctionName: Arn, InvocationType: 'Event', Payload: Buffer.from(payload) }
      return { service: 'lambda', operation: 'Invoke', input }
    }
    case 'queue':
      return sendMessage(place, { MessageBody: payload, ...SqsParameters })
    case 'topic':
      return { service: 'sns', operation: 'Publish', input: { TopicArn: Arn, Message: payload } }
    case 'bus': {
      const { Source, DetailType } = EventBridgeParameters ?? {}
      const Detail = target.Input === undefined ? '{}' : payload
      const input = { Entries: [{ EventBusName: Arn, Source, DetailType, Detail }] }
      return { service: 'events', operation: 'PutEvents', input }
    }
    case 'log-group':
    case 'api-destination':
    case undefined:
      return undefined
  }
}
