import type { CloudTrailRecord } from './records.ts'

/** The service of a record, as IAM's actions spell it in most cases: `iam` of `iam.amazonaws.com`. */
export function serviceOf({ eventSource }: CloudTrailRecord): string {
  const dot = eventSource.indexOf('.')
  return dot < 0 ? eventSource : eventSource.slice(0, dot)
}

const zero = 48
const nine = 57

/** The event's name without the API version that some services put behind it: `UpdateFunctionCode` of `UpdateFunctionCode20150331v2`. */
export function eventNameOf({ eventName }: CloudTrailRecord): string {
  const last = eventName.charCodeAt(eventName.length - 1)
  if (last < zero || last > nine) return eventName
  return eventName.replace(/(?:20\d{6}|20\d{2}_\d{2}_\d{2})(?:v\d+)?$/, '')
}
