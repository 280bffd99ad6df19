import { Malformed } from './fault.ts'
import type { TimestampFormat } from './shapes.ts'

/** Milliseconds that a `Date` can hold, either way of 1970. Source: ECMAScript, "Time Values and Time Range". */
const millisecondsMax = 8.64e15

const iso8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/
// RFC 7231's preferred form, and the zone that RFC 822 allows.
const rfc822 =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))? (?:GMT|UTC|\+0000)$/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Reads a timestamp written as text. Faults: Malformed.
 * Source: Smithy 2.0, "Timestamp serialization and deserialization"; ISO 8601 without a zone is UTC, as AWS reads it.
 */
export function timestampOf(text: string, format: TimestampFormat): Date {
  switch (format) {
    case 'iso8601': {
      const parts = iso8601.exec(text)
      if (!parts) break
      const [
        ,
        year,
        month,
        day,
        hour = '0',
        minute = '0',
        second = '0',
        fraction = '',
        sign,
        offsetHours,
        offsetMinutes,
      ] = parts
      const offset =
        sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '+' ? 1 : -1)
      const made = utc([year, month, day, hour, minute, second].map(Number), milliseconds(fraction))
      if (made) return offset === 0 ? made : new Date(made.getTime() - offset * 60_000)
      break
    }
    case 'rfc822': {
      const parts = rfc822.exec(text)
      if (!parts) break
      const [, day, month = '', year, hour, minute, second, fraction = ''] = parts
      const made = utc(
        [year, months.indexOf(month) + 1, day, hour, minute, second].map(Number),
        milliseconds(fraction),
      )
      if (made) return made
      break
    }
    case 'unixTimestamp':
      if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return timestampOfSeconds(Number(text))
  }
  throw new Malformed('STRING_VALUE can not be converted to a timestamp')
}

/** A timestamp from seconds since 1970, rounded to milliseconds. Faults: Malformed. */
export function timestampOfSeconds(seconds: number): Date {
  const rounded = Math.round(seconds * 1000)
  // Also false for NaN.
  if (!(Math.abs(rounded) <= millisecondsMax))
    throw new Malformed('NUMBER_VALUE can not be converted to a timestamp')
  return new Date(rounded)
}

/** Writes a timestamp as text. ISO 8601 loses its zero milliseconds, as AWS writes it. */
export function timestampText(date: Date, format: TimestampFormat): string {
  switch (format) {
    case 'iso8601':
      return date.toISOString().replace('.000Z', 'Z')
    case 'rfc822':
      return date.toUTCString()
    case 'unixTimestamp':
      break
  }
  return String(date.getTime() / 1000)
}

function milliseconds(fraction: string): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'))
}

/** The moment, or undefined where the calendar or the clock has no such one (February 30th, 25 o'clock). */
function utc(parts: readonly number[], ms: number): Date | undefined {
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = parts
  const made = new Date(0)
  made.setUTCFullYear(year, month - 1, day)
  made.setUTCHours(hour, minute, second, ms)
  const same = made.getUTCMonth() === month - 1 && made.getUTCDate() === day && made.getUTCHours() === hour
  return same && minute < 60 && second < 60 ? made : undefined
}
