import { Refusal, refusing } from '../pattern/refusal.ts'
import { type Cron, nextCron, parseCron } from './cron.ts'
import { parseZone, type Zone } from './zone.ts'

/** When something runs. `at` is for one-time schedules of Scheduler: PutRule takes none. Units: milliseconds. */
export type Schedule =
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron; readonly zone: Zone }
  | { readonly kind: 'at'; readonly atMs: number }

export type ParsedSchedule =
  { readonly ok: true; readonly schedule: Schedule } | { readonly ok: false; readonly reason: string }

/** Source: EventBridge and Scheduler API References, ScheduleExpression. */
const expressionCharactersMax = 256
const unitsMs: ReadonlyMap<string, number> = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
])
const rate = /^rate\(([1-9][0-9]{0,8}) (minute|hour|day)(s?)\)$/
const cron = /^cron\(([^()]+)\)$/
const at = /^at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)$/

/**
 * Reads a schedule expression. With a time zone it is one of Scheduler's, which takes `rate(1 minutes)`; without, one of a rule, in
 * UTC, which does not.
 *
 * Source: EventBridge User Guide, "Setting a schedule pattern for scheduled rules"; EventBridge Scheduler User Guide, "Schedule
 * types"; answers of PutRule.
 */
export function parseSchedule(expression: string, timezone?: string): ParsedSchedule {
  const zone = parseZone(timezone ?? 'UTC')
  if (zone === undefined)
    return { ok: false, reason: `Invalid ScheduleExpressionTimezone ${timezone ?? ''}.` }
  const schedule = refusing(() => readSchedule(expression, zone, timezone === undefined))
  if (!('refused' in schedule)) return { ok: true, schedule }
  return {
    ok: false,
    reason:
      timezone === undefined
        ? 'Parameter ScheduleExpression is not valid.'
        : `Invalid Schedule Expression ${expression}.`,
  }
}

function readSchedule(expression: string, zone: Zone, ofRule: boolean): Schedule {
  if (expression.length > expressionCharactersMax) throw new Refusal(expression)
  const [, count, unit, plural] = rate.exec(expression) ?? []
  if (count !== undefined) {
    const wrongNumber = (count === '1') !== (plural === '')
    if (wrongNumber && (ofRule || plural === '')) throw new Refusal(expression)
    return { kind: 'rate', everyMs: Number(count) * (unitsMs.get(unit ?? '') ?? 0) }
  }
  const [, fields] = cron.exec(expression) ?? []
  if (fields !== undefined) return { kind: 'cron', cron: parseCron(fields), zone }
  const [, time] = at.exec(expression) ?? []
  if (time === undefined) throw new Refusal(expression)
  return { kind: 'at', atMs: zone.instantOrAfter(parseClock(time)) }
}

function parseClock(time: string): number {
  const clock = Date.parse(`${time}Z`)
  // Date.parse takes the 31st of a shorter month.
  if (Number.isNaN(clock) || new Date(clock).toISOString().slice(0, 19) !== time) throw new Refusal(time)
  return clock
}

/**
 * When a schedule runs next after an instant: for a rate, the instant of its last run or of its start. `undefined`: never again.
 * Source: EventBridge Scheduler User Guide, "Schedule types": a day of a rate is 24 hours, whatever clocks do.
 */
export function nextAfter(schedule: Schedule, instant: number): number | undefined {
  switch (schedule.kind) {
    case 'rate':
      return instant + schedule.everyMs
    case 'cron':
      return nextCron(schedule.cron, schedule.zone, instant)
    case 'at':
      return schedule.atMs > instant ? schedule.atMs : undefined
  }
}
