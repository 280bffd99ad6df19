/** Source: W3C "Date and Time Formats", which the IAM User Guide names; case, short hours and the year's sign as IAM takes them. */
const iso =
  /^([+-]?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[Tt](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/
const epoch = /^-?\d+$/
const year = /^\d{4}$/
/** Seconds of epoch time are a signed 64-bit integer. */
const epochMax = 9223372036854775807n

/**
 * The moment that a date value of a policy or of a request means, or `undefined` where it means none.
 * Units: milliseconds since 1970. Four digits are a year; any other whole number is epoch seconds.
 */
export function parseDate(text: string): number | undefined {
  if (epoch.test(text) && !year.test(text)) {
    const seconds = BigInt(text)
    return seconds > epochMax || seconds < -epochMax - 1n ? undefined : Number(seconds) * 1000
  }
  const match = iso.exec(text)
  if (match === null) return undefined
  const [
    ,
    years = '',
    month = '1',
    day = '1',
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    zone = 'Z',
  ] = match
  if (!calendar(Number(years), Number(month), Number(day))) return undefined
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined
  const offset = offsetMinutes(zone)
  if (offset === undefined) return undefined
  const midnight = new Date(0).setUTCFullYear(Number(years), Number(month) - 1, Number(day))
  const minutes = Number(hour) * 60 + Number(minute) - offset
  const moment = midnight + minutes * 60_000 + Number(second) * 1000 + Number(`0.${fraction || '0'}`) * 1000
  return Number.isNaN(moment) ? undefined : moment
}

function calendar(years: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (years % 4 === 0 && years % 100 !== 0) || years % 400 === 0
  const longest = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day <= longest
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || '0')
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
