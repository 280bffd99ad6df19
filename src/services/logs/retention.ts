import type { GroupDocument } from './documents.ts'

const dayMs = 86_400_000

/** Since when a group's events are kept. Units: milliseconds since 1970. */
export function keptSinceMs(
  { retentionInDays }: Pick<GroupDocument, 'retentionInDays'>,
  nowMs: number,
): number {
  return retentionInDays === undefined ? 0 : nowMs - retentionInDays * dayMs
}
