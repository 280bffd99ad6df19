import type { OccurrenceDocument } from './documents.ts'

/** One attempt of a run. */
export type Attempt = Pick<OccurrenceDocument, 'scheduleArn' | 'scheduledAtMs' | 'attempts'> & {
  readonly executionId: string
}

/** `2026-01-02T03:04:05Z` */
export function eventSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/**
 * Puts values in the place of `<aws.scheduler.…>`. They hold nothing that JSON would have to escape.
 * Source: EventBridge Scheduler User Guide, "Adding context attributes".
 */
export function withContext(input: string, attempt: Attempt): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', attempt.scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', eventSeconds(attempt.scheduledAtMs))
    .replaceAll('<aws.scheduler.execution-id>', attempt.executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt.attempts + 1))
}
