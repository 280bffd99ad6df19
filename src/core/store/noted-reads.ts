import { Overlay } from './overlay.ts'
import { ReadSet } from './read-set.ts'
import { Reader } from './reader.ts'
import type { Replica } from './replica.ts'

/** Reads of the committed state that are noted, so that what was computed from them can be kept for as long as they hold. */
export interface NotedReads {
  readonly reader: Reader
  /** Whether all that was read would still read the same. While nothing at all was written, it costs one comparison. */
  hold(): boolean
}

/** Begins noting. */
export function noteReads(replica: Replica): NotedReads {
  const nothing = new Overlay(replica)
  const reads = new ReadSet(replica, nothing)
  const unchanged = { overlay: nothing, hasBucket: () => false }
  return { reader: new Reader(replica, reads), hold: () => reads.holds(unchanged) }
}
