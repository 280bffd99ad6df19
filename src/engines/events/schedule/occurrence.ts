import { nextAfter, type Schedule } from './schedule.ts'

/** What bounds a recurring schedule of Scheduler. Units: milliseconds since 1970. */
export interface Span {
  /** When a rate runs first; it keeps its pace from there on, however late a run is. */
  readonly anchorMs: number
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
}

/**
 * When a schedule of Scheduler runs, at an instant or next after it; `undefined`: never again. A one-time schedule knows no bounds.
 * Source: EventBridge Scheduler API Reference, CreateSchedule, StartDate and EndDate; User Guide, "Schedule types".
 */
export function occurrenceFrom(schedule: Schedule, span: Span, instant: number): number | undefined {
  if (schedule.kind === 'at') return nextAfter(schedule, instant - 1)
  const from = Math.max(instant, span.startMs ?? instant)
  const next =
    schedule.kind === 'rate' ? paceFrom(schedule.everyMs, span.anchorMs, from) : nextAfter(schedule, from - 1)
  return next === undefined || (span.endMs !== undefined && next > span.endMs) ? undefined : next
}

function paceFrom(everyMs: number, anchorMs: number, from: number): number {
  return anchorMs + Math.max(0, Math.ceil((from - anchorMs) / everyMs)) * everyMs
}
