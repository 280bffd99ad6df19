import type { World } from '#core/world.ts'
import type { SegmentCursor, QueryableAuditTrail } from '#telemetry/index.ts'
import type { RecordSource } from './record-source.ts'

interface Parts {
  readonly audit: Pick<QueryableAuditTrail, 'arrivals' | 'end'>
  readonly world: Pick<World, 'every' | 'after'>
  /** Tells of each record that this worker hears of; the answer stops it. */
  readonly onRecord: (tell: () => void) => () => void
}

/** Other workers write what this one hears of a little later; what changed nothing is not even heard of. Units: milliseconds. */
const [laterMs, everyMs] = [100, 1_000]

/** The audit trail as a source of records. */
export function auditSource({ audit, world, onRecord }: Parts): RecordSource {
  return {
    source: 'cloudTrail',
    name: 'audit',
    async arrivals(cursor, bytesMax) {
      if (cursor === undefined) return { lines: [], cursor: await audit.end(), more: false }
      return audit.arrivals(cursor as SegmentCursor, bytesMax) // Its own, kept as JSON.
    },
    onArrival(tell) {
      let isSet = false
      const stopHearing = onRecord(() => {
        tell()
        if (isSet) return
        isSet = true
        world.after(laterMs, () => {
          isSet = false
          tell()
        })
      })
      const stopLooking = world.every(everyMs, tell)
      return () => {
        stopHearing()
        stopLooking()
      }
    },
  }
}
