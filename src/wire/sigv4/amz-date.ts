const basicFormat = /^\d{8}T\d{6}Z$/
const httpFormat = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/** Writes a time as SigV4 does: `20150830T123600Z`. Units: milliseconds since 1970; the fraction of the second is dropped. */
export function formatAmzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
}

/** Reads `20150830T123600Z`, or gives undefined; a date the calendar lacks (30 February, 24:00) is none. */
export function parseAmzDate(text: string): number | undefined {
  if (!basicFormat.test(text)) return undefined
  const [year, month, day] = [number(text, 0, 4), number(text, 4, 6), number(text, 6, 8)]
  const [hour, minute, second] = [number(text, 9, 11), number(text, 11, 13), number(text, 13, 15)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (year < 1970 || hour > 23 || minute > 59 || second > 59) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** Reads the `Date` header, which SigV4 accepts in place of `X-Amz-Date`: `Sun, 30 Aug 2015 12:36:00 GMT` or ISO basic. */
export function parseDateHeader(text: string): number | undefined {
  if (!httpFormat.test(text)) return parseAmzDate(text)
  const timeMs = Date.parse(text)
  // The round trip refuses what Date.parse forgives: a wrong day of the week, 31 June.
  return timeMs >= 0 && new Date(timeMs).toUTCString() === text ? timeMs : undefined
}

/** The number that some digits write. */
function number(text: string, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at += 1) value = value * 10 + text.charCodeAt(at) - 0x30
  return value
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
