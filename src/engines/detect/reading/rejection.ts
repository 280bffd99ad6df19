/** Why something that was to be a record is none: a closed list, so that rejected lines can be counted by reason. */
export const rejections = [
  'not JSON',
  'wrong columns',
  'unknown version',
  'no data',
  'time out of range',
  'field missing',
  'wrong type',
  'too long',
  'too deep',
] as const
export type Rejection = (typeof rejections)[number]

/** A record, or why there is none. */
export type Read<Item> = { readonly record: Item } | { readonly rejected: Rejection }

/** Characters of a line. CloudTrail's records have at most 256 KB, the others less. Source: CloudTrail User Guide, "Quotas". */
export const lineLengthMax = 1 << 20
/** Nobody wrote logs of AWS before there was AWS. */
const earliestMs = Date.UTC(2006, 0, 1)
/** Clocks of others may be ahead of ours. */
const aheadMs = 60 * 60_000

/** Whether something can have happened then. */
export function isPlausible(atMs: number, nowMs: number): boolean {
  return atMs >= earliestMs && atMs <= nowMs + aheadMs // Not a number: neither.
}
