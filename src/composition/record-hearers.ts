import type { Store } from '#core/store/index.ts'

/** Who waits for audit records, and how they are told that some came. */
export interface RecordHearers {
  /** Calls `tell` at each record that this worker hears of: of its own at once, of others' changes as they come. */
  readonly onRecord: (tell: () => void) => () => void
  /** A record of this worker's own came. */
  readonly tellAll: () => void
}

export function createRecordHearers(store: Pick<Store, 'tail'>): RecordHearers {
  const hearers = new Set<() => void>()
  return {
    onRecord(tell) {
      hearers.add(tell)
      const unfollow = store.tail(({ own, records }) => {
        if (!own && records.length > 0) tell()
      })
      return () => {
        hearers.delete(tell)
        unfollow()
      }
    },
    tellAll() {
      for (const tell of hearers) tell()
    },
  }
}
