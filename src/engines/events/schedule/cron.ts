import { Refusal } from '../pattern/refusal.ts'
import { type DaysOf, parseDays } from './cron-days.ts'
import { hours, minutes, months, parseField, years } from './cron-field.ts'
import type { Zone } from './zone.ts'

/** When a schedule is due, each list ascending. It is due in a minute that all of them hold. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly daysOf: DaysOf
  readonly months: readonly number[]
  readonly years: readonly number[]
}

/** Six fields: minutes, hours, day of month, month, day of week, year. Source: EventBridge User Guide, "Cron expressions". */
export function parseCron(text: string): Cron {
  const fields = text.toUpperCase().split(/ +/)
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields
  if (fields.length !== 6 || year === undefined) throw new Refusal(text)
  return {
    minutes: parseField(minute ?? '', minutes),
    hours: parseField(hour ?? '', hours),
    daysOf: parseDays(dayOfMonth ?? '', dayOfWeek ?? ''),
    months: parseField(month ?? '', months),
    years: parseField(year, years),
  }
}

/**
 * The first time after an instant. What clocks skip is skipped; what they show twice runs once, the first time.
 * Source: EventBridge Scheduler User Guide, "Daylight savings time on EventBridge Scheduler".
 * INVARIANT: no more months are looked at than 1970 to 2199 have, and no times that clocks have shown by the instant: each has its first showing
 * behind it, also where clocks were turned back since.
 */
export function nextCron(cron: Cron, zone: Zone, instant: number): number | undefined {
  const now = zone.clock(instant)
  for (const [year, month] of monthsFrom(cron, now)) {
    for (const day of cron.daysOf(year, month)) {
      const midnight = Date.UTC(year, month - 1, day)
      if (midnight + 86_400_000 <= now) continue
      for (const clock of timesOf(cron, midnight)) {
        if (clock <= now) continue
        const at = zone.instant(clock)
        if (at !== undefined && at > instant) return at
      }
    }
  }
  return undefined
}

function* monthsFrom(cron: Cron, now: number): Generator<readonly [year: number, month: number]> {
  const from = new Date(now)
  const [fromYear, fromMonth] = [from.getUTCFullYear(), from.getUTCMonth() + 1]
  for (const year of cron.years)
    for (const month of cron.months)
      if (year > fromYear || (year === fromYear && month >= fromMonth)) yield [year, month]
}

function* timesOf(cron: Cron, midnight: number): Generator<number> {
  for (const hour of cron.hours)
    for (const minute of cron.minutes) yield midnight + (hour * 60 + minute) * 60_000
}
