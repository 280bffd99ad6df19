import { type Attempt, eventSeconds } from './context-attributes.ts'

/**
 * What a target is sent whose schedule says nothing of it.
 * Source: EventBridge Scheduler User Guide, "Using templated targets", the default payload of targets without `Input`.
 */
export function defaultEvent(
  { scheduleArn, scheduledAtMs, executionId }: Attempt,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  return JSON.stringify({
    version: '0',
    id: executionId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: eventSeconds(scheduledAtMs),
    region,
    resources: [scheduleArn],
    detail: '{}',
  })
}
