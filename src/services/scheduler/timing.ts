import { occurrenceFrom, parseSchedule, type Schedule } from '#engines/events/index.ts'
import type { NextRun, ScheduleDocument } from './documents.ts'

type Timed = Pick<ScheduleDocument, 'expression' | 'timezone' | 'startMs' | 'endMs' | 'window' | 'anchorMs'>
type RandomBytes = (length: number) => Buffer

/** What a schedule's expression says; undefined where it says nothing. */
function scheduleOf({ expression, timezone }: Pick<Timed, 'expression' | 'timezone'>): Schedule | undefined {
  const read = parseSchedule(expression, timezone)
  return read.ok ? read.schedule : undefined
}

/** The run at an instant or next after it, at its place in the flexible window. */
export function nextRun(timed: Timed, fromMs: number, randomBytes: RandomBytes): NextRun | undefined {
  const schedule = scheduleOf(timed)
  const scheduledAtMs = schedule && occurrenceFrom(schedule, timed, fromMs)
  if (scheduledAtMs === undefined) return undefined
  const share = randomBytes(4).readUInt32BE() / 2 ** 32
  return { scheduledAtMs, dueAtMs: scheduledAtMs + Math.floor(windowMs(timed) * share) }
}

/** The run that follows on one. Of those that were missed while nobody ran, none is made up: the one that is late now stands for them. */
export function runAfter(
  timed: Timed,
  { scheduledAtMs }: NextRun,
  nowMs: number,
  randomBytes: RandomBytes,
): NextRun | undefined {
  const next = nextRun(timed, scheduledAtMs + 1, randomBytes)
  const isMissed = next !== undefined && next.scheduledAtMs + windowMs(timed) < nowMs
  return isMissed ? nextRun(timed, nowMs - windowMs(timed), randomBytes) : next
}

function windowMs({ window }: Pick<Timed, 'window'>): number {
  return window.Mode === 'FLEXIBLE' ? (window.MaximumWindowInMinutes ?? 0) * 60_000 : 0
}
