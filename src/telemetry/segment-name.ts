/** Which file of a kind's folder: a day's n-th file of one worker. */
export interface SegmentName {
  /** The UTC day that it began on: `2026-11-23`. */
  readonly day: string
  readonly worker: number
  /** Counts from 1, for each day and worker. */
  readonly index: number
  /** Whether its lines have sums (`line-sums.ts`); what earlier versions wrote has none. */
  readonly summed?: true
}

const form = /^(\d{4}-\d{2}-\d{2})-(\d{1,4})-(\d{6,9})(\.summed)?\.jsonl(?:\.zst)?$/

/** The file name of a segment: `2026-11-23-0-000001.summed.jsonl`. */
export function segmentFile({ day, worker, index, summed }: SegmentName): string {
  return `${day}-${worker}-${String(index).padStart(6, '0')}${summed ? '.summed' : ''}.jsonl`
}

/** Reads a segment's file name, of one that is compressed too; undefined for any other file. */
export function parseSegmentFile(file: string): SegmentName | undefined {
  const [, day, worker, index, summed] = form.exec(file) ?? []
  if (day === undefined) return undefined
  return { day, worker: Number(worker), index: Number(index), ...(summed !== undefined && { summed: true }) }
}

/** Oldest first; among one worker's segments this is the order in which they were written. */
export function compareSegments(a: SegmentName, b: SegmentName): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1
  return a.index - b.index || a.worker - b.worker
}

/** The UTC day of a time. Units: milliseconds since 1970. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}
