import type { World } from '#core/world.ts'
import type { Source } from '#engines/detect/index.ts'
import type { RecordKind, RecordStore, SegmentCursor } from '#telemetry/index.ts'
import type { RecordSource } from './record-source.ts'

/** What other processes write (`redoubt ingest`) is looked for so often. Units: milliseconds. */
const everyMs = 1_000

/** What the records of a kind are to the engine. */
const sourceOfKind: Readonly<Record<RecordKind, Source>> = {
  flow: 'flow',
  dns: 'dns',
  web: 'web',
  ingested: 'cloudTrail',
}

/** The records of a kind, as a source. */
export function keptSource(
  kind: RecordKind,
  records: RecordStore,
  world: Pick<World, 'every'>,
): RecordSource {
  return {
    source: sourceOfKind[kind],
    name: kind,
    async arrivals(cursor, bytesMax) {
      if (cursor === undefined) return { lines: [], cursor: await records.end(kind), more: false }
      return records.arrivals(kind, cursor as SegmentCursor, bytesMax) // Its own, kept as JSON.
    },
    onArrival(tell) {
      const stopHearing = records.onArrival(kind, tell)
      const stopLooking = world.every(everyMs, tell)
      return () => {
        stopHearing()
        stopLooking()
      }
    },
  }
}
