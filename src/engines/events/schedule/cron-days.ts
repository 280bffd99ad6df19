import { Refusal } from '../pattern/refusal.ts'
import { daysOfMonth, daysOfWeek, parseField, parseValue } from './cron-field.ts'

/** The days of a month on which a cron expression runs, in order. */
export type DaysOf = (year: number, month: number) => readonly number[]

const nearest = /^([0-9]{1,2})W$/
const lastOfMonth = /^([0-9A-Z]+)L$/
const numbered = /^([0-9A-Z]+)#([1-5])$/

/** Exactly one of the two fields is `?`. Source: EventBridge User Guide, "Cron expressions", wildcards and limits. */
export function parseDays(ofMonth: string, ofWeek: string): DaysOf {
  if ((ofMonth === '?') === (ofWeek === '?')) throw new Refusal(`${ofMonth} ${ofWeek}`)
  return ofWeek === '?' ? parseDaysOfMonth(ofMonth) : parseDaysOfWeek(ofWeek)
}

function parseDaysOfMonth(text: string): DaysOf {
  if (text === 'L') return (year, month) => [lengthOf(year, month)]
  if (text === 'LW') return (year, month) => [nearestWeekday(year, month, lengthOf(year, month))]
  const [, day] = nearest.exec(text) ?? []
  if (day !== undefined) {
    const wanted = parseValue(day, daysOfMonth)
    return (year, month) => (wanted > lengthOf(year, month) ? [] : [nearestWeekday(year, month, wanted)])
  }
  const days = parseField(text, daysOfMonth)
  return (year, month) => days.filter((each) => each <= lengthOf(year, month))
}

function parseDaysOfWeek(text: string): DaysOf {
  if (text === 'L') return (year, month) => daysThatAre([7], year, month)
  const [, last] = lastOfMonth.exec(text) ?? []
  if (last !== undefined) {
    const day = parseValue(last, daysOfWeek)
    return (year, month) => daysThatAre([day], year, month).slice(-1)
  }
  const [, name, number] = numbered.exec(text) ?? []
  if (name !== undefined) {
    const [day, index] = [parseValue(name, daysOfWeek), Number(number) - 1]
    return (year, month) => daysThatAre([day], year, month).slice(index, index + 1)
  }
  const days = parseField(text, daysOfWeek)
  return (year, month) => daysThatAre(days, year, month)
}

function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** Sunday is 1. */
function dayOfWeek(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1
}

function daysThatAre(days: readonly number[], year: number, month: number): readonly number[] {
  const first = dayOfWeek(year, month, 1)
  const all = Array.from({ length: lengthOf(year, month) }, (_, index) => index + 1)
  return all.filter((day) => days.includes(((first + day - 2) % 7) + 1))
}

/** The day, or the weekday next to it in the same month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const length = lengthOf(year, month)
  switch (dayOfWeek(year, month, day)) {
    case 1:
      return day === length ? day - 2 : day + 1
    case 7:
      return day === 1 ? day + 2 : day - 1
    default:
      return day
  }
}
